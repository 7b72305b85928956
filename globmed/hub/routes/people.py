"""Users and owners: what they have and like. A user is who has a token; an owner is the first part of a name."""

from collections import Counter
from typing import Any

from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import REPOSITORY, TYPE, Call, route
from globmed.hub.storage.community import likes
from globmed.hub.storage.store import Reader, Repository

NAME = "(?P<name>[^/]+)"


def overview(call: Call) -> Response:
    """Return a user's name, and how much there is of theirs that the caller may read."""
    with call.hub.store.reading() as store:
        name, own = _known(call, store)
        liked = [each for each, _ in likes.liked(store, name) if call.sees(each.name, private=each.private)]
    return JSONResponse({"user": name, "isPro": False, "numLikes": len(liked), "orgs": [], **_counts(name, own)})


def organization(call: Call) -> Response:
    """Return the same of an owner who need not be a user."""
    with call.hub.store.reading() as store:
        name, own = _known(call, store)
    return JSONResponse({"name": name, "isVerified": False, "numUsers": 0, **_counts(name, own)})


def nobody(call: Call) -> Response:
    """Return an empty list: here nobody follows anybody, and owners have no members but the tokens' grants."""
    with call.hub.store.reading() as store:
        _known(call, store)
    return JSONResponse([])


def liked(call: Call) -> Response:
    """Return the repositories that a user likes and the caller may read."""
    with call.hub.store.reading() as store:
        name, _ = _known(call, store)
        found = [
            {"createdAt": since, "repo": {"name": each.name, "type": each.type}}
            for each, since in likes.liked(store, name)
            if call.sees(each.name, private=each.private)
        ]
    return JSONResponse(found)


def likers(call: Call) -> Response:
    """Return who likes a repository."""
    with call.hub.store.reading() as store:
        names = likes.likers(store, call.readable(store))
    return JSONResponse([{"user": name, **_person(name)} for name in names])


def like(call: Call) -> Response:
    """Like a repository, or no longer."""
    with call.hub.store.writing() as store:
        repository, user = call.readable(store), call.logged_in()
        change = likes.like if call.request.method == "POST" else likes.unlike
        change(store, repository, user.name)
    return Response("OK")


def repositories(call: Call) -> Response:
    """Return an owner's repositories (the caller's own, if none is named) with what they take on the disk."""
    owner = call.parameters.get("name", call.logged_in().name)
    with call.hub.store.reading() as store:
        found = [
            (each, changed, store.stored_bytes(each))
            for each, changed in store.recent(owner=owner)
            if call.sees(each.name, private=each.private)
        ]
    total = sum(size for _, _, size in found)
    return JSONResponse(
        [
            {
                "id": each.name,
                "type": each.type,
                "updatedAt": changed,
                "visibility": "private" if each.private else "public",
                "storage": size,
                "storagePercent": size / total if total else 0,
            }
            for each, changed, size in found
        ]
    )


def _known(call: Call, store: Reader) -> tuple[str, list[Repository]]:
    """Return a name and its repositories that the caller may read.

    404 unless there are some, or a caller with a token names another one's.
    """
    asked = call.parameters["name"]
    own = [each for each, _ in store.recent(owner=asked) if call.sees(each.name, private=each.private)]
    if own:
        return own[0].owner, own
    if call.user is not None:
        for user in call.hub.tokens.users:
            if user.name.lower() == asked.lower():
                return user.name, []
    raise HubError(404 if call.user else 401, f"There is nobody called {asked} here, or a token is needed")


def _counts(name: str, own: list[Repository]) -> dict[str, Any]:
    kinds = Counter(each.type for each in own)
    numbers = {"numModels": kinds["model"], "numDatasets": kinds["dataset"], "numSpaces": kinds["space"]}
    return {**_person(name), **numbers, "numFollowers": 0, "numFollowing": 0, "isFollowing": False}


def _person(name: str) -> dict[str, str]:
    return {"fullname": name, "avatarUrl": "/-/icon.svg"}


ROUTES = (
    route("GET", f"/api/users/{NAME}/overview", overview),
    route("GET", f"/api/users/{NAME}/likes", liked),
    route("GET", f"/api/users/{NAME}/(?:followers|following)", nobody),
    route("GET", f"/api/organizations/{NAME}/overview", organization),
    route("GET", f"/api/organizations/{NAME}/(?:followers|members)", nobody),
    route("GET", f"/api/organizations/{NAME}/settings/repositories", repositories),
    route("GET", "/api/settings/repositories", repositories),
    route("GET", f"/api/{TYPE}/{REPOSITORY}/likers", likers),
    route("POST DELETE", f"/api/{TYPE}/{REPOSITORY}/like", like),
)
