"""Serve the page and the rows on this machine until Ctrl-C."""

import mimetypes
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from globmed.hub.server import listening
from globmed.hub.serving.connections import KEEP_ALIVE_SECONDS
from globmed.versions.explore.site import DATA, INDEX

HOST = "127.0.0.1"
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def application(site: Mapping[str, bytes], data: Mapping[str, Path]) -> Starlette:
    """Return the application.

    Args:
        site: the files of the page by path, from `globmed.versions.explore.site.site`.
        data: the files of rows by path; ranges of them are sent.
    """

    async def page(request: Request) -> Response:
        name = request.path_params["path"] or INDEX
        if name not in site:
            return PlainTextResponse("There is no such file", 404, HEADERS)
        return Response(site[name], 200, HEADERS, mimetypes.guess_type(name)[0])

    async def rows(request: Request) -> Response:
        file = data.get(request.path_params["path"])
        if file is None:
            return PlainTextResponse("There is no such file", 404, HEADERS)
        return FileResponse(file, headers=HEADERS, media_type="application/vnd.apache.parquet")

    return Starlette(
        routes=[
            Route(f"/{DATA}/{{path:path}}", rows),
            Route("/{path:path}", page, middleware=[Middleware(GZipMiddleware, minimum_size=500)]),
        ],
        # A page whose own name leads here must not read private rows (DNS rebinding).
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
    )


def serve(site: Mapping[str, bytes], data: Mapping[str, Path], port: int, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; ``ready`` is called with the address once the server listens. 0 takes a free port.

    Raises:
        UserError: the port is taken.
    """
    import uvicorn

    with suppress(KeyboardInterrupt), listening(HOST, port) as listener:
        config = uvicorn.Config(
            application(site, data),
            log_level="warning",
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=5,
        )
        ready(f"http://{HOST}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])
