"""Run a Hub in a process of its own for the duration of a block."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from globmed.errors import UserError
from globmed.hub.server import TOKEN_FILE
from globmed.hub.tokens import first_token

START_SECONDS = 60
TAIL_LINES = 5


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A server listening at ``url``; ``token`` may write there, ``process`` can be signalled."""

    url: str
    token: str = field(repr=False)
    process: "subprocess.Popen[str]" = field(repr=False)


@contextmanager
def running(
    root: Path, port: int = 0, token_file: Path | None = None, options: Sequence[str] = ()
) -> Iterator[RunningHub]:
    """Start a Hub on ``root`` at a free port; it stops at the end of the block.

    Args:
        root: the storage folder.
        port: another port than a free one.
        token_file: tokens other than the folder's own.
        options: further ones of `globmed hub serve`.

    Raises:
        UserError: it cannot start; the message has the end of the server's own.
    """
    command = [sys.executable, "-m", "globmed", "hub", "serve", "--root", str(root), "--port", str(port), "--until-eof"]
    command += [*(["--token-file", str(token_file)] if token_file else []), *options]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    # A file, since a pipe that nothing reads fills up and blocks the server.
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 -- our own command
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            yield RunningHub(_address(process, errors), first_token(token_file or root / TOKEN_FILE), process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: "subprocess.Popen[str]", errors: IO[bytes]) -> str:
    """Return the address that the server prints once it listens."""
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    deadline = time.monotonic() + START_SECONDS
    for line in process.stdout:
        if line.startswith("http"):
            return line.strip()
        if time.monotonic() > deadline:
            break
    process.kill()
    process.wait()
    errors.seek(0)
    tail = errors.read().decode("utf-8", "replace").strip().splitlines()[-TAIL_LINES:]
    raise UserError("\n".join(tail).removeprefix("error: ") or "the local Hub did not start")
