"""Repositories, commits, references and pull requests in SQLite; one transaction per change.

A change is on disk before it is answered (``synchronous = FULL`` in WAL mode), after the contents that it refers to: if
the server is killed at any moment, a repository has its old or its new state.
"""

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from globmed.errors import UserError
from globmed.hub.errors import HubError, revision_not_found

LAYOUT = 1
MAIN = "main"


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository; ``type`` is model, dataset or space."""

    id: int
    type: str
    name: str
    private: bool
    sdk: str | None
    created: str

    @property
    def owner(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit."""

    id: str
    parent: str | None
    merged: str | None
    title: str
    message: str
    author: str
    created: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a commit; ``blob_id`` is git's id, of the pointer if the file is kept by LFS."""

    path: str
    sha256: str
    size: int
    blob_id: str
    lfs: bool
    changed: str = ""


Tree = Mapping[str, Entry]


class Store:
    """The server's metadata. Threads share it: each has its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        with self._connection() as connection:
            (layout,) = connection.execute("PRAGMA user_version").fetchone()
            if layout == 0:
                schema = files("globmed.hub.storage").joinpath("schema.sql").read_text("utf-8")
                connection.executescript(f"BEGIN; {schema} PRAGMA user_version = {LAYOUT}; COMMIT;")
            elif layout != LAYOUT:
                raise UserError(
                    f"{path}: storage of layout {layout}, this server reads {LAYOUT}: use the server that wrote it"
                )

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
        yield self._local.connection

    @contextmanager
    def reading(self) -> Iterator["Reader"]:
        """Yield one consistent view for all reads in the block."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield Reader(connection)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """Yield one transaction: all of the block's changes or, on an error, none. Writers wait for each other."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writer(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


class Reader:
    """The queries of the store, inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for the statements of discussions."""
        return self._sql

    def repository(self, kind: str, name: str) -> Repository | None:
        """Return the repository of a type and name; the old name of a moved one is accepted."""
        row = self._sql.execute("SELECT * FROM repository WHERE type = ? AND name = ?", (kind, name)).fetchone()
        row = (
            row
            or self._sql.execute(
                "SELECT * FROM repository WHERE id = (SELECT repository FROM redirect WHERE type = ? AND name = ?)",
                (kind, name),
            ).fetchone()
        )
        return None if row is None else _repository(row)

    def repositories(self, kind: str) -> list[Repository]:
        """Return all repositories of a type, by name."""
        rows = self._sql.execute("SELECT * FROM repository WHERE type = ? ORDER BY name", (kind,))
        return [_repository(row) for row in rows]

    def references(self, repository: Repository, kind: str) -> dict[str, str]:
        """Return names and commits of the branches (``heads``), ``tags`` or pull requests (``pr``)."""
        return dict(
            self._sql.execute(
                "SELECT name, revision FROM reference WHERE repository = ? AND kind = ? ORDER BY name",
                (repository.id, kind),
            )
        )

    def resolve(self, repository: Repository, name: str) -> str:
        """Return the commit of a branch, tag, ``refs/...`` name or (abbreviated) commit hash."""
        for kind in ("heads", "tags", "pr"):
            short = name.removeprefix(f"refs/{kind}/")
            if kind == "pr" and short == name:
                continue
            found = self._reference(repository, kind, short)
            if found:
                return found
        if len(name) >= 7 and all(character in "0123456789abcdef" for character in name):
            rows = self._sql.execute(
                "SELECT id FROM revision WHERE repository = ? AND id >= ? AND id < ? LIMIT 2",
                (repository.id, name, name + "g"),
            ).fetchall()
            if len(rows) == 1:
                return str(rows[0][0])
        raise revision_not_found(name)

    def branch(self, repository: Repository, name: str) -> tuple[str, str, str]:
        """Return a branch or pull request that accepts commits: kind, short name and commit."""
        kind = "pr" if name.startswith("refs/pr/") else "heads"
        short = name.removeprefix(f"refs/{kind}/")
        found = self._reference(repository, kind, short)
        if found is None:
            raise revision_not_found(name)
        return kind, short, found

    def revision(self, commit: str) -> Revision:
        """Return one commit by its full id."""
        row = self._sql.execute(
            "SELECT id, parent, merged, title, message, author, created FROM revision WHERE id = ?", (commit,)
        ).fetchone()
        return Revision(*row)

    def history(self, commit: str) -> list[Revision]:
        """Return a commit and its first parents, newest first."""
        rows = self._sql.execute(
            """WITH RECURSIVE line (id, depth) AS (
                   SELECT ?, 0
                   UNION ALL SELECT revision.parent, depth + 1 FROM line JOIN revision USING (id)
                       WHERE parent IS NOT NULL
               )
               SELECT revision.id, parent, merged, title, message, author, created
               FROM line JOIN revision USING (id) ORDER BY depth""",
            (commit,),
        )
        return [Revision(*row) for row in rows]

    def tree(self, commit: str) -> dict[str, Entry]:
        """Return the files of a commit by path, in the order of their paths."""
        rows = self._sql.execute(
            "SELECT path, sha256, size, blob_id, lfs, changed FROM entry WHERE revision = ? ORDER BY path", (commit,)
        )
        return {row[0]: Entry(row[0], row[1], row[2], row[3], bool(row[4]), row[5]) for row in rows}

    def entry(self, commit: str, path: str) -> Entry | None:
        """Return one file of a commit."""
        row = self._sql.execute(
            "SELECT path, sha256, size, blob_id, lfs, changed FROM entry WHERE revision = ? AND path = ?",
            (commit, path),
        ).fetchone()
        return None if row is None else Entry(row[0], row[1], row[2], row[3], bool(row[4]), row[5])

    def owns_object(self, repository: Repository, sha256: str) -> bool:
        """Return whether an LFS object was uploaded to this repository."""
        return (
            self._sql.execute(
                "SELECT 1 FROM lfs_object WHERE repository = ? AND sha256 = ?", (repository.id, sha256)
            ).fetchone()
            is not None
        )

    def _reference(self, repository: Repository, kind: str, name: str) -> str | None:
        row = self._sql.execute(
            "SELECT revision FROM reference WHERE repository = ? AND kind = ? AND name = ?", (repository.id, kind, name)
        ).fetchone()
        return None if row is None else str(row[0])


