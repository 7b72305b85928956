from pathlib import Path

import hf_xet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.hub.errors import HubError
from globmed.hub.storage.xet.hashes import Chunk, chunk_hash, file_hash, from_hex, pack, to_hex, unpack, xorb_hash
from globmed.hub.storage.xet.hashes import _node as node

HASHES = st.binary(min_size=32, max_size=32)
CHUNKS = st.lists(st.builds(Chunk, HASHES, st.integers(1, 2**17)), max_size=200)


def by_level(chunks: list[Chunk]) -> bytes:
    """Return the hash of a tree as its definition has it, level by level."""
    while len(chunks) > 1:
        above, rest = [], chunks
        while rest:
            end = next((i + 1 for i in range(2, min(9, len(rest))) if rest[i].hash[24] % 4 == 0), min(9, len(rest)))
            above.append(node(rest[:end]))
            rest = rest[end:]
        chunks = above
    return chunks[0].hash if chunks else bytes(32)


@given(CHUNKS)
def test_a_tree_that_grows_has_the_hash_of_one_that_is_built_level_by_level(chunks: list[Chunk]) -> None:
    assert xorb_hash(chunks) == by_level(chunks)
    assert [*unpack(pack(chunks))] == chunks


@pytest.mark.parametrize("content", [b"a", b"0" * 8000])
def test_the_hash_of_a_small_file_is_the_one_of_the_client(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    (known,) = hf_xet.hash_files([str(tmp_path / "file")])
    assert to_hex(file_hash([Chunk(chunk_hash(content), len(content))])) == known.hash


@given(HASHES)
def test_a_hash_comes_back_from_how_it_is_written(value: bytes) -> None:
    assert from_hex(to_hex(value)) == value


@pytest.mark.parametrize("text", ["", "0" * 63, "A" * 64, "0" * 63 + "\n", "٠" * 64])
def test_what_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(HubError):
        from_hex(text)
