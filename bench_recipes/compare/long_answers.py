"""Means of the scores of long answers, with Student's intervals over items; what was not scored is counted apart."""

import numpy as np
import polars as pl
from scipy import stats

from bench_recipes.compare.grid import ASKED_AS, OPEN, OUTCOMES, Grid
from globmed.duck import connect, query


def long_answers(grid: Grid) -> pl.DataFrame:
    """By run, language and score: mean with its interval over the answers that were scored, and how many were asked."""
    part = grid.part(OPEN)
    if part.items.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    with connect() as database:
        found = query(database, "bench/long_answers", files=[str(file) for file in grid.files])
    named = found.join(grid.runs.select("name", "model", *ASKED_AS), on=["model", *ASKED_AS], nulls_equal=True)
    half = stats.t.ppf(0.975, np.maximum(named["items"].to_numpy() - 1, 1)) * named["deviation"].to_numpy()
    half = half / np.sqrt(named["items"].to_numpy())
    scored = named.with_columns(low=pl.col("mean") - half, high=pl.col("mean") + half).with_columns(
        pl.col("low", "high").fill_nan(None)
    )
    return (
        scored.join(_asked(part), left_on=["name", "language"], right_on=["run", "language"])
        .rename({"name": "run"})
        .select(list(_SCHEMA))
        .cast(pl.Schema(_SCHEMA))
    )


def _asked(part: Grid) -> pl.DataFrame:
    """Items asked, and those without a score, by run and language."""
    asked, scored = part.asked.sum(axis=2), (part.outcome == OUTCOMES.index("scored")).sum(axis=2)
    return pl.DataFrame(
        {
            "run": np.repeat(part.names, len(part.languages)),
            "language": np.tile(part.languages, len(part.names)),
            "asked": asked.ravel(),
            "not_scored": (asked - scored).ravel(),
        }
    )


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("run", "language", "score"), pl.String),
    **dict.fromkeys(("asked", "not_scored", "items"), pl.Int64),
    **dict.fromkeys(("mean", "low", "high"), pl.Float64),
    "judge": pl.String,
}
