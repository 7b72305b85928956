import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.hub.errors import HubError
from globmed.hub.storage.xet import xorbs
from globmed.hub.storage.xet.xorbs import MAX_CHUNK_BYTES, frame, framed_size, read_xorb
from tests.globmed.hub.storage.xet.made import GROUPED, LZ4, PLAIN, chunked, framed, xorb

SCHEMES = st.sampled_from([PLAIN, LZ4, GROUPED])


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=20), SCHEMES, st.booleans())
def test_chunks_come_back_however_they_are_compressed(contents: list[bytes], scheme: int, footer: bool) -> None:
    _, body = xorb(contents, scheme)
    read = [*read_xorb(io.BytesIO(body + (b"XETBLOB" + bytes(100) if footer else b"")))]
    assert [content for _, content in read] == contents
    assert [chunk for chunk, _ in read] == chunked(contents)


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=9))
def test_what_clients_receive_is_a_xorb(contents: list[bytes]) -> None:
    body = b"".join(frame(len(content)) + content for content in contents)
    assert [content for _, content in read_xorb(io.BytesIO(body))] == contents
    assert framed_size(chunked(contents)) == len(body)


@given(st.binary(max_size=400), SCHEMES, st.data())
def test_what_is_no_xorb_is_refused(noise: bytes, scheme: int, data: st.DataObject) -> None:
    body = bytearray(xorb([b"some content" * 20, b"more" * 30], scheme)[1])
    place = data.draw(st.integers(0, len(body)))
    body[place : place + len(noise)] = noise
    for hostile in (noise, bytes(body), bytes(body[:place])):
        try:
            [*read_xorb(io.BytesIO(hostile))]
        except HubError as error:
            assert error.status == 400


@pytest.mark.parametrize("scheme", [LZ4, GROUPED])
def test_a_chunk_that_unpacks_to_more_than_it_says_is_refused(scheme: int) -> None:
    bomb = framed(bytes(8 * MAX_CHUNK_BYTES), scheme, MAX_CHUNK_BYTES)
    assert len(bomb) < MAX_CHUNK_BYTES
    with pytest.raises(HubError, match="whose size is not"):
        [*read_xorb(io.BytesIO(bomb))]


@pytest.mark.parametrize(
    ("chunk", "message"),
    [
        (framed(b"", PLAIN), "0 bytes"),
        (framed(bytes(MAX_CHUNK_BYTES + 1)), f"{MAX_CHUNK_BYTES + 1} bytes"),
        (framed(b"abc", 3), "unknown compression"),
        (b"\1" + framed(b"abc")[1:], "version 0"),
        (framed(b"abc", LZ4)[:-1], "size is not"),
        (framed(b"abc")[:6], "version 0"),
    ],
)
def test_a_chunk_against_the_rules_is_refused(chunk: bytes, message: str) -> None:
    with pytest.raises(HubError, match=message):
        [*read_xorb(io.BytesIO(framed(b"good") + chunk))]


def test_a_xorb_with_too_many_chunks_or_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xorbs, "MAX_CHUNKS", 3)
    monkeypatch.setattr(xorbs, "MAX_XORB_BYTES", 100)
    assert len([*read_xorb(io.BytesIO(framed(b"abc") * 3))]) == 3
    for hostile in (framed(b"abc") * 4, framed(b"a" * 60) * 2):
        with pytest.raises(HubError, match="more than"):
            [*read_xorb(io.BytesIO(hostile))]
