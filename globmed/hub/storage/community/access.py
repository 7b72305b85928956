"""Gated repositories: who asked to read the files, and who was let in."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from globmed.hub.errors import HubError
from globmed.hub.storage.store import Reader, Repository, Writer, now

PENDING, ACCEPTED, REJECTED = "pending", "accepted", "rejected"
#: What a reader may fill in, as JSON.
FIELDS_CHARACTERS = 16 * 1024


class Request(NamedTuple):
    """A reader's request for access to a repository."""

    id: str
    user: str
    status: str
    created: str
    fields: Mapping[str, Any]
    reason: str | None


def requests(store: Reader, repository: Repository) -> list[Request]:
    """Return the requests for a repository, the oldest first."""
    rows = store.connection.execute(
        "SELECT id, user, status, created, fields, reason FROM access_request WHERE repository = ? "
        "ORDER BY created, user",
        (repository.id,),
    )
    return [Request(*row)._replace(fields=json.loads(row[4])) for row in rows]


def request(store: Reader, repository: Repository, *, user: str | None = None, id: str | None = None) -> Request | None:  # noqa: A002
    """Return a reader's request, found by its id or by their name."""
    found = (each for each in requests(store, repository) if each.user == user or each.id == id)
    return next(found, None)


def accepted(store: Reader, repository: Repository, user: str) -> bool:
    """Return whether a reader was let in."""
    row = store.connection.execute(
        "SELECT 1 FROM access_request WHERE repository = ? AND user = ? AND status = ?", (repository.id, user, ACCEPTED)
    ).fetchone()
    return row is not None


def ask(store: Writer, repository: Repository, user: str, fields: Mapping[str, Any]) -> str:
    """Note a request; return its status: accepted at once in a repository that is gated so. A second one changes none.

    Raises:
        HubError: 413 for a form that is too long.
    """
    if len(json.dumps(fields)) > FIELDS_CHARACTERS:
        raise HubError(413, f"The form has more than {FIELDS_CHARACTERS} characters")
    status = ACCEPTED if repository.gated == "auto" else PENDING
    _add(store, repository, user, status, fields)
    found = request(store, repository, user=user)
    assert found is not None  # noqa: S101 -- it was just added
    return found.status


def grant(store: Writer, repository: Repository, user: str) -> None:
    """Let a reader in who may not have asked; 400 if they are in already."""
    found = request(store, repository, user=user)
    if found is None:
        _add(store, repository, user, ACCEPTED, {})
    else:
        handle(store, found, ACCEPTED, None)


def handle(store: Writer, found: Request, status: str, reason: str | None) -> None:
    """Accept or reject a request, or set it back to pending; 400 if it is so already."""
    if found.status == status:
        raise HubError(400, f"The request of {found.user} is {status} already")
    store.connection.execute(
        "UPDATE access_request SET status = ?, reason = ? WHERE id = ?", (status, reason, found.id)
    )


def withdraw(store: Writer, repository: Repository, user: str) -> None:
    """Remove a reader's own request, and the access with it."""
    store.connection.execute("DELETE FROM access_request WHERE repository = ? AND user = ?", (repository.id, user))


def _add(store: Writer, repository: Repository, user: str, status: str, fields: Mapping[str, Any]) -> None:
    store.connection.execute(
        "INSERT OR IGNORE INTO access_request VALUES (?, ?, ?, ?, ?, ?, NULL)",
        (uuid.uuid4().hex[:24], repository.id, user, status, now(), json.dumps(fields)),
    )
