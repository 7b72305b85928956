"""The web application: reviewers see and save the items that are assigned to them, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import polars as pl
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from builders.review.returns import sent_items
from builders.review.round import DIMENSIONS, Round
from builders.review.serve.access import Reviewer, find_reviewer
from builders.review.serve.pages import item_page, list_page, message_page, policy
from builders.review.serve.saves import Saves, UnfitError, Work, read_work
from globmed.languages import ENGLISH, language
from globmed.render.html import ICON
from globmed.schema import SIGNALS
from validation.signals.numbers.signal import numbers
from validation.signals.pairs import text_reasons

COOKIE = "globmed-review"
MAX_BODY = 512 * 1024
#: A round takes weeks.
COOKIE_SECONDS = 90 * 24 * 3600
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": policy(),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def application(round_: Round, *, secure: bool = False) -> Starlette:
    """Return the application of a round; with ``secure`` its cookie is sent over HTTPS only."""
    pages = _Pages(round_, Saves(round_.saves), sent_items(round_), secure)
    return Starlette(
        routes=[
            Route("/", pages.overview),
            Route("/i/{token}", pages.invited),
            Route("/item/{code}", pages.show),
            Route("/item/{code}", pages.save, methods=["POST"]),
            Route("/icon", _icon),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=500)],
        exception_handlers={404: _not_found},
    )


@dataclass(frozen=True, slots=True)
class _Pages:
    round_: Round
    saves: Saves
    sent: Mapping[str, Mapping[str, Any]]
    secure: bool

    async def overview(self, request: Request) -> Response:
        reviewer = self._reviewer(request.cookies.get(COOKIE, ""))
        if reviewer is None:
            return _uninvited()
        return _page(list_page(self._items(reviewer), await run_in_threadpool(self.saves.read)))

    async def invited(self, request: Request) -> Response:
        """Show the first open item directly: a redirect would cost one more round trip."""
        token = request.path_params["token"]
        reviewer = self._reviewer(token)
        if reviewer is None:
            return _uninvited()
        items, saves = self._items(reviewer), await run_in_threadpool(self.saves.read)
        place = next((n for n, item in enumerate(items) if not saves.get(item["code"], Work()).done), None)
        response = _page(list_page(items, saves) if place is None else item_page(items, place, saves))
        response.set_cookie(COOKIE, token, COOKIE_SECONDS, secure=self.secure, httponly=True, samesite="lax")
        return response

    async def show(self, request: Request) -> Response:
        reviewer = self._reviewer(request.cookies.get(COOKIE, ""))
        if reviewer is None:
            return _uninvited()
        items = self._items(reviewer)
        place = next((n for n, item in enumerate(items) if item["code"] == request.path_params["code"]), None)
        if place is None:
            return _page(message_page("No such item", "This item is not assigned to you."), 404)
        return _page(item_page(items, place, await run_in_threadpool(self.saves.read)))

    async def save(self, request: Request) -> Response:
        reviewer = self._reviewer(request.cookies.get(COOKIE, ""))
        item = self.sent.get(request.path_params["code"])
        if reviewer is None or item is None or Reviewer(item["config"], item["rater"]) != reviewer:
            return JSONResponse({"error": "not one of your items"}, 403, HEADERS)
        if not _is_same_origin(request):
            return JSONResponse({"error": "sent from another site"}, 403, HEADERS)
        plain = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        try:
            body = (await _body(request)).decode()
            work = read_work(_form(body) if plain else json.loads(body), item)
        except (UnfitError, UnicodeError, ValueError, RecursionError) as error:
            return JSONResponse({"error": str(error)[:200]}, 400, HEADERS)
        kept = await run_in_threadpool(self.saves.write, item["code"], work)
        items = self._items(reviewer)
        if plain:
            place = [each["code"] for each in items].index(item["code"]) + 1
            return RedirectResponse(f"/item/{items[place]['code']}" if place < len(items) else "/", 303, HEADERS)
        saves = await run_in_threadpool(self.saves.read)
        done = sum(saves[each["code"]].done for each in items if each["code"] in saves)
        return JSONResponse(
            {"at": kept.at, "done": done, "warning": await run_in_threadpool(_warning, item, kept)}, 200, HEADERS
        )

    def _reviewer(self, token: str) -> Reviewer | None:
        return find_reviewer(self.round_, token)

    def _items(self, reviewer: Reviewer) -> list[Mapping[str, Any]]:
        own = [item for item in self.sent.values() if Reviewer(item["config"], item["rater"]) == reviewer]
        return sorted(own, key=lambda item: item["place"])


def _page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status, HEADERS)


def _uninvited() -> Response:
    return _page(message_page("Please open your invitation", "Open the personal link that you were sent."), 403)


async def _not_found(request: Request, error: Exception) -> Response:
    return _page(message_page("Page not found", "Open the link that you were sent."), 404)


async def _icon(request: Request) -> Response:
    return Response(ICON, 200, HEADERS | {"Cache-Control": "max-age=86400"}, "image/svg+xml")


def _is_same_origin(request: Request) -> bool:
    """Return whether a request comes from our own pages, so that no other site can save in a reviewer's name."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    # First, because a form without script has the origin "null": our pages send no referrer.
    if site is not None:
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise UnfitError(f"more than {MAX_BODY:,} bytes")
    return bytes(body)


def _form(body: str) -> dict[str, object]:
    """Return the fields of a form sent without script in the shape of those sent by the script."""
    fields = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=100))
    sent: dict[str, object] = {name: int(fields[name]) for name in DIMENSIONS if fields.get(name)}
    edits = {name[5:]: text.replace("\r\n", "\n") for name, text in fields.items() if name.startswith("edit-")}
    return sent | {"at": int(fields.get("at", -1)), "edits": edits, "comment": fields.get("comment", "")}


def _warning(item: Mapping[str, Any], work: Work) -> str:
    """Return a warning with the numbers and facts that an edit may have changed; empty if there are none."""
    edited = [(text["source"], work.edits[text["name"]]) for text in item["texts"] if text["name"] in work.edits]
    if not edited:
        return ""
    source, edit = (pl.Series(column, dtype=pl.String) for column in zip(*edited, strict=True))
    both = (language(ENGLISH), language(item["config"]))
    found = numbers(source, edit, *both)
    reasons = set(text_reasons(pl.DataFrame({"source": source, "target": edit}), *both).explode())
    changed = "; ".join(signal.meaning for signal in SIGNALS.values() if signal.reason and signal.reason in reasons)
    lost = [number for row in found["missing"] for number in row]
    added = [number for row in found["added"] for number in row]
    said = (("only in the source", lost), ("only in your edit", added))
    told = "; ".join(f"{where}: {', '.join(which)}" for where, which in said if which)
    return " ".join([*([f"Numbers {told}."] if told else []), *([f"Please check: {changed}."] if changed else [])])
