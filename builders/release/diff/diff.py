"""Differences between two versions: rows added, removed, moved or changed, by language and column.

Files with the same SHA-256 in both manifests are not opened. The others are compared row by row in every column, one
language at a time; files on a Hub are read from there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from builders.release.diff.copy import Copy
from globmed.cli.console import track
from globmed.languages import languages
from globmed.schema import FIELDS
from globmed.storage.queries import connect, query
from globmed.versions.numbers import Version

if TYPE_CHECKING:
    import duckdb

Level = Literal["none", "patch", "minor", "major"]
#: Examples of each kind, by language, source and column, and how many characters of a value they show.
EXAMPLES, SHOWN = 3, 120
#: ... and how many of them before the first that differs.
BEFORE = 30
_COLUMNS = ("split", *(field.name for field in FIELDS))
_PLACE = [(name, pl.String()) for name in ("config", "source", "kind")]
COUNTS = pl.Schema([*_PLACE, ("column", pl.String()), ("rows", pl.Int64())])
EXAMPLE = pl.Schema([*_PLACE, *((name, pl.String()) for name in ("id", "column", "old", "new"))])


@dataclass(frozen=True, slots=True)
class Diff:
    """The differences of ``newer`` from ``older``.

    Attributes:
        older: the version to compare with.
        newer: the version that is compared.
        counts: ``config, source, kind, column, rows``; kind is added, removed, moved (to another split) or changed;
            the column is null for whole rows.
        examples: ``config, source, kind, id, column, old, new``.
        columns: the names of the columns added and removed, by config.
        other_files: files other than the rows that differ.
    """

    older: str
    newer: str
    counts: pl.DataFrame
    examples: pl.DataFrame
    columns: Mapping[str, tuple[Sequence[str], Sequence[str]]]
    other_files: Sequence[str]

    @property
    def rows(self) -> pl.DataFrame:
        """``config, source, kind, rows``."""
        return self.counts.filter(pl.col("column").is_null()).drop("column")

    @property
    def level(self) -> Level:
        """The level of the change in Semantic Versioning, as the design defines it."""
        kinds = set(self.rows["kind"])
        if kinds - {"added"} or any(removed for _, removed in self.columns.values()):
            return "major"
        if kinds or any(added for added, _ in self.columns.values()):
            return "minor"
        return "patch" if self.other_files else "none"

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary for JSON."""
        return {
            "older": self.older,
            "newer": self.newer,
            "level": self.level,
            "rows": self.rows.to_dicts(),
            "columns": self.counts.filter(pl.col("column").is_not_null()).to_dicts(),
            "schema": {
                config: {"added": list(added), "removed": list(removed)}
                for config, (added, removed) in self.columns.items()
            },
            "examples": self.examples.to_dicts(),
            "other_files": list(self.other_files),
        }


def required_version(previous: Version, level: Level) -> Version:
    """Return the smallest version that may follow ``previous`` with a change of that level."""
    if level == "major":
        return Version(previous.major + 1, 0, 0)
    if level == "minor":
        return Version(previous.major, previous.minor + 1, 0)
    return Version(previous.major, previous.minor, previous.patch + 1)


def compare(older: Copy, newer: Copy) -> Diff:
    """Compare two copies; if both are on a Hub, it is the same one.

    Raises:
        UserError: the Hub cannot be read (inside `builders.release.hub.repository.open_repository`).
    """
    configs = [name for name in languages() if name in {*older.configs, *newer.configs}]
    differing = {config: _differing(older, newer, config) for config in configs}
    counts, examples, columns = [COUNTS.to_frame()], [EXAMPLE.to_frame()], {}
    with connect() as database:
        on_hub = [copy.files for copy in (older, newer) if "hf" in copy.files.protocol]
        for files in on_hub[:1]:
            database.register_filesystem(files)
        for config in _tracked(configs, differing):
            theirs, ours = differing[config]
            if theirs or ours:
                before, after = _open(database, "older", older, theirs), _open(database, "newer", newer, ours)
                columns[config] = added, removed = _schema_change(before, after)
                both = [name for name in _COLUMNS if name not in {*added, *removed}]
                found = query(database, "diff/rows", columns=both)
                rows = {"differences": found.with_columns(config=pl.lit(config))}
                counts.append(query(database, "diff/counts", rows).cast(COUNTS))
                examples.append(query(database, "diff/examples", rows, examples=EXAMPLES).cast(EXAMPLE))
    return Diff(
        older=older.name,
        newer=newer.name,
        counts=pl.concat(counts),
        examples=_shortened(pl.concat(examples)),
        columns={config: change for config, change in columns.items() if any(change)},
        other_files=_other_files(older, newer),
    )


def _shortened(examples: pl.DataFrame) -> pl.DataFrame:
    """Shorten old and new values to start a little before the first character that differs."""
    pairs = [_cut(old or "", new or "") for old, new in examples.select("old", "new").iter_rows()]
    cut = pl.DataFrame(pairs, schema={"old": pl.String, "new": pl.String}, orient="row")
    shown = {name: pl.when(pl.col(name).is_not_null()).then(cut[name]) for name in ("old", "new")}
    return examples.with_columns(**shown)


def _cut(old: str, new: str) -> tuple[str, str]:
    same = sum(1 for _ in takewhile(lambda marks: marks[0] == marks[1], zip(old, new, strict=False)))
    start = max(same - BEFORE, 0)
    first, second = ("…" + text[start:] if start else text for text in (old, new))
    return _start(first), _start(second)


def _start(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _differing(older: Copy, newer: Copy, config: str) -> tuple[list[str], list[str]]:
    """Return the paths of a config's files that differ, of the older and of the newer version."""
    theirs, ours = older.data(config), newer.data(config)
    return (
        [path for path, sha256 in theirs.items() if ours.get(path) != sha256],
        [path for path, sha256 in ours.items() if theirs.get(path) != sha256],
    )


def _tracked(configs: Sequence[str], differing: Mapping[str, tuple[list[str], list[str]]]) -> Iterable[str]:
    work = {config: sum(map(len, differing[config])) for config in configs}
    return track(configs, "compare", max(sum(work.values()), 1), work.__getitem__)


def _open(database: "duckdb.DuckDBPyConnection", view: str, copy: Copy, paths: Sequence[str]) -> set[str]:
    """Create a view with `_COLUMNS` of the rows of some files; return the columns that they have."""
    names = [field.name for field in FIELDS]
    if not paths:
        nothing = ", ".join(f'NULL::VARCHAR AS "{name}"' for name in names)
        database.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT NULL::VARCHAR AS split, {nothing} LIMIT 0")
        return set()
    rows = database.read_parquet([copy.url(path) for path in paths], filename=True, union_by_name=True)
    there = set(rows.columns) - {"filename"}
    columns = ", ".join(f'"{name}"' if name in there else f'NULL AS "{name}"' for name in names)
    split = "regexp_extract(filename, '([a-z]+)-[^/\\\\]*$', 1)"
    rows.project(f"{split} AS split, {columns}").create_view(view, replace=True)
    return there


def _schema_change(before: set[str], after: set[str]) -> tuple[Sequence[str], Sequence[str]]:
    return (sorted(after - before), sorted(before - after)) if before and after else ((), ())


def _other_files(older: Copy, newer: Copy) -> list[str]:
    theirs, ours = older.manifest.files, newer.manifest.files
    paths = {path for path in theirs.keys() | ours.keys() if not path.startswith("data/")}
    return sorted(path for path in paths if theirs.get(path) != ours.get(path))
