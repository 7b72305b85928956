"""Join the server that already serves a storage folder: it leaves its address there for its owner's other commands."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from globmed.hub.tokens import first_token
from globmed.storage.lock import holding_process

#: Which server has the folder: its address, token file and process.
SERVER_FILE = "server.json"


@dataclass(frozen=True, slots=True)
class Serving:
    """A server's address, and a token that may write there."""

    url: str
    token: str = field(repr=False)


@contextmanager
def announced(root: Path, url: str, token_file: Path) -> Iterator[None]:
    """Leave a server's address in its folder for the time of the block, readable by its owner alone."""
    told = {"url": url, "token_file": str(token_file.resolve()), "pid": os.getpid()}
    file, partial = root / SERVER_FILE, root / f".{SERVER_FILE}.partial"
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(told), "utf-8")
    partial.rename(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def serving(root: Path) -> Serving | None:
    """Return the server of a folder; None if nothing serves it, or only for another command.

    An address that a killed server left is not taken, whoever listens there now: the process that wrote it must hold
    the folder's lock. A token is only read, from a file that its owner alone may read.

    Raises:
        UserError: the server's tokens cannot be read, or none may write everywhere.
    """
    try:
        told = json.loads((root / SERVER_FILE).read_text("utf-8"))
        url, token_file, process = str(told["url"]), Path(told["token_file"]), told["pid"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Serving(url, first_token(token_file)) if holding_process(root) == process else None
