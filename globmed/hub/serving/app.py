"""The ASGI application: matches the raw path to a route, identifies the caller, formats errors for the clients."""

import errno
import logging
import re
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from globmed.hub import routes
from globmed.hub.errors import HubError
from globmed.hub.pages import routes as pages
from globmed.hub.pages.html import ASK, message
from globmed.hub.pages.sandbox.workers import Workers
from globmed.hub.serving import bodies
from globmed.hub.serving.call import Call, Hub, Route, storage
from globmed.hub.serving.downloads import Downloads
from globmed.hub.serving.git.copies import Copies
from globmed.hub.serving.hosts import Hosts, check_origin
from globmed.hub.storage.cards import Cards
from globmed.hub.tokens import Tokens

#: A repository named without its owner.
_REPOSITORY_PAGE = re.compile(
    r"/api/(?:models|datasets|spaces)/[^/]+(?:/(?:revision|tree|refs|commits|commit|like)\b|/?$)"
    r"|/(?:(?:datasets|spaces)/)?[^/]+/resolve/"
)
READING = ("GET", "HEAD", "OPTIONS")
#: Pages last: a model's addresses begin with any name.
ROUTES = (*routes.ROUTES, *pages.ROUTES)
#: Requests that may change something wait for each other, and must not take all threads from those that read.
READERS, WRITERS, PAGES = 32, 8, 8
#: Uploads of Xet that are checked and put together at once: each has the chunks of a file in memory.
ASSEMBLERS = 2
#: All pages that wait to be read.
PAGES_BYTES = 32 * 1024 * 1024
#: Long lines of commits that are decoded at once: each takes a few times its size.
LONG_LINES = 2
#: What the file system and the database say when there is no room; a limit on file sizes is one, too.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL = "The Hub's disk is full: nothing was changed; free space (`globmed hub gc`) and repeat"
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "*, Authorization, ETag, Link, X-Repo-Commit, X-Linked-Etag, X-Linked-Size, "
    "X-Error-Code, X-Error-Message, X-Request-Id, Content-Range, Accept-Ranges",
}
_log = logging.getLogger("uvicorn.error")
T = TypeVar("T")


def application(root: Path, tokens: Tokens, hosts: Hosts | None = None) -> ASGIApp:
    """Return the Hub on a storage folder; with ``hosts``, it answers to these names alone."""
    store, blobs, xet = storage(root)
    blobs.discard_incoming()
    known, strangers = bodies.Memory(bodies.KNOWN_BYTES), bodies.Memory(bodies.ANONYMOUS_TOTAL_BYTES)
    secret = secrets.token_bytes(32)
    writers, long_lines = CapacityLimiter(WRITERS), CapacityLimiter(LONG_LINES)
    hub = Hub(
        store,
        blobs,
        tokens,
        Cards(),
        known,
        strangers,
        writers,
        long_lines,
        Downloads(),
        CapacityLimiter(PAGES),
        bodies.Memory(PAGES_BYTES),
        Workers(),
        Copies(root, store),
        secret,
        xet,
        CapacityLimiter(ASSEMBLERS),
    )
    return _Application(hub, hosts)


