"""Branches, tags and history. A tag never moves and is never removed: that makes a version citable."""

from typing import Any

from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError, revision_not_found
from globmed.hub.names import check_reference
from globmed.hub.serving.call import REPOSITORY, REVISION, TYPE, Call, route
from globmed.hub.storage.store import MAIN, Revision
from globmed.hub.tokens import Role

PAGE = 50


def references(call: Call) -> Response:
    """Return branches, tags and, on request, pull requests with their commits."""
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        kinds = {"branches": "heads", "tags": "tags"}
        if call.flag("include_prs"):
            kinds["pullRequests"] = "pr"
        found = {name: store.references(repository, kind) for name, kind in kinds.items()}
    listed: dict[str, Any] = {
        name: [_reference(kinds[name], short, commit) for short, commit in known.items()]
        for name, known in found.items()
    }
    return JSONResponse(listed | {"converts": []})


def create_branch(call: Call) -> Response:
    """Create a branch at ``startingPoint``, main by default."""
    name = check_reference(call.revision)
    with call.hub.store.writing() as store:
        repository, _ = call.writable(store)
        if name in store.references(repository, "heads"):
            raise HubError(409, f"Reference refs/heads/{name} already exists")
        if name in store.references(repository, "tags"):
            raise HubError(409, f"{name} is a tag: a branch of the same name would hide it")
        start = store.resolve(repository, call.json().get("startingPoint") or MAIN)
        store.set_reference(repository, "heads", name, start)
    return Response("OK")


def delete_branch(call: Call) -> Response:
    """Remove a branch other than main."""
    if call.revision == MAIN:
        raise HubError(403, "Cannot delete refs/heads/main")
    with call.hub.store.writing() as store:
        repository, _ = call.writable(store)
        if call.revision not in store.references(repository, "heads"):
            raise revision_not_found(call.revision)
        store.delete_branch(repository, call.revision)
    return Response("OK")


def create_tag(call: Call) -> Response:
    """Create a tag at the revision in the path; 409 if a tag of that name exists, at whatever commit."""
    with call.hub.store.writing() as store:
        repository, _ = call.writable(store)
        commit = store.resolve(repository, call.revision)
        name = check_reference(str(call.json().get("tag", "")))
        if name in store.references(repository, "tags"):
            raise HubError(409, f"Tag reference exists already: {name}; a tag never moves")
        if name in store.references(repository, "heads"):
            raise HubError(409, f"{name} is a branch: a tag of the same name would be ambiguous")
        store.set_reference(repository, "tags", name, commit)
    return Response("OK")


def delete_tag(call: Call) -> Response:
    """Refuse to delete a tag."""
    with call.hub.store.reading() as store:
        repository, _ = call.writable(store)
        if call.revision not in store.references(repository, "tags"):
            raise revision_not_found(call.revision)
    raise HubError(403, f"Tag {call.revision} cannot be removed: a tag never moves")


def history(call: Call) -> Response:
    """Return the commits of a revision, newest first, a page at a time."""
    page, limit = call.integer("p", 0), max(1, call.integer("limit", PAGE))
    formatted = "formatted" in call.request.query_params.getlist("expand[]")
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        line = store.history(store.resolve(repository, call.revision))
    headers = {"X-Total-Count": str(len(line))}
    if (page + 1) * limit < len(line):
        headers["Link"] = f'<{call.request.url.include_query_params(p=page + 1)}>; rel="next"'
    shown = [_commit(revision, formatted=formatted) for revision in line[page * limit : (page + 1) * limit]]
    return JSONResponse(shown, headers=headers)


def super_squash(call: Call) -> Response:
    """Replace a branch's history by one commit with its files."""
    with call.hub.store.writing() as store:
        repository, user = call.writable(store)
        if call.revision in store.references(repository, "tags"):
            raise HubError(400, f"{call.revision} is a tag, and a tag never moves: name a branch")
        kind, name, head = store.branch(repository, call.revision)
        message = str(call.json().get("message") or "Super-squash")
        files = store.files(head).under()
        commit = store.add_revision(repository, [], files, message, "", user.name, f"{kind}/{name}")
        store.set_reference(repository, kind, name, commit)
    return JSONResponse({"commitId": commit})


def _reference(kind: str, name: str, commit: str) -> dict[str, str]:
    full = f"refs/{kind}/{name}"
    return {"name": full if kind == "pr" else name, "ref": full, "targetCommit": commit}


def _commit(revision: Revision, *, formatted: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": revision.id,
        "title": revision.title,
        "message": revision.message,
        "date": revision.created,
        "authors": [{"user": revision.author, "avatar": ""}],
    }
    return shown | ({"formatted": {"title": revision.title, "message": revision.message}} if formatted else {})


ROUTES = (
    route("GET", f"/api/{TYPE}/{REPOSITORY}/refs", references),
    route("POST", f"/api/{TYPE}/{REPOSITORY}/branch/{REVISION}", create_branch, Role.WRITE),
    route("DELETE", f"/api/{TYPE}/{REPOSITORY}/branch/{REVISION}", delete_branch, Role.WRITE),
    route("POST", f"/api/{TYPE}/{REPOSITORY}/tag/{REVISION}", create_tag, Role.WRITE),
    route("DELETE", f"/api/{TYPE}/{REPOSITORY}/tag/{REVISION}", delete_tag, Role.WRITE),
    route("GET", f"/api/{TYPE}/{REPOSITORY}/commits/{REVISION}", history),
    route("POST", f"/api/{TYPE}/{REPOSITORY}/super-squash/{REVISION}", super_squash, Role.WRITE),
)
