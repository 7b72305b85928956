"""Accuracy with intervals, and the outcomes of items without an answer.

`accuracy` is correct answers over all items asked: a refusal, a filtered, unreadable or failed answer, or one in
another language counts as not correct. `answered` is correct answers over those that are correct or wrong.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from statsmodels.stats.proportion import proportion_confint

from bench_recipes.compare.grid import OUTCOMES, Grid
from bench_recipes.compare.resample import RESAMPLES, Floats, percentiles, resampled_sums
from bench_recipes.compare.scopes import by_scope, groups, scopes

#: With fewer items, or fewer correct or wrong ones, the bootstrap's interval is too narrow.
SMALL, FEW = 1000, 50
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """Shares with their 95 % intervals; ``method`` is that of the interval."""

    value: Doubles
    low: Doubles
    high: Doubles
    method: npt.NDArray[np.str_]


def accuracies(grid: Grid, resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return one row per task, run and scope that was asked."""
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *(_group(task, part, resamples) for task, part in groups(grid))])


def intervals(hits: Floats, tried: Floats, resamples: int = RESAMPLES) -> Interval:
    """Return the share of hits by cell (cells x items), clustered by item.

    The interval is Wilson's at the effective number of trials if items are few, else percentiles of the bootstrap.
    """
    right, asked = hits.sum(axis=1, dtype=float), tried.sum(axis=1, dtype=float)
    value = np.divide(right, asked, out=np.full_like(asked, np.nan), where=asked > 0)
    few = np.minimum(right, asked - right) < FEW
    wilson = (np.count_nonzero(tried, axis=1) < SMALL) | few
    low, high = _wilson(hits, tried, value)
    if not wilson.all():
        sums = resampled_sums(np.stack([hits[~wilson], tried[~wilson]]), resamples)
        low[~wilson], high[~wilson] = percentiles(sums[:, 0] / sums[:, 1])
    return Interval(value, low, high, np.where(wilson, "wilson", "bootstrap"))


def chances(grid: Grid) -> Floats:
    """Return the expected score of guessing for each item."""
    options = grid.items["options"].to_numpy().astype(np.float32)
    guess: Floats = np.divide(1, options, out=np.zeros_like(options), where=options > 0)
    return guess


def _wilson(hits: Floats, tried: Floats, value: Doubles) -> tuple[Doubles, Doubles]:
    """Return Wilson's interval at the effective number of independent trials: that with the clustered variance."""
    asked = tried.sum(axis=1, dtype=float)
    items = np.count_nonzero(tried, axis=1)
    residual = hits - np.nan_to_num(value)[:, None].astype(np.float32) * tried
    squares = np.einsum("ij,ij->i", residual, residual, dtype=float)
    variance = squares / np.maximum(asked, 1) ** 2 * items / np.maximum(items - 1, 1)
    spread = value * (1 - value)
    # If all are correct or all wrong, the clustering is unknown: each item then counts once.
    effective = np.divide(spread, variance, out=items.astype(float), where=variance > 0)
    trials = np.where(asked > 0, np.clip(effective, 1, np.maximum(asked, 1)), 1)
    low, high = proportion_confint(np.nan_to_num(value) * trials, trials, method="wilson")
    return np.where(asked > 0, low, np.nan), np.where(asked > 0, high, np.nan)


def _group(task: str, grid: Grid, resamples: int) -> pl.DataFrame:
    places = scopes(grid.languages)
    asked, correct, answered = (by_scope(cells, places) for cells in (grid.asked, grid.correct, grid.answered))
    shape = asked.shape[:2]
    flat = [cells.reshape(-1, cells.shape[-1]) for cells in (asked, correct, answered)]
    of_asked, of_answered = (intervals(flat[1], tried, resamples) for tried in (flat[0], flat[2]))
    chance = flat[0] @ chances(grid) / np.maximum(flat[0].sum(axis=1), 1)
    counts = {outcome: _counts(grid, code, places) for code, outcome in enumerate(OUTCOMES) if outcome != "scored"}
    frame = pl.DataFrame(
        {
            "task": np.full(flat[0].shape[0], task),
            "run": np.repeat(grid.names, shape[1]),
            "scope": np.tile(list(places), shape[0]),
            "items": np.count_nonzero(flat[0], axis=1),
            "asked": flat[0].sum(axis=1, dtype=float).astype(np.int64),
            **counts,
            "accuracy": of_asked.value,
            "low": of_asked.low,
            "high": of_asked.high,
            "method": of_asked.method,
            "answered": of_answered.value,
            "answered_low": of_answered.low,
            "answered_high": of_answered.high,
            "chance": chance.astype(float),
        }
    )
    return frame.filter(pl.col("asked") > 0).with_columns(
        pl.col("answered", "answered_low", "answered_high").fill_nan(None),
        above_chance=pl.col("low") > pl.col("chance"),
    )


def _counts(grid: Grid, code: int, places: dict[str, list[int]]) -> npt.NDArray[np.int64]:
    """Return how often an outcome occurs, by run and scope."""
    counts = np.count_nonzero(grid.outcome == code, axis=2)
    return np.stack([counts[:, each].sum(axis=1) for each in places.values()], axis=1).ravel()


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("task", "run", "scope"), pl.String),
    **dict.fromkeys(("items", "asked", *(name for name in OUTCOMES if name != "scored")), pl.Int64),
    **dict.fromkeys(("accuracy", "low", "high"), pl.Float64),
    "method": pl.String,
    **dict.fromkeys(("answered", "answered_low", "answered_high", "chance"), pl.Float64),
    "above_chance": pl.Boolean,
}
