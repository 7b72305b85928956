"""Ranks with their 95 % intervals: a run's rank among all in the resamples of the items."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from scipy import stats

from bench_recipes.compare.shared import Shared

_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("task", "scope", "run"), pl.String),
    **dict.fromkeys(("rank", "rank_low", "rank_high"), pl.Int64),
}


def ranks(parts: Iterable[Shared]) -> pl.DataFrame:
    """Return ranks by task, scope and run, 1 the best; on the items that every run of the scope was asked."""
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *map(_ranked, parts)])


def _ranked(part: Shared) -> pl.DataFrame:
    drawn = stats.rankdata(-part.drawn, method="min", axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0, method="nearest")
    rank = stats.rankdata(-part.hits.sum(axis=1), method="min")
    constant = {"task": [part.task] * len(part.names), "scope": [part.scope] * len(part.names), "run": part.names}
    columns = {"rank": rank, "rank_low": low, "rank_high": high}
    return pl.DataFrame(constant | {name: each.astype(np.int64) for name, each in columns.items()})
