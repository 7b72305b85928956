"""Gains by fine-tuning: a tuned model minus the model that it was made from, on the items that both were asked.

A gain is told in three ways, side by side: the difference of the correct shares; relative to the baseline,
after / before - 1; and relative to what the baseline has above chance, (after - chance) / (before - chance) - 1. Near
chance a relative gain is mostly noise: where the baseline, or what it has above chance, may be less than `LEAST`, it is
null.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from bench_recipes.compare.accuracy import chances
from bench_recipes.compare.disparity import LEAST
from bench_recipes.compare.grid import Grid, read_grid
from bench_recipes.compare.paired import between_runs, corrected
from bench_recipes.compare.resample import RESAMPLES, percentiles
from bench_recipes.compare.scopes import ALL, groups
from bench_recipes.compare.shared import Shared, shared
from bench_recipes.compare.specialties import by_specialty
from globmed.errors import UserError
from globmed.languages import languages
from globmed.records.results import RESULTS
from globmed.schema import TASKS

LOW = "low"
Doubles = npt.NDArray[np.floating]
#: By scope: the mean share of the two runs, and the same in every resample (resamples x 2).
Means = Mapping[str, tuple[Doubles, Doubles]]


@dataclass(frozen=True)
class Ratio:
    """A ratio after / before with its 95 % interval; all null if ``before`` may be too small to divide by."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    def columns(self, name: str, less: float = 0.0) -> dict[str, float | None]:
        """Return the columns ``name``, ``name_low`` and ``name_high``, each reduced by ``less``."""
        found = {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}
        return {key: None if each is None else each - less for key, each in found.items()}


def read_pair(before: Path, after: Path, tasks: Sequence[str] = TASKS) -> Grid:
    """Read the run of a baseline and that of the model that was made from it, in this order.

    Args:
        before: the folder of the baseline's run.
        after: the folder of the tuned model's run.
        tasks: the tasks to compare.

    Raises:
        UserError: as `read_grid`; a folder with several runs, or one that was asked otherwise than the other.
    """
    grid = read_grid([before, after], tasks)
    files = [str((folder / RESULTS).resolve()) for folder in (before, after)]
    places = {file: place for place, file in enumerate(grid.runs["file"])}
    if sorted(places) != sorted(files):
        raise UserError(f"{before} and {after}: expected one run in each; name the folders of the runs themselves")
    if grid.runs.select("method", "style", "shots").n_unique() > 1:
        raise UserError(f"{before} and {after}: asked by another method, style or number of examples: ask both alike")
    return grid.pick([places[file] for file in files])


