"""Paired differences on parallel items: between runs, and between the languages of one run.

Within one language an item is one pair, right or wrong: McNemar's test, exact and mid-p. Over several languages an item
is a cluster of pairs: the t-test of the items' differences. Intervals are percentiles of the paired bootstrap.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats
from statsmodels.stats.multitest import multipletests

from bench_recipes.compare.grid import Bools, Grid
from bench_recipes.compare.resample import RESAMPLES, Floats, percentiles, resampled_sums
from bench_recipes.compare.scopes import groups, parallel
from bench_recipes.compare.shared import Shared

#: Two-sided level of the whole family.
ALPHA = 0.05
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def mcnemar(first_only: Ints, second_only: Ints) -> tuple[Doubles, Doubles]:
    """Return exact and mid-p values of McNemar's test, for arrays of discordant counts."""
    fewer, both = np.minimum(first_only, second_only), first_only + second_only
    tail = 2 * stats.binom.cdf(fewer, both, 0.5)
    return np.minimum(tail, 1), tail - stats.binom.pmf(fewer, both, 0.5)


def holm(p: Doubles) -> Doubles:
    """Return the p values of a family after Holm's correction (Scandinavian Journal of Statistics 6, 65-70, 1979).

    statsmodels has it too, with a collection of all garbage in every call.
    """
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted


def corrected(frame: pl.DataFrame, family: Sequence[str]) -> pl.DataFrame:
    """Add ``p_holm`` and ``p_bh`` within each family, and ``significant`` after Holm's correction."""

    def adjust(part: pl.DataFrame) -> pl.DataFrame:
        values = part["p"].to_numpy()
        bh = multipletests(values, ALPHA, method="fdr_bh")[1]
        return part.with_columns(p_holm=pl.Series(holm(values)), p_bh=pl.Series(bh))

    parts = [adjust(part) for part in frame.partition_by(family, maintain_order=True)]
    empty = frame.with_columns(p_holm=pl.col("p"), p_bh=pl.col("p"))
    return pl.concat([empty.clear(), *parts]).with_columns(significant=pl.col("p_holm") < ALPHA)


def between_runs(parts: Iterable[Shared]) -> pl.DataFrame:
    """Return every pair of runs by task and scope, on the items that every run was asked; first minus second.

    A run that lacks a language of a scope is left out of it.
    """
    return corrected(pl.concat([_no_pairs(), *map(_runs_of, parts)]), ["task", "scope"])


