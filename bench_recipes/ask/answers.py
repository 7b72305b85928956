"""The paid answers: one SQLite file per run, written as each answer arrives."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

TABLES = """
create table if not exists answers (
    key text primary key, status integer not null, body blob not null, dollars real not null
) without rowid;
create table if not exists discarded (
    key text not null, status integer not null, body blob not null, dollars real not null
);
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer, byte for byte, and its cost if the price is known."""

    status: int
    body: bytes
    dollars: float = 0.0


class Answers:
    """Answers by request. A row is complete or absent, whichever process is killed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> Answer | None:
        """Return the answer to a request; None if it was not sent yet."""
        row = self._connection.execute("select status, body, dollars from answers where key = ?", (key,)).fetchone()
        return Answer(*row) if row else None

    def add(self, key: str, answer: Answer) -> None:
        """Store an answer; it is on disk when this returns."""
        with self._connection:
            self._connection.execute(
                "insert into answers values (?, ?, ?, ?)", (key, answer.status, answer.body, answer.dollars)
            )

    def discard(self, key: str, answer: Answer) -> None:
        """Move an unusable answer, which may have cost something, aside; the request counts as not sent."""
        with self._connection:
            self._connection.execute("delete from answers where key = ?", (key,))
            self._connection.execute(
                "insert into discarded values (?, ?, ?, ?)", (key, answer.status, answer.body, answer.dollars)
            )

    def spent(self) -> float:
        """Return the cost of all answers in US dollars, discarded ones included."""
        return float(
            self._one("select total(dollars) from answers") + self._one("select total(dollars) from discarded")
        )

    def count(self) -> int:
        """Return the number of answers."""
        return int(self._one("select count(*) from answers"))

    def _one(self, query: str) -> float:
        found: float = self._connection.execute(query).fetchone()[0]
        return found


@contextmanager
def opened(path: Path) -> Iterator[Answers]:
    """Open the answers in a file, which is created if it does not exist."""
    with closing(sqlite3.connect(path)) as connection:
        # A write-ahead log: a commit is one append, and readers do not wait.
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.executescript(TABLES)
        yield Answers(connection)


def key_of(address: str, body: bytes) -> str:
    """Return the key of a request: the SHA-256 of its address and body, without the headers."""
    return hashlib.sha256(address.encode() + b"\n" + body).hexdigest()
