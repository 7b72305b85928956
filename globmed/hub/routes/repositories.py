"""Accounts and repositories: whoami, create, delete, move, settings."""

from typing import Any

from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError, erased
from globmed.hub.names import check_repository
from globmed.hub.serving.call import REPOSITORY, TYPE, Call, route
from globmed.hub.storage import cards
from globmed.hub.storage.blobs import git_blob_id
from globmed.hub.storage.lfs import gitattributes
from globmed.hub.storage.store import MAIN, Reader, Repository, Writer, now
from globmed.hub.storage.trees import Entry, Tree
from globmed.hub.tokens import Role, User


def whoami(call: Call) -> Response:
    """Return the user that the token belongs to."""
    user = call.logged_in()
    token = {"displayName": user.name, "role": "write" if user.may(Role.WRITE) else "read", "createdAt": now()}
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
    user, body = call.logged_in(), call.json()
    kind = _type(body)
    name = check_repository(f"{body.get('organization') or user.name}/{body.get('name', '')}")
    call.holder(Role.WRITE, name)
    private = _private(body, default=False)
    content = gitattributes(kind)
    attributes = Entry(".gitattributes", call.hub.blobs.put(content), len(content), git_blob_id(content), lfs=False)
    with call.hub.store.writing() as store:
        made = _made(call, store, kind, name, private=private, sdk=body.get("sdk"))
        _begin(store, made, {attributes.path: attributes}, "initial commit", user)
    return JSONResponse({"url": call.address(made), "name": made.name, "id": str(made.id)})


def duplicate(call: Call) -> Response:
    """Create a repository with the files that another one has on main, as private as that one if nothing else is asked.

    Its history, discussions and tags stay where they are.
    """
    body = call.json()
    name = check_repository(str(body.get("repository", "")))
    user = call.holder(Role.WRITE, name)
    with call.hub.store.writing() as store:
        source = call.readable(store)
        call.admit(store, source)
        files = store.files(store.resolve(source, MAIN)).under()
        gone = set(store.erasures(source))
        tree = {path: entry for path, entry in files.items() if entry.sha256 not in gone}
        private = _private(body, default=source.private or source.gated is not None)
        made = _made(call, store, source.type, name, private=private, sdk=source.sdk)
        _begin(store, made, tree, f"Duplicate from {source.name}", user)
        for entry in tree.values():
            if entry.lfs:
                store.add_object(made, entry.sha256)
    return JSONResponse({"url": call.address(made), "filesCopyPending": False})


def delete(call: Call) -> Response:
    """Delete a repository that has no tags; 403 for any other."""
    user, body = call.logged_in(), call.json()
    with call.hub.store.writing() as store:
        name = f"{body.get('organization') or user.name}/{body.get('name', '')}"
        repository = call.find(store, _type(body), name)
        call.holder(Role.ADMIN, repository.name)
        if store.references(repository, "tags"):
            erase = f"globmed hub erase {repository.name} --type {repository.type} --why REASON"
            raise HubError(
                403, f"{repository.name} has tags and cannot be deleted: a tag never moves. To take its data down for "
                f"good, the operator runs `{erase}`"
            )  # fmt: skip
        call.hub.xet.forget_repository(repository.id)
        store.delete_repository(repository)
    return Response("OK")


def move(call: Call) -> Response:
    """Rename a repository; its old name redirects to the new one."""
    body = call.json()
    kind, target = _type(body), check_repository(str(body.get("toRepo", "")))
    with call.hub.store.writing() as store:
        source = call.find(store, kind, str(body.get("fromRepo", "")))
        for name in (source.name, target):
            call.holder(Role.ADMIN, name)
        _check_free(store, kind, target)
        there = store.repository(kind, target)
        if there is not None and there.id != source.id:
            raise HubError(409, f"A {kind} repository called {target} already exists")
        store.move_repository(source, target)
    return Response("OK")


def settings(call: Call) -> Response:
    """Change who may read a repository, and whether readers of its files have to ask."""
    with call.hub.store.writing() as store:
        repository, _ = call.writable(store, Role.ADMIN)
        body = call.json()
        private, gated = _private(body, repository.private), body.get("gated", repository.gated) or None
        if gated not in ("auto", "manual", None):
            raise HubError(400, f"gated={gated!r}: expected auto, manual or false")
        store.set_private(repository, private=private)
        store.set_gated(repository, gated)
    return JSONResponse({"private": private, "gated": gated or False})


def validate_yaml(call: Call) -> Response:
    """Return what is wrong with a card's front matter: not YAML that this Hub reads, or values that the Hub refuses."""
    matter = cards.front_matter(str(call.json().get("content", "")))
    warnings = [] if matter is not None else [{"message": "empty or missing yaml metadata in repo card"}]
    errors = []
    if matter is not None:
        try:
            errors += [{"message": fault} for fault in cards.faults(cards.parse(matter))]
        except ValueError as error:
            errors.append({"message": str(error)})
    if "text/plain" in call.request.headers.get("accept", ""):
        lines = [f"- Error: {each['message']}" for each in errors] or [f"- {each['message']}" for each in warnings]
        return Response("\n".join(lines), 400 if errors else 200, media_type="text/plain")
    return JSONResponse({"errors": errors, "warnings": warnings}, 400 if errors else 200)


def auth_check(call: Call) -> Response:
    """Return whether the caller may read, or write, a repository."""
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        if call.parameters.get("write"):
            call.holder(Role.WRITE, repository.name)
        call.admit(store, repository)
    return JSONResponse({})


def _made(call: Call, store: Writer, kind: str, name: str, *, private: bool, sdk: str | None) -> Repository:
    """Create a repository without commits; 409 with the address if there is one, 403 if the name leads to tags."""
    _check_free(store, kind, name)
    there = store.repository(kind, name)
    if there is not None and there.name.lower() == name.lower():
        message = f"You already created this {kind} repo: {there.name}"
        raise HubError(409, message, extra={"url": call.address(there)})
    if there is not None and store.references(there, "tags"):
        raise HubError(403, f"{name} leads to {there.name}, which has tags, and a tag never moves: name another")
    made = store.create_repository(kind, name, private=private, sdk=sdk)
    # Its number may be that of one that was deleted.
    call.hub.xet.forget_repository(made.id)
    return made


def _begin(store: Writer, made: Repository, tree: Tree, title: str, user: User) -> None:
    first = store.add_revision(made, [], tree, title, "", user.name, f"heads/{MAIN}")
    store.set_reference(made, "heads", MAIN, first)


def _check_free(store: Reader, kind: str, name: str) -> None:
    """Refuse the name of a repository that was taken down: citations use it."""
    gone = store.erased_repository(kind, name)
    if gone is not None:
        raise erased(f"{kind} {name}", gone.erased, f"{gone.why}; citations use this name, so take another")


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
    route("POST", "/api/repos/create", create, Role.WRITE),
    route("POST", f"/api/{TYPE}/{REPOSITORY}/duplicate", duplicate),
    route("DELETE", "/api/repos/delete", delete, Role.ADMIN),
    route("POST", "/api/repos/move", move, Role.ADMIN),
    route("POST", "/api/validate-yaml", validate_yaml),
    route("PUT", f"/api/{TYPE}/{REPOSITORY}/settings", settings, Role.ADMIN),
    route("GET", f"/api/{TYPE}/{REPOSITORY}/auth-check(?P<write>/write)?", auth_check),
)
