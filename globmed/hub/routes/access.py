"""Gated repositories: ask for access, and decide who may read the files."""

from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, RedirectResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import REPOSITORY, TYPE, Call, route
from globmed.hub.serving.paging import page
from globmed.hub.storage.community import access
from globmed.hub.storage.community.access import ACCEPTED, PENDING, REJECTED, Request
from globmed.hub.storage.store import Reader, Repository
from globmed.hub.tokens import Role

PAGE = 100
_REQUESTS = f"/api/{TYPE}/{REPOSITORY}/user-access-request"


def listing(call: Call) -> Response:
    """Return the requests with a status, the oldest first."""
    with call.hub.store.reading() as store:
        repository, _ = call.writable(store, Role.ADMIN)
        found = [each for each in access.requests(store, repository) if each.status == call.parameters["status"]]
    shown, headers = page(call, found, PAGE)
    return JSONResponse([_shown(each) for each in shown], headers=headers)


def ask(call: Call) -> Response:
    """Ask for access, with what the reader filled in; a browser is led back to the repository's page."""
    user = call.logged_in()
    with call.hub.store.writing() as store:
        repository = _gated(call, call.readable(store))
        status = access.ask(store, repository, user.name, _form(call))
    if "text/html" in call.request.headers.get("accept", ""):
        return RedirectResponse(call.address(repository), 303)
    return JSONResponse({"status": status})


def withdraw(call: Call) -> Response:
    """Take one's own request back."""
    user = call.logged_in()
    with call.hub.store.writing() as store:
        access.withdraw(store, call.readable(store), user.name)
    return Response("OK")


def handle(call: Call) -> Response:
    """Accept or reject a request, or set it back to pending."""
    body = call.json()
    status, reason = body.get("status"), body.get("rejectionReason")
    if status not in (PENDING, ACCEPTED, REJECTED):
        raise HubError(400, f"status={status!r}: expected {PENDING}, {ACCEPTED} or {REJECTED}")
    with call.hub.store.writing() as store:
        repository = _administered(call, store)
        found = access.request(store, repository, user=body.get("user"), id=body.get("requestId"))
        if found is None:
            raise HubError(404, f"{body.get('user') or body.get('requestId')} has not asked for access")
        access.handle(store, found, str(status), str(reason) if reason is not None else None)
    return Response("OK")


def grant(call: Call) -> Response:
    """Let a user in who has not asked; 404 if no token is theirs."""
    name = str(call.json()["user"])
    if name not in {user.name for user in call.hub.tokens.users}:
        raise HubError(404, f"Nobody called {name} has a token of this Hub")
    with call.hub.store.writing() as store:
        access.grant(store, _administered(call, store), name)
    return JSONResponse({})


def _administered(call: Call, store: Reader) -> Repository:
    repository, _ = call.writable(store, Role.ADMIN)
    return _gated(call, repository)


def _gated(call: Call, repository: Repository) -> Repository:
    if repository.gated is None:
        raise HubError(400, f"{repository.name} is not gated: who sees it reads its files")
    return repository


def _form(call: Call) -> dict[str, Any]:
    if "json" in call.request.headers.get("content-type", ""):
        return call.json()
    return dict(parse_qsl(call.body.decode("utf-8", "replace")))


def _shown(found: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "requestId": found.id,
        "user": {"_id": found.user, "user": found.user, "fullname": found.user, "type": "user"},
        "status": found.status,
        "timestamp": found.created,
    }
    if found.fields:
        shown["fields"] = found.fields
    return shown | ({"rejectionReason": found.reason} if found.reason else {})


ROUTES = (
    route("GET", f"{_REQUESTS}/(?P<status>{PENDING}|{ACCEPTED}|{REJECTED})", listing),
    route("POST", f"{_REQUESTS}/handle", handle, Role.ADMIN),
    route("POST", f"{_REQUESTS}/grant", grant, Role.ADMIN),
    route("POST", f"{_REQUESTS}/cancel", withdraw),
    route("POST", rf"/(?:(?P<type>datasets|spaces)/)?{REPOSITORY}/ask-access", ask),
)
