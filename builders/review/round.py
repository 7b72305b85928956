"""The folder of a round: the plan, the returned ratings, and the results."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from builders.rows.texts import TEXT
from globmed.errors import UserError
from globmed.storage.files import write_text

DIMENSIONS = ("accuracy", "fluency", "completeness")
_TEXTS = pl.List(pl.String())
ITEMS: dict[str, pl.DataType] = {
    **dict.fromkeys(("item", "config", "row", "part"), pl.String()),
    "critical": pl.Boolean(),
    "reasons": _TEXTS,
    "texts": pl.List(TEXT),
    **dict.fromkeys(("missing", "added", "terms", "agreed"), _TEXTS),
}
#: ``code`` names an item to one rater, so that two raters cannot tell which they share.
ASSIGNMENTS: dict[str, pl.DataType] = {
    **dict.fromkeys(("code", "item", "config", "rater"), pl.String()),
    "place": pl.Int64(),
}
EDITS = pl.List(pl.Struct({"name": pl.String, "text": pl.String}))
#: A finished rating; ``edits`` has the texts that the rater changed.
RATINGS: dict[str, pl.DataType] = {
    **dict.fromkeys(("code", "item", "config", "rater"), pl.String()),
    **dict.fromkeys(DIMENSIONS, pl.Int64()),
    "edits": EDITS,
    "comment": pl.String(),
    "file": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Round:
    """The folder of a round."""

    root: Path

    @property
    def settings(self) -> Path:
        """The parameters of the round and the numbers of rows drawn, for people."""
        return self.root / "round.toml"

    @property
    def items(self) -> Path:
        """`ITEMS`."""
        return self.root / "items.parquet"

    @property
    def assignments(self) -> Path:
        """`ASSIGNMENTS`."""
        return self.root / "assignments.parquet"

    @property
    def ratings(self) -> Path:
        """`RATINGS` of all imports so far."""
        return self.root / "ratings.parquet"

    @property
    def sheets(self) -> Path:
        """The files to send to raters."""
        return self.root / "sheets"

    @property
    def findings(self) -> Path:
        """The findings of the last import."""
        return self.root / "findings.csv"

    @property
    def near_copies(self) -> Path:
        """Unreviewed rows that nearly repeat an edited text, for the next round."""
        return self.root / "near_copies.parquet"

    @property
    def saves(self) -> Path:
        """The work that reviewers saved on the web page."""
        return self.root / "saves.sqlite"

    def read_settings(self) -> dict[str, Any]:
        """Return the settings.

        Raises:
            UserError: there is no round in the folder.
        """
        try:
            return tomllib.loads(self.settings.read_text("utf-8"))
        except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
            raise UserError(f"{self.root}: no round was planned there; run `globmed review plan` first") from error

    def read_items(self) -> pl.DataFrame:
        """Return the items."""
        self.read_settings()
        return pl.read_parquet(self.items, glob=False)

    def read_assignments(self) -> pl.DataFrame:
        """Return the assignments, in the order in which each rater sees them."""
        self.read_settings()
        return pl.read_parquet(self.assignments, glob=False).sort("config", "rater", "place")

    def read_ratings(self) -> pl.DataFrame:
        """Return the finished ratings; none before the first import."""
        self.read_settings()
        return pl.read_parquet(self.ratings, glob=False) if self.ratings.is_file() else pl.DataFrame(schema=RATINGS)

    def finished_ratings(self) -> pl.DataFrame:
        """Return the finished ratings, of which there has to be one.

        Raises:
            UserError: none was imported yet.
        """
        ratings = self.read_ratings()
        if ratings.is_empty():
            raise UserError(f"{self.root}: no rating yet; run `globmed review import {self.root} FILE...` first")
        return ratings


def write_settings(path: Path, settings: Mapping[str, Any]) -> None:
    """Write values, then tables, as TOML."""
    plain = [f"{name} = {_value(value)}" for name, value in settings.items() if not isinstance(value, Mapping)]
    tables = [
        "\n".join(["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())])
        for name, table in settings.items()
        if isinstance(table, Mapping)
    ]
    write_text(path, "\n".join([*plain, *tables]) + "\n")


def _value(value: object) -> str:
    """Return a TOML value; strings, numbers, booleans and lists of them are the same in JSON."""
    return json.dumps(value, ensure_ascii=False)
