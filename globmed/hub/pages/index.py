"""The list of repositories, of all or of one owner; logging in; the icon."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.pages.html import ASK, ICON, LOGIN, page
from globmed.hub.serving.call import Call, Route, page_route
from globmed.render import html

PAGE = 50
KINDS = ("dataset", "model", "space")


def everything(call: Call) -> Response:
    """Show the repositories that the caller may read."""
    return _list(call, "Repositories")


def owned(call: Call) -> Response:
    """Show those of one owner; 404 if the caller may read none."""
    owner = call.parameters["owner"]
    return _list(call, owner, owner)


def login(call: Call) -> Response:
    """Ask the browser for a token, then lead back to where the reader came from."""
    if call.user is None:
        raise HubError(401, "Give your token as the password; the user name may be anything.", headers=ASK)
    target = call.request.query_params.get("to", "/")
    # An address of this server, however a browser reads it.
    own = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return RedirectResponse(target if own else "/", 303, {"Cache-Control": "no-store"})


def icon(_: Call) -> Response:
    """Return the pages' icon."""
    return Response(html.ICON, 200, {"Cache-Control": "max-age=86400"}, "image/svg+xml")


def _list(call: Call, title: str, owner: str | None = None) -> Response:
    query = call.request.query_params
    search, start = query.get("search", "")[:100], call.integer("p", 0) * PAGE
    kind = call.parameters.get("kind", "s")[:-1] or query.get("type", "")
    with call.hub.store.reading() as store:
        seen = [
            (repository, changed)
            for repository, changed in store.recent(kind if kind in KINDS else None, owner)
            if call.sees(repository.name, private=repository.private)
        ]
    if owner is not None and not seen and not kind:
        raise HubError(404 if call.user else 401, f"There is nobody called {owner} here, or a token is needed")
    found = [each for each in seen if search.lower() in each[0].name.lower()]
    return page(
        call,
        "index.html.jinja",
        title=title,
        search=search,
        kind=kind,
        kinds=KINDS,
        action=f"/{owner}" if owner else "/",
        found=found[start : start + PAGE],
        total=len(found),
        **_pages(start, len(found)),
    )


def _pages(start: int, total: int) -> dict[str, Any]:
    number = start // PAGE
    return {
        "number": number,
        "earlier": number - 1 if number else None,
        "later": number + 1 if start + PAGE < total else None,
    }


ROUTES: tuple[Route, ...] = (
    page_route("/", everything),
    page_route(LOGIN, login),
    page_route(ICON, icon),
    page_route("/(?P<kind>datasets|models|spaces)", everything),
    page_route("/(?!api$|lfs$|-)(?P<owner>[^/]+)", owned),
)
