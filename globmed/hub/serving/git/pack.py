"""What git-upload-pack(1) answers about a copy, sent as it comes: by a process of its own, with limits."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from globmed.hub.errors import HubError
from globmed.hub.serving.git.copies import Copies
from globmed.hub.serving.git.export import ENVIRONMENT

#: Of processor time for one answer.
SECONDS = 120
MEMORY_BYTES = 768 * 1024 * 1024
PIECE_BYTES = 256 * 1024
FRESH = {"Cache-Control": "no-store"}


class PackResponse(Response):
    """The answer to a request of git for the commits of a copy; 503 if too many are sent already."""

    def __init__(self, copies: Copies, copy: Path, request: bytes, protocol: str) -> None:
        super().__init__(headers=FRESH, media_type="application/x-git-upload-pack-result")
        self._copies, self._copy, self._request, self._protocol = copies, copy, request, protocol
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run git, and send what it writes."""
        try:
            with self._copies.turn():
                await self._answer(send)
        except HubError as error:
            await Response(error.message, error.status, error.headers)(scope, receive, send)

    async def _answer(self, send: Send) -> None:
        command, environment = _upload_pack(self._copy, [], self._protocol)
        # A file, since a pipe that both sides fill would block both.
        with tempfile.TemporaryFile() as request:
            request.write(self._request)
            request.seek(0)
            async with await anyio.open_process(command, stdin=request, env=environment, stderr=None) as process:
                _limit(process.pid)
                assert process.stdout is not None  # noqa: S101 -- it was asked for
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                try:
                    with suppress(anyio.EndOfStream):
                        while True:
                            piece = await process.stdout.receive(PIECE_BYTES)
                            await send({"type": "http.response.body", "body": piece, "more_body": True})
                finally:
                    with suppress(ProcessLookupError):
                        process.kill()
        await send({"type": "http.response.body", "body": b""})


def advertisement(copy: Path, protocol: str) -> Response:
    """Return the references of a copy, and what git can do here."""
    command, environment = _upload_pack(copy, ["--http-backend-info-refs"], protocol)
    told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 -- git
    first = b"" if "version=2" in protocol else b"001e# service=git-upload-pack\n0000"
    return Response(first + told, headers=FRESH, media_type="application/x-git-upload-pack-advertisement")


def _upload_pack(copy: Path, options: Sequence[str], protocol: str) -> tuple[list[str], Mapping[str, str]]:
    settings = ["-c", "pack.threads=1", "-c", "uploadpack.allowFilter=true", "-c", f"safe.directory={copy}"]
    environment = os.environ | ENVIRONMENT | ({"GIT_PROTOCOL": protocol} if protocol else {})
    return ["git", *settings, "upload-pack", "--stateless-rpc", *options, str(copy)], environment


def _limit(pid: int) -> None:
    """Limit what a request can cost, where the system can."""
    try:
        from resource import RLIMIT_CPU, RLIMIT_DATA, prlimit
    except ImportError:
        return
    with suppress(ProcessLookupError):
        prlimit(pid, RLIMIT_CPU, (SECONDS, SECONDS))
        prlimit(pid, RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
