"""Xorbs and shards as clients make them."""

import struct
from collections.abc import Sequence

import lz4.frame

from globmed.hub.storage.xet.hashes import Chunk, chunk_hash, file_hash, from_hex, range_hash, xorb_hash

PLAIN, LZ4, GROUPED = 0, 1, 2
TAG = b"HFRepoMetaData\0" + bytes((85, 105, 103, 69, 106, 123, 129, 87, 131, 165, 189, 217, 92, 205, 209, 74, 169))
END = struct.pack("<32s4I", b"\xff" * 32, 0, 0, 0, 0)


def chunked(contents: Sequence[bytes]) -> list[Chunk]:
    return [Chunk(chunk_hash(content), len(content)) for content in contents]


def xorb(contents: Sequence[bytes], scheme: int = PLAIN) -> tuple[bytes, bytes]:
    """Return the hash of a xorb, and the xorb."""
    return xorb_hash(chunked(contents)), b"".join(framed(content, scheme) for content in contents)


def framed(content: bytes, scheme: int = PLAIN, size: int | None = None) -> bytes:
    """Return a chunk behind its header, which may lie about its size."""
    grouped = b"".join(content[place::4] for place in range(4)) if scheme == GROUPED else content
    data = content if scheme == PLAIN else lz4.frame.compress(grouped)
    size = len(content) if size is None else size
    return bytes((0, *len(data).to_bytes(3, "little"), scheme, *size.to_bytes(3, "little"))) + data


def term(xorb: bytes, chunks: Sequence[Chunk], start: int, end: int) -> tuple[bytes, bytes]:
    """Return a range of a xorb's chunks as a shard has it, and its proof."""
    chosen = chunks[start:end]
    size = sum(chunk.size for chunk in chosen)
    return struct.pack("<32s4I", xorb, 0, size, start, end), struct.pack("<32s16x", range_hash(chosen))


def shard(*files: bytes) -> bytes:
    return struct.pack("<32sQQ", TAG, 2, 0) + b"".join(files) + END + END


def shard_file(sha256: str, chunks: Sequence[Chunk], *terms: tuple[bytes, bytes], hash_: bytes = b"") -> bytes:
    """Return the entries of a file in a shard."""
    header = struct.pack("<32s4I", hash_ or file_hash(chunks), 3 << 30, len(terms), 0, 0)
    ranges, proofs = b"".join(range_ for range_, _ in terms), b"".join(proof for _, proof in terms)
    return header + ranges + proofs + struct.pack("<32s16x", from_hex(sha256))
