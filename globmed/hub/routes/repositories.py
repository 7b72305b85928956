"""Accounts and repositories: whoami, create, delete, move, settings, list, info."""

import json
import re
from typing import Any

import yaml
from starlette.responses import JSONResponse, Response

from globmed.hub.call import REPOSITORY, REVISION, TYPE, Call, route
from globmed.hub.errors import HubError
from globmed.hub.lfs import gitattributes
from globmed.hub.names import check_repository
from globmed.hub.storage.blobs import git_blob_id, lfs_pointer
from globmed.hub.storage.store import MAIN, Entry, Reader, Repository, now

_FRONT_MATTER = re.compile(r"\s*---\r?\n(.*?)\r?\n---", re.DOTALL)


def whoami(call: Call) -> Response:
    """Return the user that the token belongs to."""
    user = call.logged_in()
    token = {"displayName": user.name, "role": user.role, "createdAt": now()}
    return JSONResponse(
        {
            "type": "user",
            "id": user.name,
            "name": user.name,
            "fullname": user.name,
            "email": None,
            "isPro": False,
            "canPay": False,
            "orgs": [],
            "auth": {"type": "access_token", "accessToken": token},
        }
    )


def create(call: Call) -> Response:
    """Create a repository with its first commit; 409 with its address if it exists.

    403 for the old name of a moved repository with tags: citations use that name.
    """
    user, body = call.writer(), call.json()
    kind = _type(body)
    name = check_repository(f"{body.get('organization') or user.name}/{body.get('name', '')}")
    private = _private(body, default=False)
    content = gitattributes(kind)
    attributes = Entry(".gitattributes", call.hub.blobs.put(content), len(content), git_blob_id(content), lfs=False)
    with call.hub.store.writing() as store:
        there = store.repository(kind, name)
        if there is not None and there.name.lower() == name.lower():
            message = f"You already created this {kind} repo: {there.name}"
            raise HubError(409, message, extra={"url": call.address(there)})
        if there is not None and store.references(there, "tags"):
            raise HubError(403, f"{name} leads to {there.name}, which has tags, and a tag never moves: name another")
        made = store.create_repository(kind, name, private=private, sdk=body.get("sdk"))
        first = store.add_revision(made, [], {attributes.path: attributes}, "initial commit", "", user.name)
        store.set_reference(made, "heads", MAIN, first)
    return JSONResponse({"url": call.address(made), "name": made.name, "id": str(made.id)})


def delete(call: Call) -> Response:
    """Delete a repository that has no tags; 403 for any other."""
    user, body = call.writer(), call.json()
    with call.hub.store.writing() as store:
        name = f"{body.get('organization') or user.name}/{body.get('name', '')}"
        repository = call.find(store, _type(body), name)
        if store.references(repository, "tags"):
            raise HubError(403, f"{repository.name} has tags and cannot be deleted: a tag never moves")
        store.delete_repository(repository)
    return Response("OK")


def move(call: Call) -> Response:
    """Rename a repository; its old name redirects to the new one."""
    call.writer()
    body = call.json()
    kind, target = _type(body), check_repository(str(body.get("toRepo", "")))
    with call.hub.store.writing() as store:
        source = call.find(store, kind, str(body.get("fromRepo", "")))
        there = store.repository(kind, target)
        if there is not None and there.id != source.id:
            raise HubError(409, f"A {kind} repository called {target} already exists")
        store.move_repository(source, target)
    return Response("OK")


def settings(call: Call) -> Response:
    """Change who may read a repository."""
    with call.hub.store.writing() as store:
        repository, _ = call.writable(store)
        body = call.json()
        if body.get("gated"):
            raise HubError(400, "This Hub has public and private repositories, none that are gated")
        private = _private(body, repository.private)
        store.set_private(repository, private=private)
    return JSONResponse({"private": private, "gated": False})


def validate_yaml(call: Call) -> Response:
    """Return whether a card's front matter is well-formed."""
    matter = _FRONT_MATTER.match(str(call.json().get("content", "")))
    warnings = [] if matter else [{"message": "empty or missing yaml metadata in repo card"}]
    errors = []
    if matter:
        try:
            metadata = yaml.safe_load(matter[1])
        except yaml.YAMLError as error:
            errors.append({"message": f"YAML: {error}"})
        else:
            if metadata is not None and not isinstance(metadata, dict):
                errors.append({"message": "metadata must be a mapping"})
    return JSONResponse({"errors": errors, "warnings": warnings}, 400 if errors else 200)


