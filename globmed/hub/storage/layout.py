"""The database file: created with the present layout, or migrated to it from an older one."""

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from globmed.errors import UserError
from globmed.storage.lock import locked

LAYOUT = 3
#: The tables of layout 1 that later ones only added columns to; a table comes after those that it refers to.
_AS_IN_1 = {
    "repository": "id, type, name, private, sdk, created",
    "redirect": "type, name, repository",
    "reference": "repository, kind, name, revision",
    "lfs_object": "repository, sha256",
    "discussion": "repository, number, title, status, author, pull_request, created, merge",
}
#: What layout 3 added to tables of layout 2.
_ADDED_IN_3 = (
    "ALTER TABLE repository ADD COLUMN gated TEXT",
    "ALTER TABLE discussion ADD COLUMN base TEXT NOT NULL DEFAULT 'main'",
)
#: Added without a new layout: an older server keeps it up to date.
_BY_CONTENT = "CREATE INDEX IF NOT EXISTS entry_sha256 ON entry (sha256)"
_NEW_IN_3 = ("access_request", "liked", "collection", "collection_item")


def prepare(path: Path) -> None:
    """Create the database, or migrate an older one to the present layout; only its owner may read it.

    Raises:
        UserError: the database has a newer layout or is not a database, or another process uses its folder.
    """
    try:
        layout = _layout(path)
    except sqlite3.DatabaseError as error:
        raise UserError(f"{path}: cannot be read as the Hub's database ({error}); restore it from a backup") from error
    if layout == 0:
        _create(path)
    elif layout == 1:
        with locked(path.parent):
            _from_1(path)
    elif layout == 2:
        with locked(path.parent):
            _from_2(path)
    elif layout == LAYOUT:
        with closing(sqlite3.connect(path, timeout=60)) as connection:
            connection.execute(_BY_CONTENT)
    else:
        raise UserError(f"{path}: storage of layout {layout}, this server reads {LAYOUT}: use the server that wrote it")
    path.chmod(0o600)


def _layout(path: Path) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(path: Path) -> None:
    path.touch(mode=0o600)
    schema = _schema()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {LAYOUT}; COMMIT;")


def _schema() -> str:
    return files("globmed.hub.storage").joinpath("schema.sql").read_text("utf-8")


def _from_2(path: Path) -> None:
    """Add columns and tables in place, in one transaction."""
    made = {table: _table(table) for table in _NEW_IN_3}
    changes = "; ".join([*_ADDED_IN_3, *made.values(), _BY_CONTENT])
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"BEGIN IMMEDIATE; {changes}; PRAGMA user_version = {LAYOUT}; COMMIT;")


def _table(name: str) -> str:
    """Return the statement that creates a table."""
    (statement,) = re.findall(rf"^CREATE TABLE {name} \(.*?^\)[^;]*", _schema(), re.MULTILINE | re.DOTALL)
    return str(statement)


def _from_1(path: Path) -> None:
    """Write a new file from a database in which each commit has its whole tree, and put it in the old one's place."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as old:
        # Its log is written back and removed: it would be taken for the new file's.
        old.execute("PRAGMA journal_mode = DELETE")
    _create(partial)
    with closing(sqlite3.connect(partial, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS old", (f"{path}",))
        connection.execute("BEGIN")
        for table, columns in _AS_IN_1.items():
            copied = f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM old.{table}"  # noqa: S608 -- as above
            connection.execute(copied)
        connection.execute("INSERT INTO main.event SELECT * FROM old.event ORDER BY rowid")
        _lines_from_1(connection)
        connection.execute(
            "INSERT INTO main.entry SELECT line, path, number, sha256, size, blob_id, lfs "
            "FROM old.entry JOIN main.revision ON revision.id = entry.revision WHERE entry.changed = entry.revision"
        )
        connection.execute(
            "INSERT INTO main.entry SELECT line, before.path, number, NULL, NULL, NULL, NULL "
            "FROM main.revision JOIN old.entry AS before ON before.revision = revision.parent "
            "LEFT JOIN old.entry AS after ON after.revision = revision.id AND after.path = before.path "
            "WHERE after.path IS NULL"
        )
        connection.execute("COMMIT")
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)


def _lines_from_1(connection: sqlite3.Connection) -> None:
    """Copy the commits, and give each a line: that of the reference whose history it is in, main's before others'."""
    parents: dict[str, tuple[int, int, str | None]] = {
        commit: (number, repository, parent)
        for number, repository, commit, parent in connection.execute(
            "SELECT rowid, repository, id, parent FROM old.revision"
        )
    }
    references = connection.execute(
        "SELECT kind || '/' || name, revision FROM old.reference ORDER BY kind, name <> 'main', name"
    ).fetchall()
    newest_first = sorted(parents, key=lambda commit: parents[commit][0], reverse=True)
    lines: dict[str, int] = {}
    for owner, head in [*references, *(("", commit) for commit in newest_first)]:
        segment = list(_without_line(head, parents, lines))
        if segment:
            repository, base = parents[segment[0]][1], parents[segment[-1]][2] or ""
            line = connection.execute(
                "INSERT INTO main.line (repository, owner, base, since) VALUES (?, ?, ?, ?)",
                (
                    repository,
                    owner,
                    lines.get(base),
                    parents[base][0] if base in parents else None,
                ),
            ).lastrowid
            lines |= dict.fromkeys(segment, int(line or 0))
    connection.executemany(
        "INSERT INTO main.revision SELECT rowid, id, repository, ?, parent, merged, title, message, author, created "
        "FROM old.revision WHERE id = ?",
        [(line, commit) for commit, line in lines.items()],
    )


def _without_line(
    head: str, parents: Mapping[str, tuple[int, int, str | None]], lines: Mapping[str, int]
) -> Iterator[str]:
    commit: str | None = head
    while commit is not None and commit in parents and commit not in lines:
        yield commit
        commit = parents[commit][2]
