"""Collections: list, create, change, and the repositories in them."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import Call, route
from globmed.hub.serving.paging import page
from globmed.hub.storage.community import collections
from globmed.hub.storage.community.collections import Collection, Item
from globmed.hub.storage.store import Reader, Writer
from globmed.hub.tokens import Role

PAGE = 100
SLUG = "(?P<slug>[^/]+/[^/]+)"
ITEM = "(?P<item>[0-9a-f]{24})"
_SORTS: Mapping[str, Callable[[Collection], str]] = {
    "lastModified": lambda found: found.updated,
    "upvotes": lambda found: found.updated,
    "trending": lambda found: found.updated,
}


def listing(call: Call) -> Response:
    """Return the collections that the caller may see: an owner's, with an item, with a word in the title."""
    query = call.request.query_params
    word = query.get("q", "").lower()
    if query.get("sort", "lastModified") not in _SORTS:
        raise HubError(400, f"sort={query['sort']!r}: expected {', '.join(_SORTS)}")
    with call.hub.store.reading() as store:
        seen = [
            (found, _items(call, store, found))
            for found in collections.collections(store, query.get("owner"))
            if _sees(call, found) and word in found.title.lower()
        ]
    wanted = set(query.getlist("item"))
    named = [(found, items) for found, items in seen if wanted <= {f"{each['type']}s/{each['id']}" for each in items}]
    chosen, headers = page(call, named, PAGE)
    shown = [_shown(found, items) for found, items in chosen]
    for each in shown:
        # The clients count the positions in a listing themselves.
        del each["position"]
    return JSONResponse(shown, headers=headers)


def create(call: Call) -> Response:
    """Create a collection of one's own, or of an owner in whose name one may write; with a first item, if any."""
    body = call.json()
    user = call.logged_in()
    owner = str(body.get("namespace") or user.name)
    _check_owner(call, owner)
    description = body.get("description")
    with call.hub.store.writing() as store:
        made = collections.create(
            store,
            owner,
            str(body.get("title", "")),
            None if description is None else str(description),
            private=bool(body.get("private")),
        )
        if body.get("item"):
            _add(call, store, made, dict(body["item"]), None)
        return JSONResponse(_shown(made, _items(call, store, made)))


def details(call: Call) -> Response:
    """Return a collection with its items."""
    with call.hub.store.reading() as store:
        found = _readable(call, store)
        return JSONResponse(_shown(found, _items(call, store, found)))


def change(call: Call) -> Response:
    """Change a collection's title, description, theme, position, or who sees it."""
    body = call.json()
    kinds: Mapping[str, type] = {"title": str, "description": str, "private": bool, "theme": str, "position": int}
    changes = {name: kind(body[name]) for name, kind in kinds.items() if body.get(name) is not None}
    with call.hub.store.writing() as store:
        found = collections.change(store, _own(call, store), changes)
        return JSONResponse({"success": True, "data": _shown(found, _items(call, store, found))})


def delete(call: Call) -> Response:
    """Delete a collection."""
    with call.hub.store.writing() as store:
        collections.delete(store, _own(call, store))
    return JSONResponse({"success": True})


def add_item(call: Call) -> Response:
    """Append a repository or a collection that the caller may see."""
    body = call.json()
    with call.hub.store.writing() as store:
        found = _own(call, store)
        _add(call, store, found, dict(body["item"]), body.get("note"))
        return JSONResponse(_shown(found, _items(call, store, found)))


def change_item(call: Call) -> Response:
    """Change an item's note or place."""
    body = call.json()
    note, position = body.get("note"), body.get("position")
    with call.hub.store.writing() as store:
        collections.change_item(
            store,
            _own(call, store),
            call.parameters["item"],
            None if note is None else str(note),
            None if position is None else max(0, int(position)),
        )
    return JSONResponse({"success": True})


def remove_item(call: Call) -> Response:
    """Remove an item."""
    with call.hub.store.writing() as store:
        collections.remove_item(store, _own(call, store), call.parameters["item"])
    return JSONResponse({"success": True})


def _add(call: Call, store: Writer, found: Collection, item: Mapping[str, Any], note: object) -> None:
    kind, name = str(item.get("type")), str(item.get("id"))
    text = None if note is None else str(note)
    if kind == "collection":
        nested = collections.collection(store, name)
        if not _sees(call, nested):
            raise HubError(404, f"Collection {name} not found")
        collections.add_item(store, found, None, nested.id, text)
    elif kind in ("model", "dataset", "space"):
        collections.add_item(store, found, call.find(store, kind, name).id, None, text)
    else:
        raise HubError(400, f"{kind!r}: this Hub's collections have models, datasets, spaces and collections")


def _readable(call: Call, store: Reader) -> Collection:
    found = collections.collection(store, call.parameters["slug"])
    if not _sees(call, found):
        raise HubError(404 if call.user else 401, f"Collection {call.parameters['slug']} not found")
    return found


def _own(call: Call, store: Reader) -> Collection:
    found = _readable(call, store)
    _check_owner(call, found.owner)
    return found


def _sees(call: Call, found: Collection) -> bool:
    return not found.private or (call.user is not None and _writes_for(call, found.owner))


def _check_owner(call: Call, owner: str) -> None:
    call.logged_in()
    if not _writes_for(call, owner):
        raise HubError(403, f"Collections of {owner} take its own token, or the role `write:{owner}`")


def _writes_for(call: Call, owner: str) -> bool:
    # No repository's name begins like this: a grant for one repository does not cover it.
    return call.user is not None and (call.user.name == owner or call.user.may(Role.WRITE, f"{owner}/-"))


def _items(call: Call, store: Reader, found: Collection) -> list[dict[str, Any]]:
    """Return the items that the caller may see."""
    shown = (_item(call, store, each) for each in collections.items(store, found))
    return [each for each in shown if each is not None]


def _item(call: Call, store: Reader, item: Item) -> dict[str, Any] | None:
    common: dict[str, Any] = {"_id": item.id, "position": item.position}
    if item.note is not None:
        common["note"] = {"text": item.note, "html": ""}
    if item.nested is not None:
        nested = collections.collection_of(store, item.nested)
        if not _sees(call, nested):
            return None
        return common | {"type": "collection", "id": nested.id, "slug": nested.slug, "title": nested.title}
    assert item.repository is not None  # noqa: S101 -- an item is one or the other
    repository = store.repository_numbered(item.repository)
    if not call.sees(repository.name, private=repository.private):
        return None
    state = {"private": repository.private, "gated": repository.gated or False}
    return common | {"type": repository.type, "id": repository.name, "author": repository.owner, **state}


def _shown(found: Collection, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "slug": found.slug,
        "title": found.title,
        "description": found.description,
        "owner": {"name": found.owner, "fullname": found.owner, "type": "user", "avatarUrl": "/-/icon.svg"},
        "items": items,
        "lastUpdated": found.updated,
        "position": found.position,
        "private": found.private,
        "theme": found.theme,
        "upvotes": 0,
        "isUpvotedByUser": False,
        "gating": False,
    }


ROUTES = (
    route("GET", "/api/collections", listing),
    route("POST", "/api/collections", create),
    route("GET", f"/api/collections/{SLUG}", details),
    route("PATCH", f"/api/collections/{SLUG}", change),
    route("DELETE", f"/api/collections/{SLUG}", delete),
    route("POST", f"/api/collections/{SLUG}/items?", add_item),
    route("PATCH", f"/api/collections/{SLUG}/items/{ITEM}", change_item),
    route("DELETE", f"/api/collections/{SLUG}/items/{ITEM}", remove_item),
)
