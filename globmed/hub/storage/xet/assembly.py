"""Files that a client describes by ranges of xorbs, put together and stored."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from globmed.hub.errors import HubError
from globmed.hub.storage.blobs import Blobs
from globmed.hub.storage.xet.hashes import PACKED_BYTES, Chunk, file_hash, pack, range_hash, unpack
from globmed.hub.storage.xet.index import Index
from globmed.hub.storage.xet.shards import ShardFile, Term

#: 128 GiB in chunks of the usual size; their list is in memory.
MAX_FILE_CHUNKS = 2 * 1024 * 1024
_PIECE_BYTES = 4 * 1024 * 1024


class _Span(NamedTuple):
    path: Path
    start: int
    end: int


class UnknownChunksError(HubError):
    """The client refers to chunks that are not here, or not for this caller: it remembers what was once."""

    def __init__(self) -> None:
        super().__init__(409, "The Hub does not have these chunks (any more): repeat, and all are sent")


@dataclass(frozen=True, slots=True)
class Assembly:
    """Puts files of one repository together.

    Attributes:
        blobs: where they are stored.
        index: what is known of chunks.
        repository: the repository's number.
        readable: whether the caller may read a content, by its SHA-256.
        found: the contents that were asked for, and their files; None for what the caller cannot have.
    """

    blobs: Blobs
    index: Index
    repository: int
    readable: Callable[[str], bool]
    found: dict[str, Path | None] = field(default_factory=dict)

    def store(self, file: ShardFile) -> None:
        """Store a file under its SHA-256, with every hash that the client states checked.

        Raises:
            UnknownChunksError: some of its chunks are not here.
            HubError: a range, size or hash is wrong (400, 422), or the file has too many chunks (413).
        """
        packed = bytearray()
        for term in file.terms():
            packed += pack(self._chunks(term))
            if len(packed) > MAX_FILE_CHUNKS * PACKED_BYTES:
                raise HubError(413, "A file has too many chunks: set HF_HUB_DISABLE_XET=1 and repeat")
        if file_hash(unpack(memoryview(packed))) != file.hash:
            raise HubError(400, "A file's hash is not that of its chunks")
        try:
            self.blobs.gather(self._pieces(file), file.sha256)
        except HubError:
            self._forget_damaged()
            raise
        if packed:
            self.index.add(file.hash, file.sha256, unpack(memoryview(packed)))

    def _chunks(self, term: Term) -> list[Chunk]:
        xorb = self.index.xorb(term.xorb)
        if xorb is None:
            raise UnknownChunksError
        chunks = xorb[term.start : term.end]
        if not chunks or len(chunks) != term.end - term.start:
            raise HubError(400, f"A xorb has {len(xorb)} chunks, not those from {term.start} to {term.end}")
        if sum(chunk.size for chunk in chunks) != term.size or range_hash(chunks) != term.proof:
            raise HubError(400, "The size or the verification hash of a range of chunks is wrong")
        return chunks

    def _forget_damaged(self) -> None:
        """Find out whether it was not the client's fault; then the contents are damaged and must not be used again."""
        used = [sha256 for sha256, path in self.found.items() if path is not None]
        damaged = [sha256 for sha256 in used if self.blobs.fault(sha256, again=True)]
        if damaged:
            self.index.forget(damaged)
            raise UnknownChunksError

    def _pieces(self, file: ShardFile) -> Iterator[bytes]:
        with ExitStack() as stack:
            opened: tuple[Path, IO[bytes]] | None = None
            for span in self._spans(file):
                if opened is None or opened[0] != span.path:
                    stack.close()
                    opened = span.path, stack.enter_context(_open(span.path))
                opened[1].seek(span.start)
                for start in range(span.start, span.end, _PIECE_BYTES):
                    yield opened[1].read(min(_PIECE_BYTES, span.end - start))

    def _spans(self, file: ShardFile) -> Iterator[_Span]:
        """Yield where the bytes of a file are, adjoining ones together."""
        last: _Span | None = None
        for term in file.terms():
            for span in self._places(term, last):
                if last is not None and (last.path, last.end) == (span.path, span.start):
                    last = _Span(last.path, last.start, span.end)
                    continue
                if last is not None:
                    yield last
                last = span
        if last is not None:
            yield last

    def _places(self, term: Term, last: _Span | None) -> Iterator[_Span]:
        waiting = self.index.waiting(self.repository, term.xorb)
        xorb = self.index.xorb(term.xorb) or []
        if waiting is not None:
            start = sum(chunk.size for chunk in xorb[: term.start])
            yield _Span(waiting, start, start + term.size)
            return
        for chunk in xorb[term.start : term.end]:
            last = self._place(chunk, last)
            yield last

    def _place(self, chunk: Chunk, last: _Span | None) -> _Span:
        """Return where a chunk is among the contents that the caller may read; best right after the last one."""
        best = None
        for content, start in self.index.places(chunk.hash):
            if content.sha256 not in self.found:
                self.found[content.sha256] = self._content(content.sha256)
            path = self.found[content.sha256]
            if path is None:
                continue
            best = best or _Span(path, start, start + chunk.size)
            if last is not None and (path, start) == (last.path, last.end):
                return _Span(path, start, start + chunk.size)
        if best is None:
            raise UnknownChunksError
        return best

    def _content(self, sha256: str) -> Path | None:
        return self.blobs.path(sha256) if self.readable(sha256) and self.blobs.has(sha256) else None


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise UnknownChunksError from None
