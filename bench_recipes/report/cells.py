"""Format the columns of a table for readers: per cent, points, intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from bench_recipes.compare.scopes import ALL
from bench_recipes.report.comparison import Statistics
from globmed.cli.console import visible

NONE = "–"
#: The report's names of the groups of languages and of all tasks together.
NAMES = {ALL: "all", "high": "high-resource", "low": "low-resource"}


@dataclass(frozen=True)
class Table:
    """The shown part of a table, as text; ``file`` has the whole table."""

    frame: pl.DataFrame
    file: str | None = None
    note: str = ""
    #: Number of leading columns of text, aligned left.
    texts: int = 1

    @property
    def rows(self) -> list[list[str]]:
        """Return the cells without invisible characters and marks of writing direction."""
        return [[visible(str(cell)) for cell in row] for row in self.frame.iter_rows()]


@dataclass(frozen=True)
class Section:
    """A section of the report: text, plot, tables."""

    name: str
    title: str
    says: Sequence[str] = ()
    plot: str | None = None
    tables: Sequence[Table] = field(default=())


@dataclass(frozen=True)
class Focus:
    """The scope that the report leads with: all tasks and all languages if there are several."""

    task: str
    scope: str
    #: Runs from best to worst; those that were not asked everything come last.
    order: pl.DataFrame


def focus(found: Statistics) -> Focus:
    """Return the focus of some statistics."""
    tasks, scopes = (found.accuracy[name].unique(maintain_order=True).to_list() for name in ("task", "scope"))
    task = ALL if ALL in tasks else next(iter(tasks), ALL)
    scope = ALL if ALL in scopes else next(iter(scopes), ALL)
    own = found.accuracy.filter(task=task, scope=scope)
    ranked = found.runs.select(run="name").join(own, on="run", how="left", maintain_order="left")
    ranked = ranked.join(found.ranks.filter(task=task, scope=scope).select("run", "rank"), on="run", how="left")
    ordered = ranked.sort(["rank", "accuracy"], descending=[False, True], nulls_last=True, maintain_order=True)
    return Focus(task, scope, ordered.select("run").with_row_index("place"))


def sorted_by(frame: pl.DataFrame, order: pl.DataFrame) -> pl.DataFrame:
    """Sort rows in the order of the runs."""
    return frame.join(order, on="run", how="inner").sort("place", maintain_order=True).drop("place")


def per_cent(column: str, digits: int = 1) -> pl.Expr:
    """Return a share as per cent, without the sign."""
    return _number(100 * pl.col(column), digits).alias(column)


def points(column: str, digits: int = 1) -> pl.Expr:
    """Return a difference of shares in points, with its sign."""
    plus = pl.when((100 * pl.col(column)).round(digits) > 0).then(pl.lit("+")).otherwise(pl.lit(""))
    return (plus + _number(100 * pl.col(column), digits)).fill_null(NONE).alias(column)


def number(column: str, digits: int = 2) -> pl.Expr:
    """Return a number."""
    return _number(pl.col(column), digits).alias(column)


def within(value: pl.Expr, low: pl.Expr, high: pl.Expr, link: str = " to ") -> pl.Expr:
    """Return a value with its interval, both as text."""
    shown = pl.format("{} ({}" + link + "{})", value, low, high)
    return pl.when(low == NONE).then(value).otherwise(shown)


def share_within(value: str, low: str, high: str) -> pl.Expr:
    """Return a share with its interval, per cent."""
    return within(per_cent(value), per_cent(low), per_cent(high)).alias(value)


def points_within(value: str, low: str, high: str) -> pl.Expr:
    """Return a difference with its interval, points."""
    return within(points(value), points(low), points(high)).alias(value)


def ratio_within(value: str, low: str, high: str) -> pl.Expr:
    """Return a ratio with its interval."""
    return within(number(value), number(low), number(high)).alias(value)


def p_value(column: str) -> pl.Expr:
    """Return a p-value."""
    shown = pl.when(pl.col(column) < 0.001).then(pl.lit("<0.001")).otherwise(_number(pl.col(column), 3))
    return shown.alias(column)


def wide(frame: pl.DataFrame, columns: str, cells: str, names: Sequence[str], order: pl.DataFrame) -> pl.DataFrame:
    """Return one row per run and one column per name, in their orders; cells are text."""
    there = [name for name in names if name in set(frame[columns])]
    made = frame.pivot(columns, index="run", values=cells, maintain_order=True)
    return sorted_by(made, order).select("run", *there).with_columns(pl.exclude("run").fill_null(NONE))


def _number(value: pl.Expr, digits: int) -> pl.Expr:
    rounded = value.cast(pl.Float64).round(digits)
    text = rounded.map_batches(
        lambda found: pl.Series([None if each is None else _text(each, digits) for each in found], dtype=pl.String),
        return_dtype=pl.String,
    )
    return text.fill_null(NONE)


def _text(value: float, digits: int) -> str:
    # Zero has no sign.
    return f"{value + 0.0:.{digits}f}".replace("-", "−")
