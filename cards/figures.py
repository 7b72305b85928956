"""The figures of the cards; those of the rows are counted from a version's Parquet files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from globmed.languages import Language, languages
from globmed.schema import ORIGINS, SIGNALS, SPLITS, TASKS


@dataclass(frozen=True, slots=True)
class SourceRows:
    """Rows of one source in one config, by split, origin and task."""

    name: str
    splits: Mapping[str, int]
    origins: Mapping[str, int]
    tasks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Engine:
    """A translator of rows of a config: an engine, and its package if it has one."""

    origin: str
    engine: str | None
    package: str | None
    version: str | None
    rows: int


class Spread(NamedTuple):
    """The spread of a signal's values: 5th percentile, median, 95th percentile."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality signals of a config's translated rows.

    Attributes:
        measured: rows with at least one signal.
        flagged: of these, rows with at least one reason.
        critical: of these, rows with a critical reason.
        unresolved: rows with a sentence for which no hypothesis kept the numbers.
        reasons: rows by reason; a row may have several.
        signals: for each measured signal the median, and the bounds of the middle nine tenths of the rows.
    """

    measured: int
    flagged: int
    critical: int
    unresolved: int
    reasons: Mapping[str, int]
    signals: Mapping[str, Spread] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConfigFigures:
    """The figures of one config.

    ``answers`` has the rows by task and answer, ``reviews`` by status, ``specialties`` and ``countries`` by those that
    the rows name.
    """

    language: Language
    rows: Mapping[str, int]
    origins: Mapping[str, int]
    tasks: Mapping[str, int]
    sources: Sequence[SourceRows]
    answers: Mapping[str, Mapping[str, int]]
    reviews: Mapping[str, int]
    engines: Sequence[Engine]
    quality: Quality
    specialties: Mapping[str, int] = field(default_factory=dict)
    countries: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Rows in all splits."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The facts about a source on the cards; ``publish_reason`` is why it may, or may not, be published."""

    name: str
    title: str
    tasks: Sequence[str]
    licence: str
    upstream: str
    revision: str | None
    publish_reason: str
    citation: str


@dataclass(frozen=True, slots=True)
class Leaks:
    """Items of a source's train split that were left out, since a held-out item of ``repeats`` asks the same."""

    source: str
    repeats: str
    items: int


@dataclass(frozen=True, slots=True)
class Gap:
    """English items of a source without a row in a config: ``withheld`` by a critical finding, or not translated."""

    config: str
    source: str
    absent: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Born:
    """Items of a source that were born in another language than English, and how many of them are in English.

    ``withheld`` have an English by machine that changed a number or the like.
    """

    source: str
    language: str
    items: int
    english: int
    withheld: int


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """The row of the example item in one config."""

    config: str
    id: str
    question: str
    options: str
    answer: str
    origin: str
    status: str


def count_configs(data: Path) -> list[ConfigFigures]:
    """Return the figures of every config with files ``<config>/<split>-*.parquet`` in ``data``, in the list's order."""
    known = [each for each in languages().values() if any((data / each.name).glob("*.parquet"))]
    return [_count(each, _facts(data / each.name)) for each in known]


def example_rows(data: Path, configs: Sequence[str]) -> list[ExampleRow]:
    """Return the row in each of ``configs`` of the shortest multiple-choice item of train that all of them have.

    No row with a finding is an example, and none that is held out: cards are crawled for training data.
    """
    files = [sorted((data / config).glob("train-*.parquet")) for config in configs]
    if not all(files):
        return []
    option = pl.format("{}: {}", pl.element().struct.field("label"), pl.element().struct.field("text"))
    rows = pl.concat(
        [
            pl.scan_parquet(own, glob=False)
            .filter(pl.col("context").is_null(), pl.col("quality").struct.field("reasons").list.len().fill_null(0) == 0)
            .select(
                pl.lit(config).alias("config"),
                "id",
                "question",
                pl.col("options").list.eval(option).list.join("; ").alias("options"),
                "answer",
                "origin",
                pl.col("review").struct.field("status"),
            )
            .drop_nulls(["question", "options", "answer"])
            for config, own in zip(configs, files, strict=True)
        ]
    )
    length = (pl.col("question").str.len_chars() + pl.col("options").str.len_chars()).sum().over("id")
    first = (
        rows.with_columns(length=length)
        .filter(pl.len().over("id") == len(configs))
        .sort("length", "id", maintain_order=True)
        .drop("length")
        .head(len(configs))
    )
    return [ExampleRow(**row) for row in first.collect().iter_rows(named=True)]


def _facts(folder: Path) -> pl.DataFrame:
    """Return the facts of every row that are counted, without its texts."""
    quality, provenance = pl.col("quality").struct, pl.col("provenance").struct
    columns = (
        "source",
        "task",
        "origin",
        "answer",
        "specialty",
        "country",
        pl.any_horizontal(quality.field(*SIGNALS).is_not_null()).alias("measured"),
        quality.field("critical", "reasons", *SIGNALS),
        provenance.field("engine", "package", "version", "unresolved"),
        pl.col("review").struct.field("status"),
    )
    parts = [
        pl.scan_parquet(files, glob=False).select(pl.lit(split).alias("split"), *columns)
        for split in SPLITS
        if (files := sorted(folder.glob(f"{split}-*.parquet")))
    ]
    return pl.concat(parts).collect()


def _count(language: Language, facts: pl.DataFrame) -> ConfigFigures:
    return ConfigFigures(
        language=language,
        rows=_by(facts, "split", SPLITS),
        origins=_by(facts, "origin", ORIGINS),
        tasks=_by(facts, "task", TASKS),
        sources=[
            SourceRows(str(name), _by(part, "split", SPLITS), _by(part, "origin", ORIGINS), _by(part, "task", TASKS))
            for (name,), part in sorted(facts.partition_by("source", as_dict=True).items())
        ],
        answers={
            task: _by(part, "answer")
            for task in TASKS
            if (part := facts.filter(pl.col("answer").is_not_null(), task=task)).height
        },
        reviews=_by(facts, "status"),
        engines=[
            Engine(*row)
            for row in facts.filter(pl.col("origin") != "original")
            .group_by("origin", "engine", "package", "version")
            .agg(pl.len())
            .sort(pl.col("len"), "origin", "engine", "package", "version", descending=[True] + [False] * 4)
            .iter_rows()
        ],
        quality=_quality(facts),
        specialties=_by(facts, "specialty"),
        countries=_by(facts, "country"),
    )


def _quality(facts: pl.DataFrame) -> Quality:
    measured = facts.filter("measured")
    reasons = _by(measured.explode("reasons").drop_nulls("reasons"), "reasons")
    return Quality(
        measured=measured.height,
        flagged=measured.filter(pl.col("reasons").list.len() > 0).height,
        critical=measured.filter("critical").height,
        unresolved=facts.filter(pl.col("unresolved") > 0).height,
        reasons=reasons,
        signals={
            signal: Spread(*(float(str(values.quantile(share, "nearest"))) for share in (0.05, 0.5, 0.95)))
            for signal in SIGNALS
            if (values := measured[signal].drop_nulls()).len()
        },
    )


def _by(facts: pl.DataFrame, column: str, expected: Sequence[str] = ()) -> dict[str, int]:
    """Count rows by the values of a column: first those ``expected``, in that order, then the others sorted."""
    counted = facts.group_by(column).agg(pl.len().cast(pl.Int64)).drop_nulls(column).sort(column)
    return dict.fromkeys(expected, 0) | dict(counted.iter_rows())