def gains(pairs: Mapping[str, Grid], resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return one row per task, recipe and scope; Holm's correction covers a task.

    Args:
        pairs: a grid of two runs, the baseline first, by the name of the recipe.
        resamples: the number of them.

    Raises:
        UserError: the two runs of a pair have no item in common.
    """
    parts = [_of_pair(grid, resamples).with_columns(recipe=pl.lit(name)) for name, grid in pairs.items()]
    return corrected(pl.concat([_empty(), *(part.select(_empty().columns) for part in parts)]), ["task"])


def specialty_gains(pairs: Mapping[str, Grid], resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return the rows of `gains` for every specialty with enough items; Holm's correction covers a task and scope."""
    parts = [
        _of_pair(part, resamples).with_columns(recipe=pl.lit(name), specialty=pl.lit(specialty))
        for name, grid in pairs.items()
        for specialty, part in by_specialty(grid)
    ]
    empty = _empty().with_columns(specialty=pl.lit(None, pl.String)).select("specialty", pl.exclude("specialty"))
    return corrected(pl.concat([empty, *(part.select(empty.columns) for part in parts)]), ["task", "scope"])


def headline(pairs: Mapping[str, Grid], resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return the two figures that the paper leads with: one row per recipe, then, of several, their mean as ``all``.

    The accuracy of a model is the mean over its languages and closed tasks, each cell with equal weight. ``relative``
    is after / before - 1 of that mean, ``low_ratio`` is after / before of the mean over the low-resource languages.
    """
    found = {name: _means(grid, resamples) for name, grid in pairs.items()}
    rows = [_headline(name, [means]) for name, means in found.items()]
    if len(found) > 1:
        rows.append(_headline(ALL, list(found.values())))
    return pl.DataFrame(rows, schema=_HEADLINE)


def _of_pair(grid: Grid, resamples: int) -> pl.DataFrame:
    guess = {task: chances(part) for task, part in groups(grid)}
    parts = shared(grid, resamples)
    turned = between_runs(parts).select(
        "task",
        "scope",
        "items",
        pl.col("first_only").alias("before_only"),
        pl.col("second_only").alias("after_only"),
        (-pl.col("difference")).alias("gain"),
        (-pl.col("high")).alias("gain_low"),
        (-pl.col("low")).alias("gain_high"),
        "test",
        "p_exact",
        "p",
    )
    ratios = pl.DataFrame([_ratios(part, guess[part.task]) for part in parts], schema=_RATIOS)
    return turned.join(ratios, on=["task", "scope"], how="left", maintain_order="left")


def _ratios(part: Shared, guess: npt.NDArray[np.float32]) -> dict[str, object]:
    asked = part.tried.sum(dtype=float)
    before, after = part.hits.sum(axis=1, dtype=float) / asked
    chance = float(part.tried @ guess / asked)
    relative = _ratio(before, after, part.drawn[:, 0], part.drawn[:, 1])
    above = _ratio(before - chance, after - chance, part.drawn[:, 0] - chance, part.drawn[:, 1] - chance)
    return {
        "task": part.task,
        "scope": part.scope,
        "before": before,
        "after": after,
        "chance": chance,
        **relative.columns("relative", 1),
        **above.columns("relative_above_chance", 1),
    }


def _ratio(before: float, after: float, drawn_before: Doubles, drawn_after: Doubles) -> Ratio:
    if np.quantile(drawn_before, 0.025) < LEAST:
        return Ratio()
    # The few resamples below count as the smallest share that is told from none.
    low, high = percentiles(drawn_after / np.maximum(drawn_before, LEAST))
    return Ratio(after / before, float(low), float(high))


def _means(grid: Grid, resamples: int) -> Means:
    """Return the mean share over the cells of a scope, a language and a task each; no scope without a cell."""
    known = languages()
    cells = [part for part in shared(grid, resamples) if part.scope in known and part.task != ALL]
    scopes = {ALL: cells, LOW: [part for part in cells if known[part.scope].tier == LOW]}
    return {
        scope: (
            np.mean([part.hits.sum(axis=1, dtype=float) / part.tried.sum(dtype=float) for part in parts], axis=0),
            np.mean([part.drawn for part in parts], axis=0),
        )
        for scope, parts in scopes.items()
        if parts
    }


def _headline(name: str, found: Sequence[Means]) -> dict[str, object]:
    """Return the row of one recipe, or of the mean of several."""
    overall, low = (_mean_ratio([means.get(scope) for means in found]) for scope in (ALL, LOW))
    return {"recipe": name, **overall.columns("relative", 1), **low.columns("low_ratio")}


def _mean_ratio(means: Sequence[tuple[Doubles, Doubles] | None]) -> Ratio:
    """Return the mean of the recipes' ratios after / before; null unless every recipe has one."""
    there = [mean for mean in means if mean is not None and np.quantile(mean[1][:, 0], 0.025) >= LEAST]
    if len(there) < len(means):
        return Ratio()
    low, high = percentiles(np.mean([drawn[:, 1] / np.maximum(drawn[:, 0], LEAST) for _, drawn in there], axis=0))
    return Ratio(float(np.mean([after / before for (before, after), _ in there])), float(low), float(high))


def _floats(*names: str) -> Iterator[tuple[str, type[pl.DataType]]]:
    for name in names:
        yield from ((f"{name}{end}", pl.Float64) for end in ("", "_low", "_high"))


def _empty() -> pl.DataFrame:
    counts = dict.fromkeys(("items", "before_only", "after_only"), pl.Int64)
    ratios = {name: kind for name, kind in _RATIOS.items() if name not in ("task", "scope")}
    return pl.DataFrame(
        schema={
            **dict.fromkeys(("task", "recipe", "scope"), pl.String),
            **counts,
            **dict(_floats("gain")),
            **ratios,
            "test": pl.String,
            **dict.fromkeys(("p_exact", "p"), pl.Float64),
        }
    )


_RATIOS: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("task", "scope"), pl.String),
    **dict.fromkeys(("before", "after", "chance"), pl.Float64),
    **dict(_floats("relative", "relative_above_chance")),
}
_HEADLINE: dict[str, type[pl.DataType]] = {"recipe": pl.String, **dict(_floats("relative", "low_ratio"))}
