"""The reviewers' work so far, item by item, in SQLite: on disk before the page reports it as saved."""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders.review.readers import Line
from builders.review.returns import sent_items
from builders.review.round import DIMENSIONS, Round
from builders.rows.texts import LONGEST, block

HALF = re.compile("[\ud800-\udfff]")
TABLE = "CREATE TABLE IF NOT EXISTS saves (code TEXT PRIMARY KEY, at INTEGER NOT NULL, work TEXT NOT NULL) STRICT"
WRITE = (
    "INSERT INTO saves VALUES (?, ?, ?) "
    "ON CONFLICT (code) DO UPDATE SET at = excluded.at, work = excluded.work WHERE excluded.at >= saves.at"
)
#: A page's clock may be wrong, but not so wrong that nothing could be saved after it.
LATEST = 2**53


class UnfitError(ValueError):
    """Input that none of our pages sends."""


@dataclass(frozen=True, slots=True)
class Work:
    """A reviewer's work on an item; ``at`` orders its saves."""

    at: int = 0
    ratings: Mapping[str, int | None] = field(default_factory=lambda: dict.fromkeys(DIMENSIONS))
    edits: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""

    @property
    def done(self) -> bool:
        """Return whether every rating is given."""
        return all(self.ratings.get(name) for name in DIMENSIONS)

    @property
    def begun(self) -> bool:
        """Return whether there is any work."""
        return bool(any(self.ratings.values()) or self.edits or self.comment)


def read_work(sent: object, item: Mapping[str, Any]) -> Work:
    """Return the work that a page sent for an item; edits that leave a text unchanged are dropped.

    Raises:
        UnfitError: it is not in the form that a page sends.
    """
    if not isinstance(sent, dict) or type(at := sent.get("at")) is not int or not 0 <= at < LATEST:
        raise UnfitError("at: expected a whole number")
    ratings = {name: sent.get(name) for name in DIMENSIONS}
    if not all(value is None or (type(value) is int and 1 <= value <= 5) for value in ratings.values()):
        raise UnfitError("ratings: expected null or 1 to 5")
    edits, comment = sent.get("edits", {}), sent.get("comment", "")
    texts = {text["name"]: text["translation"] for text in item["texts"]}
    if not isinstance(edits, dict) or not all(name in texts and _is_text(text) for name, text in edits.items()):
        raise UnfitError("edits: expected the names of the item's texts, and text")
    if not _is_text(comment):
        raise UnfitError("comment: expected text")
    kept = {name: text for name, text in edits.items() if text.replace("\r\n", "\n") != texts[name]}
    return Work(at, ratings, kept, comment)


def _is_text(value: object) -> bool:
    """Return whether it is text that fits in a cell of a sheet, without unpaired surrogates."""
    return isinstance(value, str) and len(value) <= LONGEST and not HALF.search(value)


@dataclass(frozen=True, slots=True)
class Saves:
    """The saved work of a round."""

    path: Path

    def write(self, code: str, work: Work) -> Work:
        """Save the work unless a later save exists; return what is stored."""
        kept = {"ratings": dict(work.ratings), "edits": dict(work.edits), "comment": work.comment}
        text = json.dumps(kept, ensure_ascii=False)
        with self._open() as database:
            database.execute(WRITE, (code, work.at, text))
        return self.read().get(code, work)

    def read(self) -> dict[str, Work]:
        """Return all work by code."""
        with self._open() as database:
            rows = database.execute("SELECT code, at, work FROM saves").fetchall()
        return {code: Work(at, **json.loads(text)) for code, at, text in rows}

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.path, timeout=30)
        try:
            with database:
                database.execute("PRAGMA synchronous = FULL")
                database.execute(TABLE)
                yield database
        finally:
            database.close()


def saved_lines(round_: Round) -> list[Line]:
    """Return what was saved on the page as lines of a returned sheet, one per item."""
    if not round_.saves.is_file():
        return []
    sent, saves = sent_items(round_), Saves(round_.saves).read()
    return [
        Line(f"page of {item['rater']}", item["place"] + 1, _cells(item, saves[code]))
        for code, item in sent.items()
        if code in saves and saves[code].begun
    ]


def _cells(item: Mapping[str, Any], work: Work) -> dict[str, Any]:
    edited = [text | {"translation": work.edits.get(text["name"], text["translation"])} for text in item["texts"]]
    return {
        "item": item["code"],
        "source": block(item["texts"], "source"),
        "translation": block(item["texts"], "translation"),
        "flagged": None,
        **work.ratings,
        "edit": block(edited, "translation"),
        "comment": work.comment,
    }
