"""Collections: repositories, and other collections, that somebody put together in an order."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from globmed.hub.errors import HubError
from globmed.hub.storage.store import Reader, Writer, now

#: As the public Hub limits them.
TITLE, DESCRIPTION, NOTE = 59, 149, 500
ITEMS = 1000
THEMES = ("orange", "blue", "green", "purple", "pink", "indigo")


class Collection(NamedTuple):
    """A collection; its slug ends with its id, which stays when the title changes."""

    id: str
    owner: str
    title: str
    description: str | None
    private: bool
    theme: str
    position: int
    updated: str

    @property
    def slug(self) -> str:
        """The name in addresses."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{self.owner}/{words}-{self.id}" if words else f"{self.owner}/{self.id}"


class Item(NamedTuple):
    """An item: a repository's number, or the id of a nested collection."""

    id: str
    repository: int | None
    nested: str | None
    position: int
    note: str | None


def collections(store: Reader, owner: str | None = None) -> list[Collection]:
    """Return all collections, or an owner's, the last changed first."""
    rows = store.connection.execute(
        "SELECT * FROM collection WHERE ?1 IS NULL OR owner = ?1 COLLATE NOCASE ORDER BY updated DESC, id", (owner,)
    )
    return [_collection(row) for row in rows]


def collection(store: Reader, slug: str) -> Collection:
    """Return the collection whose id a slug ends with; 404 if there is none, or it is another owner's."""
    owner, _, rest = slug.partition("/")
    row = store.connection.execute("SELECT * FROM collection WHERE id = ?", (rest.rpartition("-")[2],)).fetchone()
    if row is None or _collection(row).owner.lower() != owner.lower():
        raise HubError(404, f"Collection {slug} not found")
    return _collection(row)


def collection_of(store: Reader, id: str) -> Collection:  # noqa: A002
    """Return the collection with an id that is known to be one."""
    return _collection(store.connection.execute("SELECT * FROM collection WHERE id = ?", (id,)).fetchone())


def items(store: Reader, found: Collection) -> list[Item]:
    """Return the items of a collection in their order."""
    rows = store.connection.execute(
        "SELECT id, repository, nested, position, note FROM collection_item WHERE collection = ? ORDER BY position",
        (found.id,),
    )
    return [Item(*row) for row in rows]


def create(store: Writer, owner: str, title: str, description: str | None, *, private: bool) -> Collection:
    """Add an empty collection."""
    made = Collection(uuid.uuid4().hex[:24], owner, title, description, private, THEMES[0], 0, now())
    _check(made)
    store.connection.execute("INSERT INTO collection VALUES (?, ?, ?, ?, ?, ?, ?, ?)", made)
    return made


def change(store: Writer, found: Collection, changes: Mapping[str, object]) -> Collection:
    """Change title, description, private, theme or position."""
    changed = found._replace(**changes, updated=now())  # type: ignore[arg-type]
    _check(changed)
    store.connection.execute(
        "UPDATE collection SET title = ?, description = ?, private = ?, theme = ?, position = ?, updated = ? "
        "WHERE id = ?",
        (*changed[2:], found.id),
    )
    return changed


def delete(store: Writer, found: Collection) -> None:
    """Delete a collection; what it lists stays."""
    store.connection.execute("DELETE FROM collection WHERE id = ?", (found.id,))


def add_item(store: Writer, found: Collection, repository: int | None, nested: str | None, note: str | None) -> None:
    """Append a repository or a collection; 409 if it is in it already."""
    here = items(store, found)
    if any((each.repository, each.nested) == (repository, nested) for each in here):
        raise HubError(409, f"{found.slug} has it already", extra={"slug": found.slug})
    if len(here) >= ITEMS:
        raise HubError(400, f"A collection has at most {ITEMS} items")
    if nested == found.id:
        raise HubError(400, "A collection is no item of itself")
    store.connection.execute(
        "INSERT INTO collection_item VALUES (?, ?, ?, ?, ?, ?)",
        (uuid.uuid4().hex[:24], found.id, repository, nested, len(here), _note(note)),
    )
    _touch(store, found)


def change_item(store: Writer, found: Collection, item: str, note: str | None, position: int | None) -> None:
    """Change an item's note, or put it at another place; 404 if there is none."""
    here = items(store, found)
    given = _item(here, item)
    if note is not None:
        store.connection.execute("UPDATE collection_item SET note = ? WHERE id = ?", (_note(note), item))
    if position is not None:
        rest = [each for each in here if each.id != item]
        rest.insert(position, given)
        _number(store, rest)
    _touch(store, found)


def remove_item(store: Writer, found: Collection, item: str) -> None:
    """Remove an item; 404 if there is none."""
    here = items(store, found)
    _item(here, item)
    store.connection.execute("DELETE FROM collection_item WHERE id = ?", (item,))
    _number(store, [each for each in here if each.id != item])
    _touch(store, found)


def _collection(row: Sequence[object]) -> Collection:
    found = Collection(*row)  # type: ignore[arg-type]
    return found._replace(private=bool(found.private))


def _item(here: Sequence[Item], item: str) -> Item:
    found = next((each for each in here if each.id == item), None)
    if found is None:
        raise HubError(404, f"Item {item} not found")
    return found


def _number(store: Writer, order: Sequence[Item]) -> None:
    places = [(place, each.id) for place, each in enumerate(order)]
    store.connection.executemany("UPDATE collection_item SET position = ? WHERE id = ?", places)


def _touch(store: Writer, found: Collection) -> None:
    store.connection.execute("UPDATE collection SET updated = ? WHERE id = ?", (now(), found.id))


def _note(note: str | None) -> str | None:
    if note is not None and len(note) > NOTE:
        raise HubError(400, f"A note has at most {NOTE} characters")
    return note


def _check(made: Collection) -> None:
    if not made.title.strip() or len(made.title) > TITLE:
        raise HubError(400, f"title: expected 1 to {TITLE} characters")
    if len(made.description or "") > DESCRIPTION:
        raise HubError(400, f"description: expected at most {DESCRIPTION} characters")
    if made.theme not in THEMES:
        raise HubError(400, f"theme {made.theme!r}: expected {', '.join(THEMES)}")
