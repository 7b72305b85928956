"""Bodies of requests: read whole if they are small, within a budget of memory, and by lines if they are long."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from starlette.requests import Request

from globmed.hub.errors import HubError

#: Of a caller without a token: the paths that a client asks about at once fit.
ANONYMOUS_BYTES = 1024 * 1024
BODY_BYTES = 8 * 1024 * 1024
#: A line of a commit: a plain file in base64, each below `globmed.hub.storage.lfs.LFS_FROM_BYTES`.
LINE_BYTES = 16 * 1024 * 1024
#: What of a line is kept in memory until it is whole.
LINE_IN_MEMORY = 256 * 1024
#: All bodies that are in memory at once: of callers with a token, and of others, who must not take their place.
KNOWN_BYTES, ANONYMOUS_TOTAL_BYTES = 48 * 1024 * 1024, 16 * 1024 * 1024


class Memory:
    """What is left of the memory for bodies; used by the event loop's thread alone."""

    def __init__(self, free: int) -> None:
        self._free = free

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """Yield a share that grows as it is asked to; it is given back at the end of the block."""
        share = Share(self)
        try:
            yield share
        finally:
            share.release()

    def take(self, size: int) -> None:
        """Reserve bytes (or give them back, if negative); 503 if there are none left."""
        if size > self._free:
            raise HubError(503, "Too many large requests at once: repeat in a moment", headers={"Retry-After": "2"})
        self._free -= size


class Share:
    """The memory that one request holds."""

    def __init__(self, memory: Memory) -> None:
        self._memory, self._held = memory, 0

    def hold(self, size: int) -> None:
        """Reserve more bytes; 503 if there are none left."""
        self._memory.take(size)
        self._held += size

    def release(self) -> None:
        """Give back what is held."""
        self._memory.take(-self._held)
        self._held = 0


async def whole(request: Request, share: Share, limit: int) -> bytes:
    """Return a body; 413 if it is larger than the limit."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > limit:
            raise _too_large(limit)
        share.hold(len(chunk))
        body += chunk
    return bytes(body)


async def lines(request: Request, folder: Path) -> AsyncIterator[IO[bytes]]:
    """Yield the lines of a body, each as a file that is read from its start and closed when the next is asked for.

    A long one waits in a folder, so that slow senders of long lines take no memory.
    """
    line = _spool(folder)
    try:
        async for chunk in request.stream():
            *complete, rest = chunk.split(b"\n")
            for end in complete:
                line.write(end)
                line.seek(0)
                yield line
                line.close()
                line = _spool(folder)
            if line.tell() + len(rest) > LINE_BYTES:
                raise HubError(413, f"A line of the commit is larger than {LINE_BYTES} bytes: send large files by LFS")
            line.write(rest)
        line.seek(0)
        yield line
    finally:
        line.close()


def size(line: IO[bytes]) -> int:
    """Return the size of a line in bytes; its position is at its start again."""
    end = line.seek(0, os.SEEK_END)
    line.seek(0)
    return end


def _spool(folder: Path) -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(LINE_IN_MEMORY, dir=str(folder))


def _too_large(limit: int) -> HubError:
    return HubError(413, f"The body is larger than the {limit} bytes that are read here")
