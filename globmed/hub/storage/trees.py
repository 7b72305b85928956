"""The files of a commit, read from the changes that led to it.

A line is a sequence of commits on one branch; it begins empty, or as another line was at some commit. A commit writes
the paths that it changes and nothing else. The number of a commit is greater than those of the commits before it, so
that a path's last change up to a commit, on its line and on those that the line continues, is the file in that commit.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Lines that continue one another; a longer sequence is replaced by a line that begins with the whole tree.
MAX_LINES = 32
#: Greater than every path: the last code point is in none (see `globmed.hub.names`).
_END = "\U0010ffff"
_CHAIN = """WITH RECURSIVE chain (line, upto) AS (
    SELECT line, number FROM revision WHERE id = ?
    UNION ALL SELECT base, since FROM chain JOIN line ON line.id = chain.line WHERE base IS NOT NULL
)"""
_LINES = f"{_CHAIN} SELECT line, upto FROM chain"  # noqa: S608 -- a constant
_FROM = """FROM chain
CROSS JOIN entry ON entry.line = chain.line AND entry.revision <= upto AND path >= ? AND path < ?
GROUP BY path HAVING sha256 IS NOT NULL"""
_LATEST = f"SELECT path, sha256, size, blob_id, lfs, max(entry.revision) {_FROM}"
#: The part of a path below a folder up to the next slash: the name that the folder shows.
_SHOWN = f"""{_CHAIN}, file (rest, size, revision) AS (
    SELECT substr(path, ?), size, revision FROM (SELECT path, size, max(entry.revision) AS revision, sha256 {_FROM})
)
SELECT instr(rest, '/') = 0 AS is_file,
       CASE instr(rest, '/') WHEN 0 THEN rest ELSE substr(rest, 1, instr(rest, '/') - 1) END AS name,
       count(*), sum(size), max(revision)
FROM file GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ? OFFSET ?"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a commit; ``blob_id`` is git's id, of the pointer if the file is kept by LFS.

    ``changed`` is the number of the commit that last changed it; 0 if the entry is not stored yet.
    """

    path: str
    sha256: str
    size: int
    blob_id: str
    lfs: bool
    changed: int = 0

    def same(self, other: "Entry | None") -> bool:
        """Return whether another entry has the same contents, kept the same way."""
        return other is not None and (self.sha256, self.blob_id, self.lfs) == (other.sha256, other.blob_id, other.lfs)


@dataclass(frozen=True, slots=True)
class Shown:
    """A file or folder of a listing: how many files it has, of how many bytes, and the last commit that changed it."""

    name: str
    is_file: bool
    files: int
    size: int
    changed: int


Tree = Mapping[str, Entry]
#: The paths that a commit sets, and those that it removes (None).
Changes = Mapping[str, Entry | None]


class Files:
    """The files of one commit; each question reads only the rows that it needs."""

    def __init__(self, connection: sqlite3.Connection, commit: str) -> None:
        self._sql, self._commit = connection, commit
        self.lines: Sequence[tuple[int, int]] = connection.execute(_LINES, (commit,)).fetchall()

    def get(self, path: str) -> Entry | None:
        """Return the file at a path."""
        for line, upto in self.lines:
            row = self._sql.execute(
                "SELECT path, sha256, size, blob_id, lfs, revision FROM entry "
                "WHERE line = ? AND path = ? AND revision <= ? ORDER BY revision DESC LIMIT 1",
                (line, path, upto),
            ).fetchone()
            if row is not None:
                return None if row[1] is None else _entry(row)
        return None

    def under(self, folder: str = "") -> dict[str, Entry]:
        """Return the files in a folder and in those below it, in the order of their paths."""
        rows = self._sql.execute(f"{_CHAIN} {_LATEST} ORDER BY path", (self._commit, *bounds(folder)))
        return {row[0]: _entry(row) for row in rows}

    def listing(self, folder: str, start: int, limit: int) -> list[Shown]:
        """Return a part of a folder's own entries: folders by name, then files."""
        place = (len(folder) + 2 if folder else 1, *bounds(folder))
        rows = self._sql.execute(_SHOWN, (self._commit, *place, limit, start))
        return [Shown(name, bool(is_file), files, size, changed) for is_file, name, files, size, changed in rows]

    def ending(self, suffix: str, limit: int) -> list[Entry]:
        """Return the first files whose path ends so, in ASCII letters of either case."""
        rows = self._sql.execute(
            f"{_CHAIN} SELECT * FROM ({_LATEST}) WHERE lower(substr(path, ?)) = ? ORDER BY path LIMIT ?",  # noqa: S608
            (self._commit, *bounds(""), -len(suffix), suffix, limit),
        )
        return [_entry(row) for row in rows]

    def has_folder(self, folder: str) -> bool:
        """Return whether a folder has a file."""
        query = f"{_CHAIN} {_LATEST} LIMIT 1"
        return self._sql.execute(query, (self._commit, *bounds(folder))).fetchone() is not None


def bounds(folder: str) -> tuple[str, str]:
    """Return the first path that is in a folder, and the first after it ("0" follows "/")."""
    return (f"{folder}/", f"{folder}0") if folder else ("", _END)


def _entry(row: Sequence[object]) -> Entry:
    path, sha256, size, blob_id, lfs, changed = row
    return Entry(str(path), str(sha256), int(str(size)), str(blob_id), bool(lfs), int(str(changed)))
