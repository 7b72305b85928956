"""Discussions and pull requests: their events, and the merge."""

import json
import uuid
from itertools import accumulate, takewhile
from typing import Any, NamedTuple

from globmed.hub.errors import HubError
from globmed.hub.storage.store import MAIN, Reader, Repository, Writer, now
from globmed.hub.storage.trees import Changes, Files


class Discussion(NamedTuple):
    """A discussion or pull request; ``status`` is draft, open, closed or merged, ``base`` the branch it is for."""

    number: int
    title: str
    status: str
    author: str
    pull_request: bool
    created: str
    merge: str | None
    base: str


def open_discussion(
    store: Writer,
    repository: Repository,
    author: str,
    title: str,
    description: str,
    *,
    pull_request: bool,
    base: str = MAIN,
) -> int:
    """Start a discussion, or a pull request that is a draft at the commit of a branch; return its number."""
    (last,) = store.connection.execute(
        "SELECT coalesce(max(number), 0) FROM discussion WHERE repository = ?", (repository.id,)
    ).fetchone()
    number = int(last) + 1
    store.connection.execute(
        "INSERT INTO discussion VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
        (repository.id, number, title, "draft" if pull_request else "open", author, pull_request, now(), base),
    )
    add_comment(store, repository, number, author, description)
    if pull_request:
        _, _, head = store.branch(repository, base)
        store.set_reference(repository, "pr", str(number), head)
    return number


def publish(store: Writer, repository: Repository, number: int, author: str, title: str, commit: str) -> None:
    """Open a new pull request for review, with a commit."""
    set_status(store, repository, number, author, "open")
    store.set_reference(repository, "pr", str(number), commit)
    add_event(store, repository, number, author, "commit", {"subject": title, "oid": commit})


def merge(store: Writer, repository: Repository, number: int, author: str) -> str:
    """Merge an open pull request into its branch; 409 if both changed a file, 403 if it is not open."""
    found = discussion(store, repository, number)
    if not found.pull_request:
        raise HubError(400, f"Discussion {number} is not a pull request")
    if found.status != "open":
        raise HubError(403, f"Pull request {number} is {found.status}: change its status to open first")
    sides = _sides(store, repository, found)
    conflicting = sides.conflicts()
    if conflicting:
        raise HubError(409, f"Merge conflict in {', '.join(conflicting)}")
    title = f"{found.title} (#{number})"
    parents = [sides.our_head, sides.their_head]
    made = store.add_revision(repository, parents, sides.their_changes(), title, "", author, f"heads/{found.base}")
    store.set_reference(repository, "heads", found.base, made)
    store.connection.execute(
        "UPDATE discussion SET merge = ? WHERE repository = ? AND number = ?", (made, repository.id, number)
    )
    return made


def conflicts(store: Reader, repository: Repository, found: Discussion) -> list[str]:
    """Return the files that an open pull request and its branch changed differently since they diverged."""
    if not found.pull_request or found.status not in ("open", "draft"):
        return []
    if found.base not in store.references(repository, "heads"):
        return []
    return _sides(store, repository, found).conflicts()


class _Sides(NamedTuple):
    """The heads of a branch and of a pull request for it, their files, and those of the commit where they diverged."""

    our_head: str
    their_head: str
    base: Files | None
    ours: Files
    theirs: Files
    touched: set[str]

    def their_changes(self) -> Changes:
        """Return what the pull request changed since it diverged."""
        return {path: self.theirs.get(path) for path in self.touched if self._changed(path, self.theirs)}

    def conflicts(self) -> list[str]:
        """Return the paths that both sides changed, each differently, and files where our side has a folder."""
        theirs = self.their_changes()
        gone = {path for path, entry in theirs.items() if entry is None}
        both = {path for path in theirs if self._changed(path, self.ours)}
        differing = {path for path in both if _blob_id(self.theirs, path) != _blob_id(self.ours, path)}
        return sorted(differing | {path for path in theirs.keys() - gone if self._in_the_way(path, gone)})

    def _changed(self, path: str, side: Files) -> bool:
        return _blob_id(side, path) != (_blob_id(self.base, path) if self.base else None)

    def _in_the_way(self, path: str, gone: set[str]) -> bool:
        folders = accumulate(path.split("/")[:-1], "{}/{}".format)
        if any(self.ours.get(folder) and folder not in gone for folder in folders):
            return True
        return self.ours.has_folder(path) and not self.ours.under(path).keys() <= gone


