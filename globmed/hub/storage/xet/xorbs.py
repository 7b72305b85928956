"""Xorbs: chunks in one object, each behind a header of 8 bytes (https://huggingface.co/docs/xet/xorb).

The header has a version, the size of the data that follow it, how they are compressed, and the chunk's size. What
clients send is read with limits; what they receive is not compressed.
"""

from collections.abc import Iterable, Iterator
from typing import IO

import lz4.frame

from globmed.hub.errors import HubError
from globmed.hub.storage.xet.hashes import Chunk, chunk_hash

HEADER_BYTES = 8
MAX_CHUNK_BYTES = 128 * 1024
#: Of the chunks, which are not compressed.
MAX_XORB_BYTES = 64 * 1024 * 1024
MAX_CHUNKS = 8 * 1024
#: What comes after the chunks, if anything: hashes and offsets that the server computes itself.
_FOOTER = b"XETBLOB"
_FOOTER_BYTES = 1024 * 1024
#: A xorb as it is sent.
MAX_SERIALIZED_BYTES = MAX_XORB_BYTES + MAX_CHUNKS * HEADER_BYTES + _FOOTER_BYTES
_PLAIN, _LZ4, _GROUPED = 0, 1, 2


def read_xorb(file: IO[bytes]) -> Iterator[tuple[Chunk, bytes]]:
    """Yield the chunks of a xorb and their contents; 400 for what is no xorb, or larger than one may be."""
    chunks = total = 0
    while header := file.read(HEADER_BYTES):
        if header.startswith(_FOOTER):
            return
        content = _read_chunk(file, header)
        chunks, total = chunks + 1, total + len(content)
        if chunks > MAX_CHUNKS or total > MAX_XORB_BYTES:
            raise _malformed(f"more than {MAX_CHUNKS} chunks or {MAX_XORB_BYTES} bytes")
        yield Chunk(chunk_hash(content), len(content)), content


def framed_size(chunks: Iterable[Chunk]) -> int:
    """Return the size of chunks as `frame` writes them."""
    return sum(HEADER_BYTES + chunk.size for chunk in chunks)


def frame(size: int) -> bytes:
    """Return the header of a chunk that is not compressed."""
    return bytes((0, *size.to_bytes(3, "little"), _PLAIN, *size.to_bytes(3, "little")))


def _read_chunk(file: IO[bytes], header: bytes) -> bytes:
    if len(header) < HEADER_BYTES or header[0] != 0:
        raise _malformed("a chunk without a header of version 0")
    stored, scheme, size = int.from_bytes(header[1:4], "little"), header[4], int.from_bytes(header[5:8], "little")
    if not 0 < size <= MAX_CHUNK_BYTES or stored > 2 * MAX_CHUNK_BYTES:
        raise _malformed(f"a chunk of {size} bytes in {stored}")
    data = file.read(stored)
    content = data if scheme == _PLAIN else _decompressed(data, scheme, size)
    if len(data) != stored or len(content) != size:
        raise _malformed("a chunk whose size is not that in its header")
    return content


def _decompressed(data: bytes, scheme: int, size: int) -> bytes:
    if scheme not in (_LZ4, _GROUPED):
        raise _malformed(f"unknown compression {scheme}")
    decompressor = lz4.frame.LZ4FrameDecompressor()
    try:
        # One byte more than there may be shows that there are too many.
        content = decompressor.decompress(data, max_length=size + 1)
    except (RuntimeError, EOFError, MemoryError) as error:
        raise _malformed("a chunk that LZ4 cannot read") from error
    return _together(content) if scheme == _GROUPED else content


def _together(grouped: bytes) -> bytes:
    """Return bytes in their order, of which the first of every four come first, then the second, and so on."""
    content, start = bytearray(len(grouped)), 0
    for place in range(4):
        end = start + len(range(place, len(grouped), 4))
        content[place::4] = grouped[start:end]
        start = end
    return bytes(content)


def _malformed(what: str) -> HubError:
    return HubError(400, f"Not a xorb that this Hub reads: {what}")
