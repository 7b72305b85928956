"""What the server knows of chunks: which a file consists of, and in which files each is.

Bytes are not kept twice: a chunk is a range of a file's content, which is stored under its SHA-256. Only the xorbs of
an upload that is not complete are files of their own. The index may be deleted while no server runs: files are then
read over plain HTTP, and uploaded as a whole.
"""

import secrets
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from globmed.errors import UserError
from globmed.hub.storage.xet.hashes import Chunk, file_hash, pack, to_hex, unpack, xorb_hash
from globmed.hub.storage.xet.xorbs import MAX_CHUNKS

#: A run of a file's chunks that is served at once.
PART_BYTES = 16 * 1024 * 1024
#: Of a chunk that is in a great many files, such as one of zeros.
MOST_PLACES = 256


@dataclass(frozen=True, slots=True)
class Content:
    """A file whose chunks are known."""

    id: int
    hash: bytes
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a file's chunks: its first byte in the file, and its hash as a xorb."""

    start: int
    xorb: bytes
    chunks: Sequence[Chunk]


class Index:
    """A database in the folder of contents, and a folder of xorbs whose files are not complete. Threads share it."""

    def __init__(self, blobs: Path) -> None:
        self._path, self._xorbs = blobs / "xet.sqlite", blobs / "xorbs"
        path = self._path
        self._local = threading.local()
        self._assembling: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)
        self._xorbs.mkdir(parents=True, exist_ok=True)
        try:
            _prepare(path)
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"{path}: cannot be read ({error}); delete it: files are then read over plain HTTP until they are "
                "uploaded again"
            ) from error

    def fault(self, sizes: Mapping[str, int]) -> str | None:
        """Return what is wrong, if anything; ``sizes`` has the contents of commits by SHA-256, and their sizes."""
        try:
            (found,) = self._sql.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                return str(found)
            for content in self._sql.execute("SELECT id, hash, sha256, size FROM content").fetchall():
                if (wrong := self._wrong(Content(*content), sizes)) is not None:
                    return wrong
        except sqlite3.DatabaseError as error:
            return str(error)
        return None

    def _wrong(self, content: Content, sizes: Mapping[str, int]) -> str | None:
        """Return what is wrong with the chunks of a file; they are damaged if their hash is not the file's."""
        if content.sha256 not in sizes:
            return None
        chunks = pack(self._chunks_of(content.id))
        size = sum(chunk.size for chunk in unpack(chunks))
        if size == content.size == sizes[content.sha256] and file_hash(unpack(chunks)) == content.hash:
            return None
        return f"those of {content.sha256} are not the file's: delete {self._path} while no server runs"

    def hash_of(self, sha256: str) -> str | None:
        """Return Xet's hash of a content, as it is written; None if its chunks are not known."""
        row = self._sql.execute("SELECT hash FROM content WHERE sha256 = ? ORDER BY id LIMIT 1", (sha256,)).fetchone()
        return None if row is None else to_hex(row[0])

    def content(self, hash_: bytes) -> Content | None:
        """Return a file by Xet's hash."""
        row = self._sql.execute("SELECT id, hash, sha256, size FROM content WHERE hash = ?", (hash_,)).fetchone()
        return None if row is None else Content(*row)

    def parts(self, content: Content, start: int, end: int) -> Iterator[Part]:
        """Yield the runs of a file's chunks that have bytes of a range."""
        rows = self._sql.execute(
            "SELECT start, part.xorb, chunks FROM part JOIN xorb ON xorb.hash = part.xorb WHERE content = ?1 "
            "AND start >= coalesce((SELECT max(start) FROM part WHERE content = ?1 AND start <= ?2), 0) "
            "AND start < ?3 ORDER BY start",
            (content.id, start, end),
        )
        for first, xorb, chunks in rows:
            yield Part(first, xorb, [*unpack(chunks)])

    def xorb(self, hash_: bytes) -> list[Chunk] | None:
        """Return the chunks of a xorb."""
        row = self._sql.execute("SELECT chunks FROM xorb WHERE hash = ?", (hash_,)).fetchone()
        return None if row is None else [*unpack(row[0])]

    def places(self, chunk: bytes) -> list[tuple[Content, int]]:
        """Return the latest files that have a chunk, and its first byte in each."""
        rows = self._sql.execute(
            "SELECT id, hash, sha256, size, start FROM place JOIN content ON content.id = place.content "
            "WHERE chunk = ? ORDER BY id DESC LIMIT ?",
            (chunk, MOST_PLACES),
        )
        return [(Content(*row[:4]), row[4]) for row in rows]

    def waiting(self, repository: int, xorb: bytes) -> Path | None:
        """Return the chunks' bytes of a xorb that was uploaded to a repository and is not yet in a file there."""
        row = self._sql.execute(
            "SELECT 1 FROM waiting WHERE repository = ? AND xorb = ?", (repository, xorb)
        ).fetchone()
        return None if row is None else self._waiting_path(repository, xorb)

    def keep(self, repository: int, xorb: bytes, chunks: Sequence[Chunk], temporary: Path) -> bool:
        """Keep an uploaded xorb until its files are complete; return whether it was not kept before."""
        with self._writing() as sql:
            temporary.replace(self._waiting_path(repository, xorb))
            self._add_xorb(xorb, chunks)
            added = sql.execute("INSERT OR IGNORE INTO waiting VALUES (?, ?)", (repository, xorb))
        return added.rowcount > 0

    def add(self, hash_: bytes, sha256: str, chunks: Iterable[Chunk]) -> None:
        """Note the chunks of a content, which is stored, and its hash."""
        with self._writing() as sql:
            added = sql.execute("INSERT OR IGNORE INTO content (hash, sha256, size) VALUES (?, ?, 0)", (hash_, sha256))
            if not added.rowcount or added.lastrowid is None:
                return
            start = 0
            for run in _runs(chunks):
                xorb = xorb_hash(run)
                self._add_xorb(xorb, run)
                sql.execute("INSERT INTO part VALUES (?, ?, ?)", (added.lastrowid, start, xorb))
                for chunk in run:
                    sql.execute("INSERT OR IGNORE INTO place VALUES (?, ?, ?)", (chunk.hash, added.lastrowid, start))
                    start += chunk.size
            sql.execute("UPDATE content SET size = ? WHERE id = ?", (start, added.lastrowid))

    def complete(self, xorb: bytes, readable: Callable[[str], bool]) -> bool:
        """Return whether every chunk of a xorb is in a content (by SHA-256) that may be read."""
        return all(
            any(readable(content.sha256) for content, _ in self.places(chunk.hash)) for chunk in self.xorb(xorb) or ()
        )

    @contextmanager
    def assembling(self, repository: int) -> Iterator[None]:
        """Let nobody else put files of a repository together: whoever is done removes the xorbs that were for them."""
        with self._assembling[repository]:
            yield

    def discard(self, repository: int, xorbs: Iterable[bytes]) -> None:
        """Remove uploaded xorbs of a repository that are no longer needed."""
        with self._writing() as sql:
            for xorb in xorbs:
                sql.execute("DELETE FROM waiting WHERE repository = ? AND xorb = ?", (repository, xorb))
                self._waiting_path(repository, xorb).unlink(missing_ok=True)

    def forget_repository(self, repository: int) -> None:
        """Remove the uploaded xorbs of a repository, and make clients forget it."""
        rows = self._sql.execute("SELECT xorb FROM waiting WHERE repository = ?", (repository,)).fetchall()
        self.discard(repository, [xorb for (xorb,) in rows])
        self.rename_cache(repository)

    def discard_like(self, contents: Iterable[str]) -> None:
        """Remove the uploaded xorbs that have a chunk of one of these contents (by SHA-256)."""
        ids = [
            content
            for sha256 in contents
            for (content,) in self._sql.execute("SELECT id FROM content WHERE sha256 = ?", (sha256,)).fetchall()
        ]
        unwanted = {chunk.hash for content in ids for chunk in self._chunks_of(content)}
        for repository, xorb in self._sql.execute("SELECT repository, xorb FROM waiting").fetchall():
            if any(chunk.hash in unwanted for chunk in self.xorb(xorb) or ()):
                self.discard(repository, [xorb])

    def discard_all(self) -> tuple[int, int]:
        """Remove all uploaded xorbs whose files are not complete; return their number and size in bytes."""
        found = self.waiting_files()
        with self._writing() as sql:
            sql.execute("DELETE FROM waiting")
            for path in self._xorbs.iterdir():
                path.unlink()
        return found

    def waiting_files(self) -> tuple[int, int]:
        """Return the number of xorbs whose files are not complete, and their size in bytes."""
        sizes = [path.stat().st_size for path in self._xorbs.iterdir()]
        return len(sizes), sum(sizes)

    def forget(self, contents: Iterable[str]) -> None:
        """Forget contents (by SHA-256) that were removed or are damaged, and the xorbs that only they had chunks of."""
        with self._writing() as sql:
            touched = False
            for sha256 in contents:
                for (content,) in sql.execute("SELECT id FROM content WHERE sha256 = ?", (sha256,)).fetchall():
                    touched = True
                    sql.executemany(
                        "DELETE FROM place WHERE chunk = ? AND content = ?",
                        [(chunk.hash, content) for chunk in self._chunks_of(content)],
                    )
                    sql.execute("DELETE FROM part WHERE content = ?", (content,))
                    sql.execute("DELETE FROM content WHERE id = ?", (content,))
            if touched:
                self._forget_xorbs()
                # Clients would otherwise refer to chunks that are gone.
                sql.execute("DELETE FROM client_cache")

    def cache_name(self, repository: int) -> str:
        """Return a part of the address of a repository's chunks: clients keep what they know of them by address."""
        row = self._sql.execute("SELECT name FROM client_cache WHERE repository = ?", (repository,)).fetchone()
        if row is None:
            with self._writing() as sql:
                name = f"{repository}-{secrets.token_hex(8)}"
                sql.execute("INSERT OR IGNORE INTO client_cache VALUES (?, ?)", (repository, name))
            return self.cache_name(repository)
        return str(row[0])

    def rename_cache(self, repository: int) -> None:
        """Make clients forget what they know of a repository's xorbs."""
        with self._writing() as sql:
            sql.execute("DELETE FROM client_cache WHERE repository = ?", (repository,))

    def compact(self) -> None:
        """Release the space of deleted data; no other process may use the database."""
        self._sql.execute("VACUUM")
        self.truncate_log()

    def truncate_log(self) -> None:
        """Remove deleted data from the write-ahead log, unless a reader still uses it."""
        self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def _sql(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")
            self._local.connection = connection
        found: sqlite3.Connection = self._local.connection
        return found

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        sql = self._sql
        sql.execute("BEGIN IMMEDIATE")
        try:
            yield sql
        except BaseException:
            with suppress(sqlite3.Error):
                sql.execute("ROLLBACK")
            raise
        sql.execute("COMMIT")

    def _add_xorb(self, hash_: bytes, chunks: Sequence[Chunk]) -> None:
        self._sql.execute("INSERT OR IGNORE INTO xorb VALUES (?, ?)", (hash_, pack(chunks)))

    def _forget_xorbs(self) -> None:
        """Remove the xorbs that have a chunk which is nowhere any more."""
        kept = self._sql.execute("SELECT hash FROM xorb WHERE hash NOT IN (SELECT xorb FROM waiting)").fetchall()
        for (hash_,) in kept:
            if not all(self._placed(chunk) for chunk in self.xorb(hash_) or ()):
                self._sql.execute("DELETE FROM xorb WHERE hash = ?", (hash_,))

    def _placed(self, chunk: Chunk) -> bool:
        return self._sql.execute("SELECT 1 FROM place WHERE chunk = ? LIMIT 1", (chunk.hash,)).fetchone() is not None

    def _chunks_of(self, content: int) -> Iterator[Chunk]:
        for (xorb,) in self._sql.execute("SELECT xorb FROM part WHERE content = ?", (content,)).fetchall():
            yield from self.xorb(xorb) or ()

    def _waiting_path(self, repository: int, xorb: bytes) -> Path:
        return self._xorbs / f"{repository}-{to_hex(xorb)}"


def _prepare(path: Path) -> None:
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            schema = files("globmed.hub.storage.xet").joinpath("schema.sql").read_text("utf-8")
            for statement in schema.split(";"):
                connection.execute(statement)
        connection.execute("COMMIT")


def _runs(chunks: Iterable[Chunk]) -> Iterator[list[Chunk]]:
    """Yield a file's chunks in runs that a xorb has room for."""
    run: list[Chunk] = []
    size = 0
    for chunk in chunks:
        if size + chunk.size > PART_BYTES or len(run) == MAX_CHUNKS:
            yield run
            run, size = [], 0
        run.append(chunk)
        size += chunk.size
    if run:
        yield run