def listing(call: Call) -> Response:
    """Return the repositories of a type that the caller may read."""
    author = call.request.query_params.get("author")
    search = (call.request.query_params.get("search") or "").lower()
    start, limit = call.integer("cursor", 0), call.integer("limit", 1000)
    with call.hub.store.reading() as store:
        found = [
            repository
            for repository in store.repositories(call.type)
            if (call.user is not None or not repository.private)
            and author in (None, repository.owner)
            and search in repository.name.lower()
        ]
        page = [_info(call, store, repository, MAIN, blobs=False) for repository in found[start : start + limit]]
    headers = {}
    if len(found) > start + limit:
        headers["Link"] = f'<{call.request.url.include_query_params(cursor=start + limit)}>; rel="next"'
    return JSONResponse(page, headers=headers)


def info(call: Call) -> Response:
    """Return one repository at a revision: its commit, files and card."""
    query = call.request.query_params
    expand = {*query.getlist("expand"), *query.getlist("expand[]")}
    with call.hub.store.reading() as store:
        found = _info(call, store, call.readable(store), call.revision, blobs=call.flag("blobs"))
    if expand:
        found = {name: value for name, value in found.items() if name in expand | {"_id", "id"}}
    return JSONResponse(found)


def auth_check(call: Call) -> Response:
    """Return whether the caller may read, or write, a repository."""
    with call.hub.store.reading() as store:
        call.readable(store)
        if call.parameters.get("write"):
            call.writer()
    return JSONResponse({})


def _info(call: Call, store: Reader, repository: Repository, revision: str, *, blobs: bool) -> dict[str, Any]:
    commit = store.resolve(repository, revision)
    tree = store.tree(commit)
    card = _card(call, tree.get("README.md"))
    found: dict[str, Any] = {
        "_id": str(repository.id),
        "id": repository.name,
        "author": repository.owner,
        "sha": commit,
        "lastModified": store.revision(commit).created,
        "createdAt": repository.created,
        "private": repository.private,
        "gated": False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "siblings": [_sibling(entry, blobs=blobs) for entry in tree.values()],
        "usedStorage": sum(entry.size for entry in tree.values()),
    }
    if repository.type == "model":
        found["modelId"] = repository.name
        found["library_name"] = card.get("library_name")
    if repository.type == "space":
        found["sdk"] = repository.sdk
    return found | ({"cardData": card} if card else {})


def _sibling(entry: Entry, *, blobs: bool) -> dict[str, Any]:
    if not blobs:
        return {"rfilename": entry.path}
    lfs = {"sha256": entry.sha256, "size": entry.size, "pointerSize": len(lfs_pointer(entry.sha256, entry.size))}
    return {"rfilename": entry.path, "size": entry.size, "blobId": entry.blob_id} | ({"lfs": lfs} if entry.lfs else {})


def _card(call: Call, readme: Entry | None) -> dict[str, Any]:
    """Return a card's front matter as JSON can carry it; empty where it is none."""
    if readme is None or readme.lfs:
        return {}
    matter = _FRONT_MATTER.match(call.hub.blobs.read(readme.sha256).decode("utf-8", "replace"))
    try:
        metadata = yaml.safe_load(matter[1]) if matter else None
        return json.loads(json.dumps(metadata, default=str, allow_nan=False)) if isinstance(metadata, dict) else {}
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return {}


def _private(body: dict[str, Any], default: bool) -> bool:
    """Return whether a body asks for a private repository; 400 for a visibility that this Hub does not have."""
    visibility = body.get("visibility")
    if visibility is not None:
        if visibility not in ("public", "private"):
            raise HubError(400, f"Visibility {visibility!r}: this Hub has public and private repositories")
        return bool(visibility == "private")
    return bool(body["private"]) if body.get("private") is not None else default


def _type(body: dict[str, Any]) -> str:
    kind = body.get("type") or "model"
    if kind not in ("model", "dataset", "space"):
        raise HubError(422, f"Unknown repository type {kind!r}")
    return str(kind)


ROUTES = (
    route("GET", "/api/whoami-v2", whoami),
    route("POST", "/api/repos/create", create),
    route("DELETE", "/api/repos/delete", delete),
    route("POST", "/api/repos/move", move),
    route("POST", "/api/validate-yaml", validate_yaml),
    route("PUT", f"/api/{TYPE}/{REPOSITORY}/settings", settings),
    route("GET", f"/api/{TYPE}", listing),
    route("GET", f"/api/{TYPE}/{REPOSITORY}(?:/revision/{REVISION})?", info),
    route("GET", f"/api/{TYPE}/{REPOSITORY}/auth-check(?P<write>/write)?", auth_check),
)
