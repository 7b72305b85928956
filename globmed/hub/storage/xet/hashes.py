"""The hashes of chunks, xorbs and files: keyed BLAKE3 (https://huggingface.co/docs/xet/hashing).

A xorb or file is hashed as a tree over its chunks, whose nodes have two to nine children.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import blake3

from globmed.hub.errors import HubError

HASH_BYTES = 32
_CHUNK_KEY = bytes.fromhex("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229")
_NODE_KEY = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")
_RANGE_KEY = bytes.fromhex("7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3")
_FILE_KEY = bytes(HASH_BYTES)
_PACKED = struct.Struct(f"<{HASH_BYTES}sI")
PACKED_BYTES = _PACKED.size
_WORDS = struct.Struct("<4Q")
#: A node ends after a child whose hash is a multiple of the mean number of children, if it has enough of them.
_LEAST_CHILDREN, _MEAN_CHILDREN, _MOST_CHILDREN = 3, 4, 9


class Chunk(NamedTuple):
    """The hash and the size in bytes of a part of a file."""

    hash: bytes
    size: int


def pack(chunks: Iterable[Chunk]) -> bytes:
    """Return chunks in a form that takes little room."""
    return b"".join(_PACKED.pack(*chunk) for chunk in chunks)


def unpack(packed: bytes | memoryview) -> Iterator[Chunk]:
    """Yield chunks again from what `pack` returned."""
    return (Chunk(*each) for each in _PACKED.iter_unpack(packed))


def chunk_hash(content: bytes) -> bytes:
    """Return the hash of a chunk's content."""
    return _keyed(_CHUNK_KEY, content)


def xorb_hash(chunks: Iterable[Chunk]) -> bytes:
    """Return the hash of a sequence of chunks; all zeros for none."""
    tree = _Tree()
    for chunk in chunks:
        tree.add(chunk)
    return tree.root()


def file_hash(chunks: Iterable[Chunk]) -> bytes:
    """Return the hash of a file that consists of these chunks; all zeros for an empty one."""
    root = xorb_hash(chunks)
    return root if root == _FILE_KEY else _keyed(_FILE_KEY, root)


def range_hash(chunks: Iterable[Chunk]) -> bytes:
    """Return the hash by which a client shows that it has every chunk of a range."""
    return _keyed(_RANGE_KEY, b"".join(chunk.hash for chunk in chunks))


def to_hex(value: bytes) -> str:
    """Return a hash as it is written: its four 64-bit words, little-endian, in hex."""
    return "".join(f"{word:016x}" for word in _WORDS.unpack(value))


def from_hex(text: str) -> bytes:
    """Return the hash that is written so; 400 for anything else."""
    if len(text) != 2 * HASH_BYTES or any(character not in "0123456789abcdef" for character in text):
        raise HubError(400, f"Invalid hash {text[:80]!r}: expected 64 hex digits in lower case")
    return _WORDS.pack(*(int(text[at : at + 16], 16) for at in range(0, 64, 16)))


def _keyed(key: bytes, content: bytes) -> bytes:
    return blake3.blake3(content, key=key).digest()


def _node(children: Sequence[Chunk]) -> Chunk:
    listed = "".join(f"{to_hex(child.hash)} : {child.size}\n" for child in children)
    return Chunk(_keyed(_NODE_KEY, listed.encode()), sum(child.size for child in children))


class _Tree:
    """A tree that grows by its leaves; of each level only the children of the node that is not complete are kept."""

    def __init__(self) -> None:
        self._open: list[list[Chunk]] = []
        self._counts: list[int] = []

    def add(self, node: Chunk, level: int = 0) -> None:
        if level == len(self._open):
            self._open.append([])
            self._counts.append(0)
        children = self._open[level]
        children.append(node)
        self._counts[level] += 1
        ends = len(children) >= _LEAST_CHILDREN and node.hash[24] % _MEAN_CHILDREN == 0
        if ends or len(children) == _MOST_CHILDREN:
            self._close(level)

    def root(self) -> bytes:
        """Return the hash of the only node of the highest level; all zeros for an empty tree."""
        level = 0
        while level < len(self._open) and self._counts[level] > 1:
            if self._open[level]:
                self._close(level)
            level += 1
        return self._open[level][0].hash if self._open else bytes(HASH_BYTES)

    def _close(self, level: int) -> None:
        children, self._open[level] = self._open[level], []
        self.add(_node(children), level + 1)
