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
    """Content-addressed files below a folder; a file appears there whole, on disk, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)
        for left_over in self.incoming.iterdir():
            left_over.unlink()

    def path(self, sha256: str) -> Path:
        """Where a content is, or would be."""
        if not _SHA256.fullmatch(sha256):
            raise HubError(422, f"Invalid object id {sha256[:80]!r}: expected a SHA-256 in lower-case hex")
        return self.root / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether a content is stored."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes of a stored content."""
        return self.path(sha256).stat().st_size

    def read(self, sha256: str) -> bytes:
        """A stored content."""
        return self.path(sha256).read_bytes()

    def put(self, content: bytes) -> str:
        """Store a content that is in memory; returns its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.has(sha256):
            with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as file:
                file.write(content)
                _to_disk(file)
            self._keep(Path(file.name), sha256)
        return sha256

    async def receive(self, chunks: AsyncIterator[bytes], expected: str) -> None:
        """Store a content that arrives in chunks; 422 if it is not the one that was announced."""
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
        # A new name is on disk when the folders that hold it are.
        for folder in (target.parent, self.root):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces that are worth a hand-over to a thread: the server answers others meanwhile."""
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
    """The id that git gives a file: SHA-1 over ``blob <size>``, NUL and the content (the clients compare it)."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def lfs_pointer(sha256: str, size: int) -> bytes:
    """What git holds in place of a large file (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md)."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()