class Writer(Reader):
    """The changes of the store, inside one transaction."""

    def create_repository(self, kind: str, name: str, *, private: bool, sdk: str | None) -> Repository:
        """Create a repository without commits; redirects from its name end."""
        self._sql.execute("DELETE FROM redirect WHERE type = ? AND name = ?", (kind, name))
        self._sql.execute(
            "INSERT INTO repository (type, name, private, sdk, created) VALUES (?, ?, ?, ?, ?)",
            (kind, name, private, sdk, now()),
        )
        made = self.repository(kind, name)
        assert made is not None  # noqa: S101 -- it was just inserted
        return made

    def delete_repository(self, repository: Repository) -> None:
        """Delete a repository with everything that belongs to it; contents stay until they are garbage-collected."""
        self._sql.execute("DELETE FROM repository WHERE id = ?", (repository.id,))

    def move_repository(self, repository: Repository, name: str) -> None:
        """Rename a repository; the old name redirects to it."""
        self._sql.execute("DELETE FROM redirect WHERE type = ? AND name = ?", (repository.type, name))
        self._sql.execute("UPDATE repository SET name = ? WHERE id = ?", (name, repository.id))
        self._sql.execute("INSERT INTO redirect VALUES (?, ?, ?)", (repository.type, repository.name, repository.id))

    def set_private(self, repository: Repository, *, private: bool) -> None:
        """Change who may read a repository."""
        self._sql.execute("UPDATE repository SET private = ? WHERE id = ?", (private, repository.id))

    def add_revision(
        self,
        repository: Repository,
        parents: Sequence[str],
        tree: Tree,
        title: str,
        message: str,
        author: str,
    ) -> str:
        """Add a commit with this tree; return its id. References are moved by `set_reference`."""
        commit = uuid.uuid4().hex + uuid.uuid4().hex[:8]
        before = self.tree(parents[0]) if parents else {}
        self._sql.execute(
            "INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (commit, repository.id, *[*parents, None, None][:2], title, message, author, now()),
        )
        self._sql.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (commit, path, entry.sha256, entry.size, entry.blob_id, entry.lfs, _changed(entry, before, commit))
                for path, entry in tree.items()
            ],
        )
        return commit

    def set_reference(self, repository: Repository, kind: str, name: str, commit: str) -> None:
        """Create or move a reference; a tag cannot be moved."""
        self._sql.execute(
            "INSERT INTO reference VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision",
            (repository.id, kind, name, commit),
        )

    def delete_branch(self, repository: Repository, name: str) -> None:
        """Remove a branch."""
        self._sql.execute(
            "DELETE FROM reference WHERE repository = ? AND kind = 'heads' AND name = ?", (repository.id, name)
        )

    def add_object(self, repository: Repository, sha256: str) -> None:
        """Note that an LFS object was uploaded to this repository."""
        self._sql.execute("INSERT OR IGNORE INTO lfs_object VALUES (?, ?)", (repository.id, sha256))


def now() -> str:
    """Return the time as the clients read it: UTC, milliseconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def three_way(base: Tree, ours: Tree, theirs: Tree) -> dict[str, Entry]:
    """Return our tree with their changes since the base applied; 409 if both changed a file differently."""
    conflicts = conflicting(base, ours, theirs)
    if conflicts:
        raise HubError(409, f"Merge conflict in {', '.join(conflicts)}")
    changed = _changed_paths(base, theirs)
    merged = {path: entry for path, entry in ours.items() if path not in changed}
    return merged | {path: theirs[path] for path in changed if path in theirs}


def conflicting(base: Tree, ours: Tree, theirs: Tree) -> list[str]:
    """Return the paths that both changed since the base, each differently."""
    both = _changed_paths(base, theirs) & _changed_paths(base, ours)
    return sorted(both & _changed_paths(ours, theirs))


def _changed_paths(one: Tree, other: Tree) -> set[str]:
    return {path for path in {*one, *other} if _blob_id(one, path) != _blob_id(other, path)}


def _blob_id(tree: Tree, path: str) -> str | None:
    return tree[path].blob_id if path in tree else None


def _changed(entry: Entry, before: Tree, commit: str) -> str:
    old = before.get(entry.path)
    return old.changed if old is not None and replace(entry, changed=old.changed) == old else commit


def _repository(row: Sequence[object]) -> Repository:
    number, kind, name, private, sdk, created = row
    return Repository(
        int(str(number)), str(kind), str(name), bool(private), None if sdk is None else str(sdk), str(created)
    )
