"""Run the server: one process per storage folder, reachable from this machine only unless there is a token file."""

import ipaddress
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from globmed.errors import UserError
from globmed.storage.lock import SECONDS, locked

TOKEN_FILE = "token"  # noqa: S105 -- its name
#: A server that stops with its parent process may take its time: requests in progress are answered first.
LEAVING_SECONDS = 6


def serve(
    root: Path,
    host: str,
    port: int,
    token_file: Path | None,
    ready: Callable[[str, Path], None],
    *,
    until_eof: bool = False,
) -> None:
    """Serve ``root`` until interrupted; ``ready`` is called with the address and the token file once it listens.

    With ``until_eof`` it also stops at the end of standard input, and so whenever its parent process ends.

    Raises:
        UserError: another server uses the folder, the port is taken, the token file is unsuitable, or a host beyond
            loopback has no token file.
    """
    import uvicorn

    from globmed.hub.app import application
    from globmed.hub.tokens import own_tokens, read_tokens

    if token_file is None and not is_loopback(host):
        raise UserError(f"--host {host}: others could write; name a --token-file to listen beyond this machine")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{root}: cannot be a storage folder ({error.strerror}); name another --root") from error
    patience = LEAVING_SECONDS if until_eof else SECONDS
    with suppress(KeyboardInterrupt), locked(root, seconds=patience), _listening(host, port) as listener:
        tokens = own_tokens(root / TOKEN_FILE) if token_file is None else read_tokens(token_file)
        config = uvicorn.Config(
            application(root, tokens), log_level="warning", access_log=False, timeout_graceful_shutdown=5
        )
        bound = listener.getsockname()[1]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{bound}", token_file or root / TOKEN_FILE)
        if until_eof:
            threading.Thread(target=_end_with_standard_input, daemon=True).start()
        uvicorn.Server(config).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Return whether an address or name can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _end_with_standard_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UserError(f"cannot listen on {host} port {port}: {error.strerror}; name another --port") from error
        listener.listen(128)
        yield listener
