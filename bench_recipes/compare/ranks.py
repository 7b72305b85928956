"""Ranks with their 95 % intervals: where a run stands among all in the resamples of the items."""

import numpy as np
import polars as pl
from scipy import stats

from bench_recipes.compare.grid import Grid
from bench_recipes.compare.resample import RESAMPLES
from bench_recipes.compare.scopes import groups
from bench_recipes.compare.shared import shared


def ranks(grid: Grid, resamples: int = RESAMPLES) -> pl.DataFrame:
    """By task, scope and run, 1 is the best; on the items that were put to every run of the scope."""
    schema = dict.fromkeys(("task", "scope", "run"), pl.String)
    parts = [pl.DataFrame(schema={**schema, **dict.fromkeys(("rank", "rank_low", "rank_high"), pl.Int64)})]
    for task, part in groups(grid):
        for found in shared(task, part, resamples):
            drawn = stats.rankdata(-found.drawn, method="min", axis=1)
            low, high = np.quantile(drawn, [0.025, 0.975], axis=0, method="nearest")
            rank = stats.rankdata(-found.hits.sum(axis=1), method="min")
            names = [part.names[place] for place in found.runs]
            columns = {"rank": rank, "rank_low": low, "rank_high": high}
            constant = {"task": [task] * len(names), "scope": [found.scope] * len(names), "run": names}
            parts.append(pl.DataFrame(constant | {name: each.astype(np.int64) for name, each in columns.items()}))
    return pl.concat(parts)
