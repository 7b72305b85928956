"""The contents of files, each stored once under the SHA-256 of its bytes."""

import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from starlette.concurrency import run_in_threadpool

from globmed.hub.errors import HubError

PIECE_BYTES = 4 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """Content-addressed files below a folder; a file appears there complete and flushed to disk, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)
        for left_over in self.incoming.iterdir():
            left_over.unlink()

    def path(self, sha256: str) -> Path:
        """Return the path of a content, whether or not it is stored."""
        if not _SHA256.fullmatch(sha256):
            raise HubError(422, f"Invalid object id {sha256[:80]!r}: expected a SHA-256 in lower-case hex")
        return self.root / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Return whether a content is stored."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Return the size of a stored content in bytes."""
        return self.path(sha256).stat().st_size

    def read(self, sha256: str) -> bytes:
        """Return a stored content."""
        return self.path(sha256).read_bytes()

    def put(self, content: bytes) -> str:
        """Store a content that is in memory; return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.has(sha256):
            with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as file:
                file.write(content)
                _to_disk(file)
            self._keep(Path(file.name), sha256)
        return sha256

    async def receive(self, chunks: AsyncIterator[bytes], expected: str) -> None:
        """Store a content that arrives in chunks; 422 if its SHA-256 is not the announced one."""
        self.path(expected)
        digest = hashlib.sha256()
        with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as file:

            def absorb(piece: bytes) -> None:
                digest.update(piece)
                file.write(piece)

            try:
                async for piece in _pieces(chunks):
                    await run_in_threadpool(absorb, piece)
                if digest.hexdigest() != expected:
                    raise HubError(422, f"The content's SHA-256 is {digest.hexdigest()}, announced was {expected}")
                await run_in_threadpool(_to_disk, file)
            except BaseException:
                Path(file.name).unlink()
                raise
        self._keep(Path(file.name), expected)

    def _keep(self, temporary: Path, sha256: str) -> None:
        target = self.path(sha256)
        target.parent.mkdir(exist_ok=True)
        temporary.rename(target)
        # A new name is on disk once the folders above it are synced.
        for folder in (target.parent, self.root):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
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
