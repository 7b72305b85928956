"""Discussions and pull requests: list, open, read, comment, retitle, close, merge."""

from typing import Any

from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import REPOSITORY, TYPE, Call, route
from globmed.hub.storage import pull_requests
from globmed.hub.storage.pull_requests import Discussion
from globmed.hub.storage.store import Repository
from globmed.hub.tokens import Role

NUMBER = r"(?P<number>[1-9]\d{0,8})"
PAGE = 50
OPEN = ("open", "draft")


def listing(call: Call) -> Response:
    """Return the discussions, newest first, filtered by type, status and author."""
    query = call.request.query_params
    kind, status, author = query.get("type", "all"), query.get("status", "all"), query.get("author")
    start = call.integer("p", 0) * PAGE
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        found = [
            entry
            for entry in pull_requests.discussions(store, repository)
            if kind in ("all", "pull_request" if entry.pull_request else "discussion")
            and status in ("all", "open" if entry.status in OPEN else "closed")
            and author in (None, entry.author)
        ]
    shown = [_shown(repository, entry) for entry in found[start : start + PAGE]]
    closed = sum(entry.status not in OPEN for entry in found)
    return JSONResponse({"discussions": shown, "count": len(found), "start": start, "numClosedDiscussions": closed})


def create(call: Call) -> Response:
    """Open a discussion or a draft pull request."""
    body = call.json()
    wanted = bool(body.get("pullRequest"))
    with call.hub.store.writing() as store:
        repository, user = call.writable(store, Role.DISCUSS if wanted else Role.READ)
        number = pull_requests.open_discussion(
            store, repository, user.name, str(body["title"]), str(body.get("description") or ""), pull_request=wanted
        )
    address = f"{call.address(repository)}/discussions/{number}"
    return JSONResponse({"num": number, "pullRequest": wanted, "url": address})


def details(call: Call) -> Response:
    """Return a discussion with its events; for a pull request also its target and its conflicts."""
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        entry = pull_requests.discussion(store, repository, _number(call))
        shown = _shown(repository, entry) | {"events": pull_requests.events(store, repository, entry.number)}
        conflicts = pull_requests.conflicts(store, repository, entry)
    if entry.pull_request:
        changes = {"base": f"refs/heads/{entry.base}"} | ({"mergeCommitId": entry.merge} if entry.merge else {})
        shown |= {"changes": changes, "filesWithConflicts": conflicts, "diff": ""}
    return JSONResponse(shown)


def act(call: Call) -> Response:
    """Comment, retitle, change the status, or merge; to change what another opened takes the role `write`."""
    body, number, action = call.json(), _number(call), call.parameters["action"]
    with call.hub.store.writing() as store:
        repository, user = call.writable(store, Role.READ)
        entry = pull_requests.discussion(store, repository, number)
        if action == "merge" or (action != "comment" and entry.author != user.name):
            call.holder(Role.WRITE, repository.name)
        if action == "comment":
            text = str(body.get("comment", ""))
            answer = {"newMessage": pull_requests.add_comment(store, repository, number, user.name, text)}
        elif action == "title":
            title = str(body["title"])
            answer = {"newTitle": pull_requests.set_title(store, repository, number, user.name, title)}
        else:
            status = "merged" if action == "merge" else _status(entry, body)
            if action == "merge":
                pull_requests.merge(store, repository, number, user.name)
            answer = {"newStatus": pull_requests.set_status(store, repository, number, user.name, status)}
    return JSONResponse(answer)


def change_comment(call: Call) -> Response:
    """Edit or hide a comment: one's own, or any with the role `write`."""
    text = str(call.json()["content"]) if call.parameters["change"] == "edit" else None
    with call.hub.store.writing() as store:
        repository, user = call.writable(store, Role.READ)
        comment = pull_requests.comment(store, repository, _number(call), call.parameters["event"])
        if comment["author"]["name"] != user.name:
            call.holder(Role.WRITE, repository.name)
        return JSONResponse({"updatedComment": pull_requests.change_comment(store, comment, text)})


def _status(entry: Discussion, body: dict[str, Any]) -> str:
    status = body.get("status")
    if status not in ("open", "closed") or entry.status == "merged":
        raise HubError(400, f"Discussion {entry.number} is {entry.status} and cannot become {status!r}")
    return str(status)


def _number(call: Call) -> int:
    return int(call.parameters["number"])


def _shown(repository: Repository, entry: Discussion) -> dict[str, Any]:
    return {
        "num": entry.number,
        "title": entry.title,
        "status": entry.status,
        "author": {"name": entry.author},
        "isPullRequest": entry.pull_request,
        "createdAt": entry.created,
        "repo": {"name": repository.name, "type": repository.type},
    }


ROUTES = (
    route("GET", f"/api/{TYPE}/{REPOSITORY}/discussions", listing),
    route("POST", f"/api/{TYPE}/{REPOSITORY}/discussions", create, Role.READ),
    route("GET", f"/api/{TYPE}/{REPOSITORY}/discussions/{NUMBER}", details),
    route(
        "POST", f"/api/{TYPE}/{REPOSITORY}/discussions/{NUMBER}/(?P<action>comment|title|status|merge)", act, Role.READ
    ),
    route(
        "POST",
        f"/api/{TYPE}/{REPOSITORY}/discussions/{NUMBER}/comment/(?P<event>[0-9a-f]+)/(?P<change>edit|hide)",
        change_comment,
        Role.READ,
    ),
)