def between_languages(grid: Grid, resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return every pair of languages of every run by task, on the items asked of every run in both; first minus second.

    Two languages without a common item are left out.
    """
    parts = []
    for task, part in groups(grid):
        to_all = parallel(part.asked)
        alone = _alone(part.correct & to_all, to_all)
        drawn = _drawn_languages(part, to_all, resamples)
        for first in range(len(part.languages) - 1):
            both = to_all[first] & to_all[first + 1 :]
            only = alone[:, first, first + 1 :], alone[:, first + 1 :, first]
            replicates = _differences(part, first, both, resamples) if drawn is None else _less(drawn, first)
            parts.append(_languages_of(task, part, first, both, only, percentiles(replicates)))
    return corrected(pl.concat([_no_pairs("run"), *parts]), ["task", "run"])


def gaps(languages: pl.DataFrame) -> pl.DataFrame:
    """Return `between_languages` as each language minus English; corrected within a task over runs and languages."""
    flipped = {"first_only": "second_only", "second_only": "first_only"}
    turned = languages.filter(pl.col("first") == "english").rename(flipped)
    turned = turned.with_columns(
        first=pl.col("second"),
        second=pl.col("first"),
        difference=-pl.col("difference"),
        low=-pl.col("high"),
        high=-pl.col("low"),
    )
    made = pl.concat([languages.filter(pl.col("second") == "english"), turned.select(languages.columns)])
    renamed = made.rename({"first": "language"}).drop("second", "p_holm", "p_bh", "significant")
    return corrected(renamed.sort("task", maintain_order=True), ["task"])


def _runs_of(part: Shared) -> pl.DataFrame:
    first, second = np.triu_indices(part.names.size, 1)
    low, high = percentiles(part.drawn[:, first] - part.drawn[:, second])
    only = part.alone[first, second], part.alone[second, first]
    there = int(np.count_nonzero(part.tried))
    return pl.DataFrame(
        {
            **_constant(first.size, task=part.task, scope=part.scope, items=there),
            "first": part.names[first],
            "second": part.names[second],
            "first_only": only[0],
            "second_only": only[1],
            "difference": (only[0] - only[1]) / part.tried.sum(dtype=float),
            "low": low.astype(float),
            "high": high.astype(float),
            **(_tests(only) if part.tried.max() == 1 else _clustered(part.hits, there)),
        }
    ).select(_no_pairs().columns)


def _clustered(hits: npt.NDArray[np.float32], items: int) -> dict[str, object]:
    """Return the t-test of the differences by item for each pair of runs; items that were not tried are ignored."""
    first, second = np.triu_indices(len(hits), 1)
    totals, products = hits.sum(axis=1, dtype=float), (hits @ hits.T).astype(float)
    own = np.diag(products)
    mean = (totals[first] - totals[second]) / items
    squares = own[first] + own[second] - 2 * products[first, second]
    error = np.sqrt(np.maximum(squares / items - mean**2, 0) / max(items - 1, 1))
    t = np.divide(mean, error, out=np.zeros_like(mean), where=error > 0)  # 0 where no item differs
    p = 2 * stats.t.sf(np.abs(t), max(items - 1, 1))
    return {"test": np.full(p.size, "clustered t"), "p_exact": pl.Series([None] * p.size, dtype=pl.Float64), "p": p}


def _tests(only: tuple[Ints, Ints]) -> dict[str, object]:
    exact, mid = mcnemar(*only)
    return {"test": np.full(mid.size, "mcnemar mid-p"), "p_exact": exact, "p": mid}


def _drawn_languages(grid: Grid, to_all: Bools, resamples: int) -> npt.NDArray[np.floating] | None:
    """Return the correct share by resample, run and language; None if languages have different items."""
    if not (to_all == to_all[0]).all():
        return None
    tried = np.maximum(resampled_sums(to_all[:1], resamples), 1)
    return resampled_sums(grid.correct & to_all[0], resamples) / tried[:, None]


def _alone(right: Bools, asked: Bools) -> Ints:
    """Return by run and two languages how many items only the first got right, of those asked in both."""
    each, put = right.astype(np.float32), asked.astype(np.float32)
    alone: Ints = np.rint(each @ put.T - each @ each.transpose(0, 2, 1)).astype(np.int64)
    return alone


def _less(drawn: npt.NDArray[np.floating], first: int) -> npt.NDArray[np.floating]:
    """Return the language at ``first`` minus each later one, in every resample."""
    return drawn[..., first, None] - drawn[..., first + 1 :]


def _differences(grid: Grid, first: int, both: Bools, resamples: int) -> npt.NDArray[np.floating]:
    """Return the same as `_less` if languages have different items."""
    one, others = grid.correct[:, first, None], grid.correct[:, first + 1 :]
    lead = (one.astype(np.int8) - others.astype(np.int8)) * both
    return resampled_sums(lead, resamples) / np.maximum(resampled_sums(both, resamples), 1)[:, None]


def _languages_of(
    task: str, grid: Grid, first: int, both: Bools, alone: tuple[Ints, Ints], interval: tuple[Floats, Floats]
) -> pl.DataFrame:
    """Return the language at ``first`` with each later one; ``both`` marks by language the items in the two."""
    only = alone[0].ravel(), alone[1].ravel()
    low, high = (bound.ravel().astype(float) for bound in interval)
    items = np.tile(both.sum(axis=1), len(grid.names))
    asked: Bools = np.any(grid.asked, axis=2)
    frame = pl.DataFrame(
        {
            **_constant(items.size, task=task, first=grid.languages[first]),
            "run": np.repeat(grid.names, len(both)),
            "items": items,
            "second": np.tile(grid.languages[first + 1 :], len(grid.names)),
            "first_only": only[0],
            "second_only": only[1],
            "difference": (only[0] - only[1]) / np.maximum(items, 1),
            "low": low,
            "high": high,
            **_tests((only[0], only[1])),
            "there": np.ravel(asked[:, [first]] & asked[:, first + 1 :]) & (items > 0),
        }
    )
    return frame.filter("there").select(_no_pairs("run").columns)


def _constant(count: int, **values: object) -> dict[str, object]:
    return {name: [value] * count for name, value in values.items()}


def _no_pairs(what: str = "scope") -> pl.DataFrame:
    names = {"task": pl.String, what: pl.String, "first": pl.String, "second": pl.String}
    counts = dict.fromkeys(("items", "first_only", "second_only"), pl.Int64)
    numbers = dict.fromkeys(("difference", "low", "high"), pl.Float64)
    return pl.DataFrame(
        schema={**names, **counts, **numbers, "test": pl.String, "p_exact": pl.Float64, "p": pl.Float64}
    )
