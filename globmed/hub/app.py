"""The ASGI application: matches the raw path to a route, identifies the caller, formats errors for the clients."""

import re
import secrets
from pathlib import Path
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from globmed.hub.call import Call, Hub, Route, storage
from globmed.hub.errors import HubError
from globmed.hub.routes import ROUTES
from globmed.hub.tokens import Tokens

#: A repository named without its owner.
_REPOSITORY_PAGE = re.compile(r"/api/(?:models|datasets|spaces)/[^/]+(?:/(?:revision|tree|refs|commits|commit)\b|/?$)")
#: A commit's body holds plain files, each below `lfs.LFS_FROM_BYTES`.
MAX_BODY_BYTES = 512 * 1024 * 1024


def application(root: Path, tokens: Tokens) -> ASGIApp:
    """Return the Hub on a storage folder."""
    store, blobs = storage(root)
    return _Application(Hub(store, blobs, tokens, secrets.token_bytes(32)))


class _Application:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except HubError as error:
            response = _refusal(error)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            response = _refusal(HubError(400, f"A field of the request is missing or not of its type: {error!r}"))
        request_id = request.headers.get("x-request-id", "")
        if request_id.isprintable() and request_id.isascii() and request_id:
            response.headers["X-Request-Id"] = request_id[:100]
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]
        found, parameters = _find(request.method, path)
        user = self._hub.tokens.user(request.headers.get("authorization"))
        if found.streams is not None:
            return await found.streams(Call(self._hub, request, parameters, b"", user))
        assert found.handler is not None  # noqa: S101 -- a route has one or the other
        return await run_in_threadpool(found.handler, Call(self._hub, request, parameters, await _body(request), user))


def _find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    method = "GET" if method == "HEAD" else method
    known = False
    for candidate in ROUTES:
        match = candidate.pattern.fullmatch(path)
        if match is None:
            continue
        if method in candidate.methods:
            return candidate, {name: unquote(part) for name, part in match.groupdict().items() if part is not None}
        known = True
    if known:
        raise HubError(405, "Method not allowed")
    if _REPOSITORY_PAGE.match(path):
        raise HubError(404, "Repository not found: expected owner/name", "RepoNotFound")
    raise HubError(404, "Sorry, this Hub has no such page")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HubError(413, f"The body is larger than {MAX_BODY_BYTES} bytes: send large files by LFS")
    return bytes(body)


def _refusal(error: HubError) -> Response:
    headers = {"X-Error-Message": error.message.encode("ascii", "replace").decode("ascii").replace("\n", " ")[:500]}
    if error.code:
        headers["X-Error-Code"] = error.code
    return JSONResponse({"error": error.message, **error.extra}, error.status, headers)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