class _Application:
    def __init__(self, hub: Hub, hosts: Hosts | None) -> None:
        self._hub, self._hosts = hub, hosts
        self._readers = CapacityLimiter(READERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = Request(scope, receive)
        request_id = _request_id(request)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        except Exception as error:
            response = self._failed(request, error, request_id)
        response.headers["X-Request-Id"] = request_id
        if request.method in READING:
            response.headers.update(_CORS)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if self._hosts is not None:
            self._hosts.check(request.headers.get("host", ""))
        path = _path(request)
        if request.method == "OPTIONS":
            return _preflight(path)
        found, parameters = _find(request.method, path)
        user = None if found.signed else self._hub.tokens.user(request.headers.get("authorization"))
        call = Call(self._hub, request, parameters, b"", user)
        if request.method in READING:
            if found.streams is not None:
                return await found.streams(call)
            return await self._run(found, call, self._hub.pages if found.page else self._readers)
        check_origin(request)
        await self._thread(found.authorize, call, self._readers)
        if found.streams is not None:
            return await found.streams(call)
        limit = bodies.ANONYMOUS_BYTES if user is None else bodies.BODY_BYTES
        with (self._hub.strangers if user is None else self._hub.known).share() as share:
            body = await bodies.whole(request, share, limit)
            return await self._run(found, Call(self._hub, request, parameters, body, user), self._hub.writers)

    def _failed(self, request: Request, raised: Exception, request_id: str) -> Response:
        """Return an error: as JSON, or as a page where a person looks at one."""
        path = _path(request)
        people = _for_people(request, path)
        error = _known(raised, malformed=not people) or _unknown(raised, request_id)
        if not people:
            return _refusal(error)
        known = False
        with suppress(HubError):
            known = self._hub.tokens.user(request.headers.get("authorization")) is not None
        if not known and request.headers.get("authorization"):
            # The browser would otherwise send the wrong token for ever.
            error.headers = {**error.headers, **ASK}
        return message(self._hub.outgoing, path, error, known=known)

    async def _run(self, found: Route, call: Call, limiter: CapacityLimiter) -> Response:
        assert found.handler is not None  # noqa: S101 -- a route has one or streams
        return await self._thread(found.handler, call, limiter)

    async def _thread(self, function: Callable[[Call], T], call: Call, limiter: CapacityLimiter) -> T:
        return await to_thread.run_sync(function, call, limiter=limiter)


def _path(request: Request) -> str:
    return str(request.scope["raw_path"].decode("ascii", "replace").partition("?")[0])


def _for_people(request: Request, path: str) -> bool:
    """Return whether a page, or nothing at all, is at an address that somebody looks at in a browser."""
    if request.method not in ("GET", "HEAD"):
        return False
    found = next((each for each in ROUTES if each.pattern.fullmatch(path)), None)
    if found is not None:
        return found.page
    return not path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _request_id(request: Request) -> str:
    """Return the id that the client gave the request, or a new one; it is in the response and in the server's log."""
    given = request.headers.get("x-request-id", "")
    return given[:100] if given and given.isprintable() and given.isascii() else f"Root=1-{secrets.token_hex(16)}"


def _preflight(path: str) -> Response:
    """Allow pages of any origin to read; what is not public they read with a token of their own, never with cookies."""
    if not any(route.pattern.fullmatch(path) and "GET" in route.methods for route in ROUTES):
        raise HubError(404, "Sorry, this Hub has no such page")
    allowed = {"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS", "Access-Control-Max-Age": "86400"}
    return Response(
        status_code=204,
        headers=allowed | {"Access-Control-Allow-Headers": "Authorization, Range, If-None-Match, X-Request-Id"},
    )


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
    if known and not _REPOSITORY_PAGE.match(path):
        raise HubError(405, "Method not allowed")
    if _REPOSITORY_PAGE.match(path):
        raise HubError(404, "Repository not found: expected owner/name", "RepoNotFound")
    raise HubError(404, "Sorry, this Hub has no such page")


def _known(error: Exception, *, malformed: bool) -> HubError | None:
    """Return an error as the clients get it; None for one that nobody foresaw.

    With ``malformed``, the request has a body that may be the cause.
    """
    if isinstance(error, HubError):
        return error
    if (isinstance(error, OSError) and error.errno in _NO_ROOM) or (
        isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL
    ):
        return HubError(507, FULL)
    if malformed and isinstance(error, KeyError | TypeError | ValueError | AttributeError | RecursionError):
        return HubError(400, f"A field of the request is missing or not of its type: {error!r}"[:500])
    return None


def _unknown(error: Exception, request_id: str) -> HubError:
    _log.error("Request %s failed", request_id, exc_info=error)
    return HubError(500, f"The Hub failed; its log says more under {request_id}")


def _refusal(error: HubError) -> Response:
    headers = {"X-Error-Message": error.message.encode("ascii", "replace").decode("ascii").replace("\n", " ")[:500]}
    if error.code:
        headers["X-Error-Code"] = error.code
    return JSONResponse({"error": error.message, **error.extra}, error.status, {**headers, **error.headers})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
