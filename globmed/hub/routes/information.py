"""Listings of repositories, and the state of one at a revision: commit, files, card, tags."""

from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import REPOSITORY, REVISION, TYPE, Call, route
from globmed.hub.serving.paging import page
from globmed.hub.storage import cards
from globmed.hub.storage.blobs import lfs_pointer
from globmed.hub.storage.cards import Metadata
from globmed.hub.storage.community import likes
from globmed.hub.storage.store import MAIN, Reader, Repository, Revision
from globmed.hub.storage.trees import Entry

PAGE = 1000
#: The supported conditions of a listing; ignoring another one would answer a different question.
_KNOWN = frozenset(
    {"author", "search", "filter", "gated", "pipeline_tag", "sort", "direction", "limit", "cursor"}
    | {"full", "cardData", "config", "expand", "expand[]"}
)
#: Downloads and likes are not counted here: all repositories have as many.
_SORTS: dict[str, Callable[[Repository, Revision], str]] = {
    "lastModified": lambda _, last: last.created,
    "createdAt": lambda repository, _: repository.created,
    "id": lambda repository, _: repository.name.lower(),
    "downloads": lambda *_: "",
    "likes": lambda *_: "",
    "trendingScore": lambda *_: "",
}


def listing(call: Call) -> Response:
    """Return the repositories of a type that the caller may read, and that fulfil every condition of the query."""
    query = call.request.query_params
    _check_query(call)
    with call.hub.store.reading() as store:
        found = [
            (repository, store.revision(store.resolve(repository, MAIN)))
            for repository in store.repositories(call.type)
            if call.sees(repository.name, private=repository.private) and _fits(call, store, repository)
        ]
        sort = query.get("sort")
        if sort:
            found.sort(key=lambda each: _SORTS[sort](*each), reverse=query.get("direction", "-1") == "-1")
        expand = _expand(call)
        chosen, headers = page(call, found, PAGE)
        shown = [
            _shown(_info(call, store, repository, MAIN, siblings=call.flag("full") or "siblings" in expand), expand)
            for repository, _ in chosen
        ]
    return JSONResponse(shown, headers=headers)


def info(call: Call) -> Response:
    """Return one repository at a revision: its commit, files and card."""
    with call.hub.store.reading() as store:
        found = _info(call, store, call.readable(store), call.revision, siblings=True, blobs=call.flag("blobs"))
    return JSONResponse(_shown(found, _expand(call)))


def _check_query(call: Call) -> None:
    query = call.request.query_params
    unknown = sorted(set(query) - _KNOWN)
    if unknown:
        raise HubError(400, f"This Hub does not list by {', '.join(unknown)}: leave it out")
    if query.get("sort", "id") not in _SORTS:
        raise HubError(400, f"sort={query['sort']!r}: expected {', '.join(_SORTS)}")
    if query.get("direction", "-1") not in ("-1", "1"):
        raise HubError(400, f"direction={query['direction']!r}: expected -1 or 1")


def _fits(call: Call, store: Reader, repository: Repository) -> bool:
    """Return whether a repository fulfils the conditions; the cheap ones come first."""
    query = call.request.query_params
    author, name = query.get("author"), repository.name.lower()
    if author is not None and author.lower() != repository.owner.lower():
        return False
    if not all(each.lower() in name for each in query.getlist("search")):
        return False
    if "gated" in query and call.flag("gated") != (repository.gated is not None):
        return False
    wanted = {each for given in query.getlist("filter") for each in given.split(",")} | {*query.getlist("pipeline_tag")}
    if not wanted:
        return True
    files = store.files(store.resolve(repository, MAIN))
    return wanted <= {*cards.tags(_card(call, store, repository, files.get("README.md")))}


def _expand(call: Call) -> set[str]:
    query = call.request.query_params
    return {*query.getlist("expand"), *query.getlist("expand[]")}


def _shown(found: dict[str, Any], expand: set[str]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name in expand | {"_id", "id"}} if expand else found


def _info(
    call: Call, store: Reader, repository: Repository, revision: str, *, siblings: bool, blobs: bool = False
) -> dict[str, Any]:
    commit = store.resolve(repository, revision)
    files = store.files(commit)
    card = _card(call, store, repository, files.get("README.md"))
    found: dict[str, Any] = {
        "_id": str(repository.id),
        "id": repository.name,
        "author": repository.owner,
        "sha": commit,
        "lastModified": store.revision(commit).created,
        "createdAt": repository.created,
        "private": repository.private,
        "gated": repository.gated or False,
        "disabled": False,
        "downloads": 0,
        "likes": likes.count(store, repository),
        "tags": cards.tags(card),
    }
    if siblings:
        tree = files.under()
        found["siblings"] = [_sibling(entry, blobs=blobs) for entry in tree.values()]
        found["usedStorage"] = sum(entry.size for entry in tree.values())
    if repository.type == "model":
        found["modelId"] = repository.name
        found["library_name"] = card.get("library_name")
        found["pipeline_tag"] = card.get("pipeline_tag")
    if repository.type == "space":
        found["sdk"] = repository.sdk
    return found | ({"cardData": card} if card else {})


def _sibling(entry: Entry, *, blobs: bool) -> dict[str, Any]:
    if not blobs:
        return {"rfilename": entry.path}
    lfs = {"sha256": entry.sha256, "size": entry.size, "pointerSize": len(lfs_pointer(entry.sha256, entry.size))}
    return {"rfilename": entry.path, "size": entry.size, "blobId": entry.blob_id} | ({"lfs": lfs} if entry.lfs else {})


def _card(call: Call, store: Reader, repository: Repository, readme: Entry | None) -> Metadata:
    """Return a card's front matter; empty if it has none, was erased or is damaged: a request for the file says so."""
    if readme is None or readme.lfs:
        return {}
    try:
        file = call.card(store, repository, readme.path, readme.sha256)
    except HubError:
        return {}
    return call.hub.cards.metadata(readme.sha256, file)


ROUTES = (
    route("GET", f"/api/{TYPE}", listing),
    route("GET", f"/api/{TYPE}/{REPOSITORY}(?:/revision/{REVISION})?", info),
)
