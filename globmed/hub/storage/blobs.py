"""The contents of files, each stored once under the SHA-256 of its bytes, and verified before it is used."""

import hashlib
import os
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from starlette.concurrency import run_in_threadpool

from globmed.hub.errors import HubError, damaged
from globmed.hub.storage.verified import Verified

PIECE_BYTES = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """Content-addressed files below a folder; a file appears there complete and flushed to disk, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)
        self._verified = Verified(root / "verified.sqlite")
        self._hashing: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def discard_incoming(self) -> None:
        """Remove the uploads that a server left unfinished; no other process may be receiving any."""
        for left_over in self.incoming.iterdir():
            left_over.unlink()

    def path(self, sha256: str) -> Path:
        """Return the path of a content, whether or not it is stored."""
        if not _SHA256.fullmatch(sha256):
            raise HubError(422, f"Invalid object id {sha256[:80]!r}: expected a SHA-256 in lower-case hex")
        return self.root / sha256[:2] / sha256

    def stored(self) -> Iterator[str]:
        """Yield the SHA-256 that each stored file is named by."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            yield from (path.name for path in sorted(folder.iterdir()) if _SHA256.fullmatch(path.name))

    def fault(self, sha256: str, *, again: bool = False) -> str | None:
        """Return the fault of a content: ``missing``, ``damaged`` or nothing.

        A file is hashed once, and then only if it was written to since, or if it is to be read ``again`` anyway.
        """
        path = self.path(sha256)
        try:
            if not again and self._verified.known(sha256, path.stat()):
                return None
            with self._hashing[sha256]:
                # Another thread may have hashed it meanwhile.
                stat = path.stat()
                if not again and self._verified.known(sha256, stat):
                    return None
                with path.open("rb") as file:
                    whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return "missing"
        except OSError:
            whole = False
        if whole:
            self._verified.note(sha256, stat)
            return None
        self._verified.forget(sha256)
        return "damaged"

    def has(self, sha256: str) -> bool:
        """Return whether a content is stored and whole."""
        return self.fault(sha256) is None

    def whole(self, sha256: str) -> Path:
        """Return the path of a verified content; a server error otherwise."""
        fault = self.fault(sha256)
        if fault:
            raise damaged(sha256, fault)
        return self.path(sha256)

    def size(self, sha256: str) -> int:
        """Return the size of a stored content in bytes."""
        return self.path(sha256).stat().st_size

    def read(self, sha256: str) -> bytes:
        """Return a stored content; an error of the server if it is missing or damaged."""
        return self.whole(sha256).read_bytes()

    def put(self, content: bytes) -> str:
        """Store a content that is in memory; return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.has(sha256):
            with self.temporary() as file:
                file.write(content)
                _to_disk(file)
            self._keep(Path(file.name), sha256)
        return sha256

    @contextmanager
    def temporary(self) -> Iterator[IO[bytes]]:
        """Yield a new file among the incoming ones; it is removed if the block fails."""
        with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as file, _removed_on_error(file.name):
            yield file

    def gather(self, pieces: Iterable[bytes], expected: str) -> None:
        """Store a content that consists of pieces; 422 if its SHA-256 is not the announced one."""
        self.path(expected)
        digest = hashlib.sha256()
        with self.temporary() as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            _check_digest(digest.hexdigest(), expected)
            _to_disk(file)
        self._keep(Path(file.name), expected)

    async def receive(self, chunks: AsyncIterator[bytes], expected: str) -> None:
        """Store a content that arrives in chunks; 422 if its SHA-256 is not the announced one."""
        self.path(expected)
        digest = hashlib.sha256()
        with self.temporary() as file:

            def absorb(piece: bytes) -> None:
                digest.update(piece)
                file.write(piece)

            async for piece in large_pieces(chunks):
                await run_in_threadpool(absorb, piece)
            _check_digest(digest.hexdigest(), expected)
            await run_in_threadpool(_to_disk, file)
        await run_in_threadpool(self._keep, Path(file.name), expected)

    def delete(self, sha256: str) -> int:
        """Remove a content; return its size in bytes."""
        path = self.path(sha256)
        size = path.stat().st_size if path.is_file() else 0
        path.unlink(missing_ok=True)
        self._verified.forget(sha256)
        return size

    def _keep(self, temporary: Path, sha256: str) -> None:
        target = self.path(sha256)
        target.parent.mkdir(exist_ok=True)
        temporary.replace(target)
        # A new name is on disk once the folders above it are synced.
        for folder in (target.parent, self.root):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._verified.note(sha256, target.stat())


@contextmanager
def _removed_on_error(name: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _check_digest(found: str, expected: str) -> None:
    if found != expected:
        raise HubError(422, f"The content's SHA-256 is {found}, announced was {expected}")


async def large_pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the same bytes in chunks large enough to hand to a thread; the server answers others meanwhile."""
    piece = bytearray()
    async for chunk in chunks:
        piece += chunk
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def git_blob_id(content: bytes) -> str:
    """Return the id that git gives a file: SHA-1 over ``blob <size>``, NUL and the content (the clients compare it)."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def lfs_pointer(sha256: str, size: int) -> bytes:
    """Return git's pointer to a large file (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md)."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()
