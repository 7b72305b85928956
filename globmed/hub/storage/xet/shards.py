"""Shards: which chunks of which xorbs a file consists of (https://huggingface.co/docs/xet/shard).

All entries have 48 bytes. Of a client's shard only the files are read: the server knows the chunks of its xorbs.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from globmed.hub.errors import HubError
from globmed.hub.storage.xet.hashes import HASH_BYTES, Chunk, to_hex

#: Clients divide larger ones (64 MiB), give or take an entry.
MAX_BYTES = 80 * 1024 * 1024
_TAG = bytes.fromhex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9")
_HEADER, _VERSION = struct.Struct("<32sQQ"), 2
_ENTRY = struct.Struct("<32sIIII")
_END = b"\xff" * HASH_BYTES
_VERIFIED, _WITH_METADATA = 1 << 31, 1 << 30
#: Version, offsets and numbers of entries, key of the chunks' hashes (none), times, reserved, sizes, its own offset.
_FOOTER, _FOOTER_VERSION = struct.Struct("<9Q32s2Q48s4Q"), 1
_FIRST_WORD = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Term:
    """A range of a xorb's chunks, of ``size`` bytes; ``proof`` is their `range_hash`."""

    xorb: bytes
    start: int
    end: int
    size: int
    proof: bytes


@dataclass(frozen=True, slots=True)
class ShardFile:
    """A file of a shard: the SHA-256 of its content (hex), and the terms that it consists of, as they were sent."""

    hash: bytes
    sha256: str
    ranges: bytes = field(repr=False)
    proofs: bytes = field(repr=False)

    def terms(self) -> Iterator[Term]:
        """Yield the terms in order."""
        for (xorb, _, size, start, end), (proof, *_) in zip(
            _ENTRY.iter_unpack(self.ranges), _ENTRY.iter_unpack(self.proofs), strict=True
        ):
            yield Term(xorb, start, end, size, proof)


def read_files(file: IO[bytes]) -> Iterator[ShardFile]:
    """Yield the files of a shard; 400 for what is no shard, or lacks what this server needs."""
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size or _HEADER.unpack(header)[:2] != (_TAG, _VERSION):
        raise _malformed(f"it does not begin as one of version {_VERSION}")
    while True:
        hash_, flags, count, _, _ = _ENTRY.unpack(_entries(file, 1))
        if hash_ == _END:
            return
        if not flags & _VERIFIED or not flags & _WITH_METADATA:
            raise _malformed("a file without verification or SHA-256")
        ranges, proofs = _entries(file, count), _entries(file, count)
        # Stored in the order of a hash's words.
        yield ShardFile(hash_, to_hex(_ENTRY.unpack(_entries(file, 1))[0]), ranges, proofs)


def write_shard(xorbs: Mapping[bytes, Sequence[Chunk]], now: int, expires: int) -> bytes:
    """Return a shard that tells a client the chunks of some xorbs until a time (seconds since 1970)."""
    entries: list[bytes] = []
    xorb_places: list[tuple[int, int]] = []
    chunk_places: list[tuple[int, int, int]] = []
    total = 0
    for hash_ in sorted(xorbs):
        chunks, place, start = xorbs[hash_], len(entries), 0
        xorb_places.append((_word(hash_), place))
        length = sum(chunk.size for chunk in chunks)
        entries.append(_ENTRY.pack(hash_, 0, len(chunks), length, length))
        for number, chunk in enumerate(chunks):
            chunk_places.append((_word(chunk.hash), place, number))
            entries.append(_ENTRY.pack(chunk.hash, start, chunk.size, 0, 0))
            start += chunk.size
        total += length
    end = _ENTRY.pack(_END, 0, 0, 0, 0)
    body = [
        _HEADER.pack(_TAG, _VERSION, _FOOTER.size),
        end,
        b"".join([*entries, end]),
        b"".join(struct.pack("<QI", *place) for place in sorted(xorb_places)),
        b"".join(struct.pack("<QII", *place) for place in sorted(chunk_places)),
    ]
    files, listed, found, chunked, footer = _offsets(body)
    return b"".join(body) + _FOOTER.pack(
        *(_FOOTER_VERSION, files, listed, found, 0, found, len(xorb_places), chunked, len(chunk_places)),
        *(bytes(HASH_BYTES), now, expires, bytes(48), total, 0, total, footer),
    )


def _offsets(parts: Sequence[bytes]) -> Iterator[int]:
    at = 0
    for part in parts:
        at += len(part)
        yield at


def _entries(file: IO[bytes], count: int) -> bytes:
    # Never more than the file has, whatever the count says.
    entries = file.read(count * _ENTRY.size)
    if len(entries) < count * _ENTRY.size:
        raise _malformed("it ends too early")
    return entries


def _word(hash_: bytes) -> int:
    (word,) = _FIRST_WORD.unpack_from(hash_)
    return int(word)


def _malformed(what: str) -> HubError:
    return HubError(400, f"Not a shard that this Hub reads: {what}")
