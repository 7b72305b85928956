"""Discussions and pull requests: their events, and the merge."""

import json
import uuid
from typing import Any, NamedTuple

from globmed.hub.errors import HubError
from globmed.hub.storage.store import MAIN, Reader, Repository, Writer, conflicting, now, three_way


class Discussion(NamedTuple):
    """A discussion or pull request; ``status`` is draft, open, closed or merged."""

    number: int
    title: str
    status: str
    author: str
    pull_request: bool
    created: str
    merge: str | None


def open_discussion(
    store: Writer, repository: Repository, author: str, title: str, description: str, *, pull_request: bool
) -> int:
    """Start a discussion, or a pull request that is a draft at main's commit; return its number."""
    (last,) = store.connection.execute(
        "SELECT coalesce(max(number), 0) FROM discussion WHERE repository = ?", (repository.id,)
    ).fetchone()
    number = int(last) + 1
    store.connection.execute(
        "INSERT INTO discussion VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
        (repository.id, number, title, "draft" if pull_request else "open", author, pull_request, now()),
    )
    add_comment(store, repository, number, author, description)
    if pull_request:
        store.set_reference(repository, "pr", str(number), store.resolve(repository, MAIN))
    return number


def open_pull_request(
    store: Writer, repository: Repository, author: str, title: str, description: str, commit: str
) -> int:
    """Start a pull request that has a commit and is open from the start; return its number."""
    number = open_discussion(store, repository, author, title, description, pull_request=True)
    set_status(store, repository, number, author, "open")
    store.set_reference(repository, "pr", str(number), commit)
    add_event(store, repository, number, author, "commit", {"subject": title, "oid": commit})
    return number


def merge(store: Writer, repository: Repository, number: int, author: str) -> str:
    """Merge an open pull request into main; 409 if both changed a file, 403 if it is not open."""
    found = discussion(store, repository, number)
    if not found.pull_request:
        raise HubError(400, f"Discussion {number} is not a pull request")
    if found.status != "open":
        raise HubError(403, f"Pull request {number} is {found.status}: change its status to open first")
    base, ours, theirs = _sides(store, repository, number)
    tree = three_way(store.tree(base) if base else {}, store.tree(ours), store.tree(theirs))
    title = f"{found.title} (#{number})"
    made = store.add_revision(repository, [ours, theirs], tree, title, "", author)
    store.set_reference(repository, "heads", MAIN, made)
    store.connection.execute(
        "UPDATE discussion SET merge = ? WHERE repository = ? AND number = ?", (made, repository.id, number)
    )
    return made


def conflicts(store: Reader, repository: Repository, found: Discussion) -> list[str]:
    """Return the files that an open pull request and main changed differently since they diverged."""
    if not found.pull_request or found.status not in ("open", "draft"):
        return []
    base, ours, theirs = _sides(store, repository, found.number)
    return conflicting(store.tree(base) if base else {}, store.tree(ours), store.tree(theirs))


def _sides(store: Reader, repository: Repository, number: int) -> tuple[str | None, str, str]:
    """Return the commit where main and a pull request diverged, and the heads of both."""
    ours, theirs = store.resolve(repository, MAIN), store.resolve(repository, f"refs/pr/{number}")
    before = {revision.id for revision in store.history(ours)}
    base = next((revision.id for revision in store.history(theirs) if revision.id in before), None)
    return base, ours, theirs


def discussion(store: Reader, repository: Repository, number: int) -> Discussion:
    """Return one discussion; 404 if there is none with that number."""
    found = [entry for entry in discussions(store, repository) if entry.number == number]
    if not found:
        raise HubError(404, f"Discussion {number} not found")
    return found[0]


def discussions(store: Reader, repository: Repository) -> list[Discussion]:
    """Return all discussions of a repository, the newest first."""
    rows = store.connection.execute(
        "SELECT number, title, status, author, pull_request, created, merge FROM discussion WHERE repository = ? "
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


def change_comment(store: Writer, repository: Repository, number: int, event: str, text: str | None) -> dict[str, Any]:
    """Edit a comment, or hide it if no text is given; return the event."""
    found = [
        entry for entry in events(store, repository, number) if entry["id"] == event and entry["type"] == "comment"
    ]
    if not found:
        raise HubError(404, f"Comment {event} not found")
    changed = (
        {"hidden": True} if text is None else {"edited": True, "latest": {"raw": text, "html": "", "updatedAt": now()}}
    )
    data = found[0]["data"] | changed
    store.connection.execute("UPDATE event SET data = ? WHERE id = ?", (json.dumps(data), event))
    return found[0] | {"data": data}


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
