"""Pages as responses: templates, headers, and the sending to many slow readers in little memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from globmed.hub.errors import HubError
from globmed.hub.serving.bodies import Memory
from globmed.hub.serving.call import Call
from globmed.hub.storage.store import Repository
from globmed.render.html import asset, digest, templates

FOLDER = Path(__file__).parent / "templates"
#: A page is sent in pieces, each once the reader has taken those before it.
PIECE_BYTES = 64 * 1024
TITLE_CHARACTERS = 200
LOGIN = "/login"
ICON = "/-/icon.svg"
#: With 401: the browser asks its user. Only `LOGIN` and a wrong token do, so that a mistyped name does not.
ASK = {"WWW-Authenticate": 'Basic realm="GlobMed Hub: your token is the password", charset="UTF-8"'}


class PageResponse(HTMLResponse):
    """A page; nothing on it runs, and nothing on it is asked of another host."""

    def __init__(self, memory: Memory, text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text, status, {**_headers(), **(headers or {})})
        self._memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page; 503 if too many others wait to be read."""
        body = bytes(self.body)
        with self._memory.share() as share:
            try:
                share.hold(len(body))
            except HubError:
                await Response("Too many pages at once: repeat in a moment", 503)(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for start in range(0, len(body), PIECE_BYTES):
                piece = body[start : start + PIECE_BYTES]
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


def page(call: Call, template: str, /, **values: object) -> PageResponse:
    """Return a page from a template."""
    query = call.request.url.query
    shown_at = f"{call.request.scope['raw_path'].decode('ascii').partition('?')[0]}{'?' if query else ''}{query}"
    return PageResponse(call.hub.outgoing, _render(shown_at, template, user=call.user, **values))


def message(memory: Memory, path: str, error: HubError, *, known: bool) -> PageResponse:
    """Return the page of an error; ``known`` callers showed a token that is valid."""
    headers = dict(error.headers)
    if error.code:
        headers["X-Error-Code"] = error.code
    text = _render(path, "message.html.jinja", user=None, error=error, known=known)
    return PageResponse(memory, text, error.status, headers)


def place(repository: Repository, *parts: str, **query: object) -> str:
    """Return the address of a repository's page on this server; a revision is one part, a path may have slashes."""
    folder = "" if repository.type == "model" else f"/{repository.type}s"
    if len(parts) > 1:
        parts = (parts[0], parts[1].replace("/", "\0"), *parts[2:])
    address = "/".join([f"{folder}/{repository.name}", *(quote(part).replace("%00", "%2F") for part in parts if part)])
    given = {name: value for name, value in query.items() if value not in (None, "", 0)}
    return f"{address}?{urlencode(given)}" if given else address


@cache
def _environment() -> jinja2.Environment:
    environment = templates(FOLDER)
    filters: dict[str, Callable[..., str]] = {"size": _size, "count": "{:,}".format, "time": _time, "safe_html": _made}
    filters["short"] = _short
    environment.filters |= filters
    environment.globals |= {"place": place, "style": _style(), "login": LOGIN, "icon": ICON, "quote": quote}
    return environment


def _render(shown_at: str, template: str, /, **values: object) -> str:
    return _environment().get_template(template).render(shown_at=shown_at, **values)


@cache
def _style() -> Markup:
    return asset(FOLDER / "style.css")


@cache
def _headers() -> Mapping[str, str]:
    return {
        "Content-Security-Policy": f"default-src 'none'; style-src '{digest(_style())}'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        # What one reader sees, another one on the same machine may not.
        "Cache-Control": "no-store",
    }


def _made(html: str) -> Markup:
    """Return HTML that was written here, or made safe by `globmed.hub.pages.sandbox.markdown`."""
    return Markup(html)  # noqa: S704 -- as it says


def _size(size: int) -> str:
    """Return a size for people: powers of 1024, as file managers show."""
    shown = float(size)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if shown < 1024:
            return f"{size:,} bytes" if unit == "bytes" else f"{shown:.1f} {unit}"
        shown /= 1024
    return f"{shown:,.1f} TiB"


def _short(text: object) -> str:
    """Return the beginning of a text that a stranger wrote: a title may be as long as a request."""
    shown = str(text)
    return shown if len(shown) <= TITLE_CHARACTERS else f"{shown[:TITLE_CHARACTERS]} ..."


def _time(created: str) -> Markup:
    """Return a time of the store for people and for machines."""
    shown = datetime.fromisoformat(created).strftime("%Y-%m-%d %H:%M UTC")
    return Markup('<time datetime="{}">{}</time>').format(created, shown)
