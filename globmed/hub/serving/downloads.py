"""Sending files: in large pieces to a few, in small ones to many, so that slow readers do not fill the memory."""

from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

#: All pieces that wait to be sent, about.
MEMORY_BYTES = 16 * 1024 * 1024
#: Large enough that the server's overhead for each piece is negligible.
LARGEST_PIECE, SMALLEST_PIECE = 4 * 1024 * 1024, 64 * 1024


class Downloads:
    """The downloads in progress."""

    def __init__(self) -> None:
        self.active = 0

    def piece(self) -> int:
        """Return the size in which another download is read and sent."""
        return max(SMALLEST_PIECE, min(LARGEST_PIECE, MEMORY_BYTES // (self.active + 1)))


class BlobResponse(FileResponse):
    """A stored content, whole or in ranges."""

    def __init__(self, downloads: Downloads, path: Path, headers: dict[str, str]) -> None:
        super().__init__(path, headers=headers, media_type="application/octet-stream")
        self._downloads = downloads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file in pieces of a size that suits the number of downloads."""
        self.chunk_size = self._downloads.piece()
        self._downloads.active += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._downloads.active -= 1
