"""Run the server: one process per storage folder, reachable from this machine only unless there is a token file."""

import ipaddress
import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from globmed.errors import UserError
from globmed.hub.serving.joining import announced
from globmed.storage.lock import SECONDS, locked

TOKEN_FILE = "token"  # noqa: S105 -- its name
#: A server that stops with its parent process may take its time: requests in progress are answered first.
LEAVING_SECONDS = 6
MAX_CONNECTIONS = 1000
#: Of the database's, the libraries' and the like.
OTHER_FILES = 200


@dataclass(frozen=True, slots=True)
class Access:
    """The network settings of a server.

    Attributes:
        host: the address to listen on.
        port: 0 for a free one.
        token_file: the tokens; without one, a token of the server's own.
        certificate: PEM file for TLS; together with its key.
        key: PEM file, without a password.
        names: further names that clients may call the server by.
        connections: how many are open at once.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()
    connections: int = MAX_CONNECTIONS


def serve(root: Path, access: Access, ready: Callable[[str, Path], None], *, until_eof: bool = False) -> None:
    """Serve ``root`` until interrupted; ``ready`` is called with the address and the token file once it listens.

    With ``until_eof`` it also stops at the end of standard input, and so whenever its parent process ends.

    Raises:
        UserError: another server uses the folder, the port is taken, the token file or certificate is unsuitable, or a
            host beyond loopback has no token file.
    """
    import uvicorn

    from globmed.hub.serving.app import application
    from globmed.hub.serving.connections import LimitedProtocol
    from globmed.hub.serving.hosts import Hosts
    from globmed.hub.tokens import own_tokens, read_tokens

    host, token_file = access.host, access.token_file
    tls = tls_context(access)
    if token_file is None and not is_loopback(host):
        raise UserError(f"--host {host}: others could write; name a --token-file to listen beyond this machine")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{root}: cannot be a storage folder ({error.strerror}); name another --root") from error
    patience = LEAVING_SECONDS if until_eof else SECONDS
    with suppress(KeyboardInterrupt), locked(root, seconds=patience), listening(host, access.port) as listener:
        tokens = own_tokens(root / TOKEN_FILE) if token_file is None else read_tokens(token_file)
        protocol = type("Protocol", (LimitedProtocol,), {"max_connections": _with_files(access.connections)})
        config = uvicorn.Config(
            application(root, tokens, Hosts([host, *access.names], loopback=is_loopback(host))),
            http=protocol,
            ws="none",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=5,
            ssl_context_factory=(lambda *_: tls) if tls else None,
        )
        bound = listener.getsockname()[1]
        url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{bound}"
        if until_eof:
            threading.Thread(target=_end_with_standard_input, daemon=True).start()
        # A server that ends with its parent is the parent's alone.
        with nullcontext() if until_eof else announced(root, url, token_file or root / TOKEN_FILE):
            ready(url, token_file or root / TOKEN_FILE)
            uvicorn.Server(config).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Return whether an address or name can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def tls_context(access: Access) -> ssl.SSLContext | None:
    """Return the context for TLS 1.2 or later; None without a certificate.

    Raises:
        UserError: one of the files is missing, or cannot be used.
    """
    if access.certificate is None and access.key is None:
        return None
    if access.certificate is None or access.key is None:
        raise UserError("--certificate and --key belong together: name both PEM files")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Nobody is there to be asked for the key's password.
        context.load_cert_chain(access.certificate, access.key, password=lambda: "")
    except OSError as error:
        what = "not PEM, or not of one another" if isinstance(error, ssl.SSLError) else error.strerror
        raise UserError(
            f"{access.certificate}, {access.key}: cannot be used for TLS ({what}); "
            "name a certificate chain and its key without a password"
        ) from error
    return context


def _with_files(connections: int) -> int:
    """Allow a file and a socket for each connection; return for how many the system allows them."""
    if sys.platform == "win32":
        return connections
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * connections + OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(connections, (soft - OTHER_FILES) // 2))


def _end_with_standard_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that listens; 0 takes a free port.

    Raises:
        UserError: the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UserError(f"cannot listen on {host} port {port}: {error.strerror}; name another --port") from error
        listener.listen(1024)
        yield listener
