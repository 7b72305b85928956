"""Cloning with git, read-only: https://git-scm.com/docs/http-protocol."""

import re
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from anyio import to_thread
from starlette.responses import Response

from globmed.hub.errors import HubError
from globmed.hub.pages.html import ASK
from globmed.hub.serving import bodies
from globmed.hub.serving.call import Call, Route, streaming
from globmed.hub.serving.git.pack import PackResponse, advertisement

_PLACE = r"/(?:(?P<type>datasets|spaces)/)?(?P<repository>[^/]+/[^/]+?)(?:\.git)?"
PUSHING = "This Hub is read-only for git: upload with `hf upload`, or `upload_folder` of huggingface_hub"
#: What a client may ask for besides the first version.
_PROTOCOL = re.compile(r"version=[0-2](?::version=[0-2])*")
Handler = Callable[[Call], Awaitable[Response]]


async def references(call: Call) -> Response:
    """Tell the references of a repository, or that nobody pushes here."""
    service = call.request.query_params.get("service")
    if service == "git-receive-pack":
        raise HubError(403, PUSHING)
    if service != "git-upload-pack":
        raise HubError(403, "This Hub speaks git's smart protocol alone: use git 1.6.6 or later")
    with call.hub.copies.turn():
        return await to_thread.run_sync(_references, call, limiter=call.hub.copies.threads)


async def pack(call: Call) -> Response:
    """Send what a clone or fetch asks for."""
    with call.hub.copies.turn():
        copy = await to_thread.run_sync(_copy, call, limiter=call.hub.copies.threads)
    with (call.hub.strangers if call.user is None else call.hub.known).share() as share:
        body = await bodies.whole(call.request, share, bodies.BODY_BYTES if call.user else bodies.ANONYMOUS_BYTES)
    if call.request.headers.get("content-encoding") == "gzip":
        body = _unpacked(body)
    return PackResponse(call.hub.copies, copy, body, _protocol(call))


def _references(call: Call) -> Response:
    return advertisement(_copy(call), _protocol(call))


def _copy(call: Call) -> Path:
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        call.admit(store, repository)
    return call.hub.copies.copy(repository)


def _protocol(call: Call) -> str:
    asked = call.request.headers.get("git-protocol", "")
    return asked if _PROTOCOL.fullmatch(asked) else ""


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        text = unpacking.decompress(body, bodies.BODY_BYTES)
    except zlib.error as error:
        raise HubError(400, "The body is not gzip") from error
    if unpacking.unconsumed_tail:
        raise HubError(413, f"The body is larger than the {bodies.BODY_BYTES} bytes that are read here")
    return text


def _told(handler: Handler) -> Handler:
    """Return a handler whose errors git shows: plain text; with 401, it asks for a password, which is the token."""

    async def telling(call: Call) -> Response:
        try:
            return await handler(call)
        except HubError as error:
            headers = {**error.headers, **(ASK if error.status == 401 else {})}
            return Response(error.message + "\n", error.status, headers, "text/plain")

    return telling


ROUTES: tuple[Route, ...] = (
    streaming("GET", f"{_PLACE}/info/refs", _told(references)),
    streaming("POST", f"{_PLACE}/git-upload-pack", _told(pack)),
)
