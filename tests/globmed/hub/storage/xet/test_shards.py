import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.hub.errors import HubError
from globmed.hub.storage.xet.hashes import range_hash
from globmed.hub.storage.xet.shards import read_files, write_shard
from tests.globmed.hub.storage.xet.made import chunked, shard, shard_file, term, xorb

CONTENTS = [b"one", b"two", b"three"]
CHUNKS = chunked(CONTENTS)
SHA256 = "0123456789abcdef" * 4
XORB = xorb(CONTENTS)[0]
FILE = shard_file(SHA256, CHUNKS, term(XORB, CHUNKS, 0, 2), term(XORB, CHUNKS, 2, 3))


def test_the_files_of_a_shard_are_read_with_their_terms() -> None:
    first, second = read_files(io.BytesIO(shard(FILE, shard_file(SHA256, []))))
    assert (first.sha256, second.sha256) == (SHA256, SHA256)
    assert [(each.xorb, each.start, each.end, each.size) for each in first.terms()] == [
        (XORB, 0, 2, 6),
        (XORB, 2, 3, 5),
    ]
    assert [each.proof for each in first.terms()] == [range_hash(CHUNKS[:2]), range_hash(CHUNKS[2:])]
    assert [*second.terms()] == []


@given(st.binary(max_size=300), st.data())
def test_what_is_no_shard_is_refused(noise: bytes, data: st.DataObject) -> None:
    body = bytearray(shard(FILE, FILE))
    place = data.draw(st.integers(0, len(body)))
    body[place : place + len(noise)] = noise
    for hostile in (noise, bytes(body), bytes(body[:place])):
        try:
            for file in read_files(io.BytesIO(hostile)):
                [*file.terms()]
        except HubError as error:
            assert error.status == 400


def test_a_count_beyond_the_body_is_refused_without_room_for_it() -> None:
    header = struct.pack("<32s4I", b"a" * 32, 3 << 30, 2**32 - 1, 0, 0)
    with pytest.raises(HubError, match="ends too early"):
        [*read_files(io.BytesIO(shard(header)))]


@pytest.mark.parametrize("flags", [0, 1 << 30, 1 << 31])
def test_a_file_without_verification_or_sha256_is_refused(flags: int) -> None:
    header = struct.pack("<32s4I", b"a" * 32, flags, 0, 0, 0)
    with pytest.raises(HubError, match="without verification or SHA-256"):
        [*read_files(io.BytesIO(shard(header)))]


def test_a_shard_for_clients_has_every_chunk_where_its_tables_say() -> None:
    other = chunked([b"four"])
    written = write_shard({XORB: CHUNKS, other[0].hash: other}, 1, 2)
    footer = struct.unpack("<9Q32s2Q48s4Q", written[-200:])
    _, _, xorbs_at, files_at, no_files, table, xorb_count, chunk_table, chunk_count = footer[:9]
    assert (no_files, xorb_count, chunk_count, footer[-1]) == (0, 2, 4, len(written) - 200)
    assert (files_at, footer[10:12]) == (table, (1, 2))
    found = set()
    for at in range(chunk_table, footer[-1], 16):
        word, place, number = struct.unpack_from("<QII", written, at)
        hash_, start, size = struct.unpack_from("<32sII", written, xorbs_at + 48 * (place + 1 + number))
        assert hash_.startswith(word.to_bytes(8, "little"))
        found.add((written[xorbs_at + 48 * place :][:32], number, hash_, start, size))
    assert found == {(XORB, n, c.hash, s, c.size) for n, (c, s) in enumerate(zip(CHUNKS, (0, 3, 6), strict=True))} | {
        (other[0].hash, 0, other[0].hash, 0, 4)
    }
