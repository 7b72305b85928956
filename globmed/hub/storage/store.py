"""Repositories, commits, references and pull requests in SQLite; one transaction per change.

A change is on disk before it is answered (``synchronous = FULL`` in WAL mode), after the contents that it refers to: if
the server is killed at any moment, a repository has its old or its new state.
"""

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from globmed.hub.errors import revision_not_found
from globmed.hub.storage.layout import prepare
from globmed.hub.storage.trees import MAX_LINES, Changes, Entry, Files, bounds

MAIN = "main"
#: The name that git and some clients have for the default branch.
HEAD = "HEAD"


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository; ``type`` is model, dataset or space, ``gated`` auto, manual or nothing."""

    id: int
    type: str
    name: str
    private: bool
    sdk: str | None
    created: str
    gated: str | None = None

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
class Tombstone:
    """The tombstone of erased data: date and reason."""

    erased: str
    why: str
    private: bool = False


class Store:
    """The server's metadata. Threads share it: each has its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        prepare(path)

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
    def writing(self, *, shred: bool = False) -> Iterator["Writer"]:
        """Yield one transaction: all of the block's changes or, on an error, none. Writers wait for each other.

        With ``shred``, deleted data are overwritten in the database's file.
        """
        with self._connection() as connection:
            connection.execute(f"PRAGMA secure_delete = {'ON' if shred else 'OFF'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writer(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def compact(self) -> None:
        """Release the space of deleted data; no other process may use the database."""
        with self._connection() as connection:
            connection.execute("VACUUM")
        self.truncate_log()

    def truncate_log(self) -> None:
        """Remove deleted data from the write-ahead log, unless a reader still uses it."""
        with self._connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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

    def repository_numbered(self, number: int) -> Repository:
        """Return a repository by its number."""
        found = self.repository_if_any(number)
        assert found is not None  # noqa: S101 -- what names it goes with it
        return found

    def repository_if_any(self, number: int) -> Repository | None:
        """Return a repository by its number; None if it is gone."""
        row = self._sql.execute("SELECT * FROM repository WHERE id = ?", (number,)).fetchone()
        return None if row is None else _repository(row)

    def repositories(self, kind: str) -> list[Repository]:
        """Return all repositories of a type, by name."""
        rows = self._sql.execute("SELECT * FROM repository WHERE type = ? ORDER BY name", (kind,))
        return [_repository(row) for row in rows]

    def recent(self, kind: str | None = None, owner: str | None = None) -> list[tuple[Repository, str]]:
        """Return repositories with the time of main's last commit, the latest first; of a type or an owner."""
        rows = self._sql.execute(
            "SELECT repository.*, coalesce(revision.created, repository.created) AS changed FROM repository "
            "LEFT JOIN reference "
            "ON reference.repository = repository.id AND kind = 'heads' AND reference.name = 'main' "
            "LEFT JOIN revision ON revision.id = reference.revision "
            "WHERE (?1 IS NULL OR type = ?1) "
            "AND (?2 IS NULL OR substr(repository.name, 1, length(?2) + 1) = ?2 || '/' COLLATE NOCASE) "
            "ORDER BY changed DESC, repository.name",
            (kind, owner),
        )
        return [(_repository(row[:-1]), row[-1]) for row in rows]

    def references(self, repository: Repository, kind: str) -> dict[str, str]:
        """Return names and commits of the branches (``heads``), ``tags`` or pull requests (``pr``)."""
        return dict(
            self._sql.execute(
                "SELECT name, revision FROM reference WHERE repository = ? AND kind = ? ORDER BY name",
                (repository.id, kind),
            )
        )

    def resolve(self, repository: Repository, name: str) -> str:
        """Return the commit of a branch, tag, ``refs/...`` name, (abbreviated) commit hash or HEAD (main)."""
        name = MAIN if name == HEAD else name
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
        name = MAIN if name == HEAD else name
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

    def number_of(self, commit: str) -> int:
        """Return the number of a commit."""
        (number,) = self._sql.execute("SELECT number FROM revision WHERE id = ?", (commit,)).fetchone()
        return int(number)

    def begins_anew(self, number: int) -> bool:
        """Return whether a commit has its whole tree as its changes: it is the first of a line that continues none."""
        (anew,) = self._sql.execute(
            "SELECT base IS NULL AND number = (SELECT min(number) FROM revision AS first WHERE first.line = line.id) "
            "FROM revision JOIN line ON line.id = revision.line WHERE number = ?",
            (number,),
        ).fetchone()
        return bool(anew)

    def names_content(self, repository: Repository, sha256: str) -> bool:
        """Return whether a commit of a repository names a content."""
        row = self._sql.execute(
            "SELECT 1 FROM entry WHERE sha256 = ? AND line IN (SELECT id FROM line WHERE repository = ?) LIMIT 1",
            (sha256, repository.id),
        ).fetchone()
        return row is not None

    def erasures(self, repository: Repository) -> list[str]:
        """Return the contents that were taken down in a repository."""
        rows = self._sql.execute(
            "SELECT sha256 FROM erased_content WHERE repository = ? ORDER BY sha256", (repository.id,)
        )
        return [str(sha256) for (sha256,) in rows]

    def revision_numbered(self, number: int) -> Revision:
        """Return one commit by its number."""
        (commit,) = self._sql.execute("SELECT id FROM revision WHERE number = ?", (number,)).fetchone()
        return self.revision(str(commit))

    def changed_paths(self, commits: Sequence[str]) -> set[str]:
        """Return the paths that some commits changed."""
        found: set[str] = set()
        for commit in commits:
            rows = self._sql.execute(
                "SELECT path FROM entry WHERE revision = (SELECT number FROM revision WHERE id = ?)", (commit,)
            )
            found.update(path for (path,) in rows)
        return found

    def history(self, commit: str, start: int = 0, limit: int = -1) -> list[Revision]:
        """Return a commit and its first parents, newest first; with ``start`` and ``limit``, a part of them."""
        rows = self._sql.execute(
            """WITH RECURSIVE line (id, depth) AS (
                   SELECT ?, 0
                   UNION ALL SELECT revision.parent, depth + 1 FROM line JOIN revision USING (id)
                       WHERE parent IS NOT NULL
                   LIMIT ? OFFSET ?
               )
               SELECT revision.id, parent, merged, title, message, author, created
               FROM line JOIN revision USING (id) ORDER BY depth""",
            (commit, limit, start),
        )
        return [Revision(*row) for row in rows]

    def changes(self, commit: str, start: int, limit: int) -> list[tuple[str, Entry | None]]:
        """Return a part of the paths that a commit wrote, in order, each with its new file; None: it was removed."""
        rows = self._sql.execute(
            "SELECT path, sha256, size, blob_id, lfs, revision FROM entry "
            "WHERE revision = (SELECT number FROM revision WHERE id = ?) ORDER BY path LIMIT ? OFFSET ?",
            (commit, limit, start),
        )
        return [
            (path, None if sha256 is None else Entry(path, sha256, size, blob_id, bool(lfs), number))
            for path, sha256, size, blob_id, lfs, number in rows
        ]

    def files(self, commit: str) -> Files:
        """Return the files of a commit, which are read on demand."""
        return Files(self._sql, commit)

    def erased_repository(self, kind: str, name: str) -> Tombstone | None:
        """Return the tombstone of a repository that was erased."""
        row = self._sql.execute(
            "SELECT erased, why, private FROM erased_repository WHERE type = ? AND name = ?", (kind, name)
        ).fetchone()
        return None if row is None else Tombstone(row[0], row[1], bool(row[2]))

    def erased(self, repository: Repository, sha256: str) -> Tombstone | None:
        """Return the tombstone of a content that was erased in a repository."""
        row = self._sql.execute(
            "SELECT erased, why FROM erased_content WHERE repository = ? AND sha256 = ?", (repository.id, sha256)
        ).fetchone()
        return None if row is None else Tombstone(*row)

    def contents(self, repository: Repository, path: str | None = None) -> list[str]:
        """Return every content that a repository's commits name; at a file or folder, if a path is given."""
        first, end = bounds(path or "")
        rows = self._sql.execute(
            "SELECT DISTINCT sha256 FROM entry WHERE line IN (SELECT id FROM line WHERE repository = ?) "
            "AND sha256 IS NOT NULL AND (path = ? OR (path >= ? AND path < ?)) ORDER BY sha256",
            (repository.id, path, first, end),
        )
        return [str(sha256) for (sha256,) in rows]

    def stored_bytes(self, repository: Repository) -> int:
        """Return the size of all contents that a repository's commits name."""
        row = self._sql.execute(
            "SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT sha256, size FROM entry WHERE sha256 IS NOT NULL "
            "AND line IN (SELECT id FROM line WHERE repository = ?))",
            (repository.id,),
        ).fetchone()
        return int(row[0])

    def repositories_with(self, sha256: str, other_than: Repository) -> list[Repository]:
        """Return the other repositories whose commits name a content that was not taken down there."""
        return [each for each in self.repositories_naming(sha256) if each.id != other_than.id]

    def repositories_naming(self, sha256: str) -> list[Repository]:
        """Return the repositories whose commits name a content that was not taken down there."""
        rows = self._sql.execute(
            "SELECT * FROM repository WHERE id IN ("
            "SELECT line.repository FROM entry JOIN line ON line.id = entry.line WHERE sha256 = ?1) "
            "AND NOT EXISTS (SELECT 1 FROM erased_content AS gone "
            "WHERE gone.repository = repository.id AND gone.sha256 = ?1)",
            (sha256,),
        )
        return [_repository(row) for row in rows]

    def named_contents(self) -> set[str]:
        """Return every content that a commit names and that was not taken down there."""
        rows = self._sql.execute(
            "SELECT DISTINCT sha256 FROM entry JOIN line ON line.id = entry.line WHERE NOT EXISTS ("
            "SELECT 1 FROM erased_content AS gone "
            "WHERE gone.repository = line.repository AND gone.sha256 = entry.sha256) AND sha256 IS NOT NULL"
        )
        return {str(sha256) for (sha256,) in rows}

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

    def erase_content(self, repository: Repository, sha256: str, why: str, when: str) -> None:
        """Leave a tombstone for a content in a repository."""
        self._sql.execute(
            "INSERT OR IGNORE INTO erased_content VALUES (?, ?, ?, ?)", (repository.id, sha256, why, when)
        )
        self._sql.execute("DELETE FROM lfs_object WHERE repository = ? AND sha256 = ?", (repository.id, sha256))

    def erase_repository(self, repository: Repository, why: str, when: str) -> None:
        """Delete a repository, tags and all; tombstones stay under all of its names."""
        self._sql.execute(
            "INSERT OR REPLACE INTO erased_repository SELECT type, name, ?1, ?2, ?3 FROM repository WHERE id = ?4 "
            "UNION ALL SELECT type, name, ?1, ?2, ?3 FROM redirect WHERE repository = ?4",
            (repository.private, why, when, repository.id),
        )
        self._sql.execute("DELETE FROM reference WHERE repository = ?", (repository.id,))
        self.delete_repository(repository)

    def forget_objects(self, contents: Sequence[str]) -> None:
        """Forget that LFS objects were uploaded."""
        self._sql.executemany("DELETE FROM lfs_object WHERE sha256 = ?", [(sha256,) for sha256 in contents])

    def move_repository(self, repository: Repository, name: str) -> None:
        """Rename a repository; the old name redirects to it."""
        self._sql.execute("DELETE FROM redirect WHERE type = ? AND name = ?", (repository.type, name))
        self._sql.execute("UPDATE repository SET name = ? WHERE id = ?", (name, repository.id))
        self._sql.execute("INSERT INTO redirect VALUES (?, ?, ?)", (repository.type, repository.name, repository.id))

    def set_private(self, repository: Repository, *, private: bool) -> None:
        """Change who may read a repository."""
        self._sql.execute("UPDATE repository SET private = ? WHERE id = ?", (private, repository.id))

    def set_gated(self, repository: Repository, gated: str | None) -> None:
        """Change whether readers of the files have to ask; who was let in stays so."""
        self._sql.execute("UPDATE repository SET gated = ? WHERE id = ?", (gated, repository.id))

    def add_revision(
        self,
        repository: Repository,
        parents: Sequence[str],
        changes: Changes,
        title: str,
        message: str,
        author: str,
        owner: str = "",
    ) -> str:
        """Add a commit; return its id. References are moved by `set_reference`.

        Args:
            repository: where it belongs.
            parents: none, one, or two for a merge.
            changes: against the first parent, without unchanged files; all files if there is no parent.
            title: as the history shows it.
            message: what the commit is about.
            author: who made it.
            owner: the reference that the commit is for, as ``heads/main``.
        """
        commit = uuid.uuid4().hex + uuid.uuid4().hex[:8]
        line = self._line(repository, parents[0], owner) if parents else None
        if line is None:
            # There is no line to continue, or there are too many: this one begins with the whole tree.
            changes = (self.files(parents[0]).under() if parents else {}) | dict(changes)
            line = self._new_line(repository, owner, None, None)
            before = None
        else:
            before = self.files(parents[0])
        number = self._sql.execute(
            "INSERT INTO revision (id, repository, line, parent, merged, title, message, author, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (commit, repository.id, line, *[*parents, None, None][:2], title, message, author, now()),
        ).lastrowid
        self._sql.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (line, path, number, *(_contents(entry)))
                for path, entry in changes.items()
                if not _same(entry, before.get(path) if before else None)
            ],
        )
        return commit

    def _line(self, repository: Repository, parent: str, owner: str) -> int | None:
        """Return the line for a commit after ``parent``; None if a new line must begin."""
        line, number, of, tip = self._sql.execute(
            "SELECT line, number, owner, (SELECT max(number) FROM revision AS last WHERE last.line = revision.line) "
            "FROM revision JOIN line ON line.id = revision.line WHERE revision.id = ?",
            (parent,),
        ).fetchone()
        if (of, tip) == (owner, number):
            return int(line)
        if len(self.files(parent).lines) >= MAX_LINES:
            return None
        return self._new_line(repository, owner, line, number)

    def _new_line(self, repository: Repository, owner: str, base: int | None, since: int | None) -> int:
        inserted = self._sql.execute(
            "INSERT INTO line (repository, owner, base, since) VALUES (?, ?, ?, ?)", (repository.id, owner, base, since)
        )
        return int(inserted.lastrowid or 0)

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


def _same(entry: Entry | None, before: Entry | None) -> bool:
    return before is None if entry is None else entry.same(before)


def _contents(entry: Entry | None) -> tuple[str | int | None, ...]:
    return (None, None, None, None) if entry is None else (entry.sha256, entry.size, entry.blob_id, entry.lfs)


def _repository(row: Sequence[object]) -> Repository:
    number, kind, name, private, sdk, created, gated = row
    texts = (None if text is None else str(text) for text in (sdk, gated))
    return Repository(int(str(number)), str(kind), str(name), bool(private), next(texts), str(created), next(texts))
