"""Run the review page until Ctrl-C."""

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from builders.review.round import Round
from globmed.errors import UserError
from globmed.hub.server import is_loopback


def serve(
    round_: Round,
    host: str,
    port: int,
    ready: Callable[[str], None],
    certificate: tuple[Path, Path] | None = None,
    *,
    behind_proxy: bool = False,
) -> None:
    """Serve the round; ``ready`` is called with the address once the server is listening.

    Args:
        round_: the round.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        ready: called with the address.
        certificate: certificate and key for HTTPS.
        behind_proxy: a proxy before it speaks HTTPS.

    Raises:
        UserError: no round there, a port that is taken, or a host beyond loopback without HTTPS.
    """
    import uvicorn

    from builders.review.serve.app import application
    from globmed.hub.serving.connections import KEEP_ALIVE_SECONDS

    if not (is_loopback(host) or certificate or behind_proxy):
        raise UserError(
            f"--host {host}: invitations would travel in the open; name --certificate and --key, or pass --behind-proxy"
        )
    secure = certificate is not None or behind_proxy
    app = application(round_, secure=secure)
    keys = {"ssl_certfile": str(certificate[0]), "ssl_keyfile": str(certificate[1])} if certificate else {}
    with suppress(KeyboardInterrupt), _listening(host, port) as listener:
        # The access log would contain the tokens of the invitations.
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=5,
            **keys,  # type: ignore[arg-type]
        )
        name = f"[{host}]" if ":" in host else host
        ready(f"{'https' if certificate else 'http'}://{name}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UserError(f"cannot listen on {host} port {port}: {error.strerror}; name another --port") from error