def _sides(store: Reader, repository: Repository, found: Discussion) -> _Sides:
    _, _, ours = store.branch(repository, found.base)
    theirs = store.resolve(repository, f"refs/pr/{found.number}")
    before = {revision.id for revision in store.history(ours)}
    their_own = list(takewhile(lambda commit: commit not in before, (each.id for each in store.history(theirs))))
    parent = store.revision(their_own[-1]).parent if their_own else theirs
    base = store.files(parent) if parent else None
    touched = store.changed_paths(their_own)
    return _Sides(ours, theirs, base, store.files(ours), store.files(theirs), touched)


def _blob_id(files: Files, path: str) -> str | None:
    entry = files.get(path)
    return entry.blob_id if entry else None


def discussion(store: Reader, repository: Repository, number: int) -> Discussion:
    """Return one discussion; 404 if there is none with that number."""
    found = [entry for entry in discussions(store, repository) if entry.number == number]
    if not found:
        raise HubError(404, f"Discussion {number} not found")
    return found[0]


def author(store: Reader, repository: Repository, number: str) -> str | None:
    """Return who opened a discussion; None if there is none with that number."""
    row = store.connection.execute(
        "SELECT author FROM discussion WHERE repository = ? AND number = ?", (repository.id, number)
    ).fetchone()
    return None if row is None else str(row[0])


def discussions(store: Reader, repository: Repository) -> list[Discussion]:
    """Return all discussions of a repository, the newest first."""
    rows = store.connection.execute(
        "SELECT number, title, status, author, pull_request, created, merge, base FROM discussion WHERE repository = ? "
        "ORDER BY number DESC",
        (repository.id,),
    )
    return [Discussion(*row)._replace(pull_request=bool(row[4])) for row in rows]


def set_title(store: Writer, repository: Repository, number: int, author: str, title: str) -> dict[str, Any]:
    """Change a title; return the event."""
    old = discussion(store, repository, number).title
    store.connection.execute(
        "UPDATE discussion SET title = ? WHERE repository = ? AND number = ?", (title, repository.id, number)
    )
    return add_event(store, repository, number, author, "title-change", {"from": old, "to": title})


def set_status(store: Writer, repository: Repository, number: int, author: str, status: str) -> dict[str, Any]:
    """Change a status; return the event."""
    store.connection.execute(
        "UPDATE discussion SET status = ? WHERE repository = ? AND number = ?", (status, repository.id, number)
    )
    return add_event(store, repository, number, author, "status-change", {"status": status})


def add_comment(store: Writer, repository: Repository, number: int, author: str, text: str) -> dict[str, Any]:
    """Add a comment; return the event."""
    latest = {"raw": text, "html": "", "updatedAt": now()}
    data = {"edited": False, "hidden": False, "latest": latest}
    return add_event(store, repository, number, author, "comment", data)


def comment(store: Reader, repository: Repository, number: int, event: str) -> dict[str, Any]:
    """Return one comment; 404 if there is none with that id."""
    for entry in events(store, repository, number):
        if entry["id"] == event and entry["type"] == "comment":
            return entry
    raise HubError(404, f"Comment {event} not found")


def change_comment(store: Writer, found: dict[str, Any], text: str | None) -> dict[str, Any]:
    """Edit a comment, or hide it if no text is given; return the event."""
    changed = (
        {"hidden": True} if text is None else {"edited": True, "latest": {"raw": text, "html": "", "updatedAt": now()}}
    )
    data = found["data"] | changed
    store.connection.execute("UPDATE event SET data = ? WHERE id = ?", (json.dumps(data), found["id"]))
    return found | {"data": data}


def add_event(
    store: Writer, repository: Repository, number: int, author: str, kind: str, data: dict[str, Any]
) -> dict[str, Any]:
    """Append an event; return it as the clients read it."""
    event = {"id": uuid.uuid4().hex[:24], "type": kind, "createdAt": now(), "author": {"name": author}, "data": data}
    store.connection.execute(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event["id"], repository.id, number, kind, author, event["createdAt"], json.dumps(data)),
    )
    return event


def events(store: Reader, repository: Repository, number: int) -> list[dict[str, Any]]:
    """Return the events of a discussion, oldest first."""
    rows = store.connection.execute(
        "SELECT id, type, created, author, data FROM event WHERE repository = ? AND number = ? ORDER BY rowid",
        (repository.id, number),
    )
    return [
        {"id": key, "type": kind, "createdAt": created, "author": {"name": author}, "data": json.loads(data)}
        for key, kind, created, author, data in rows
    ]
