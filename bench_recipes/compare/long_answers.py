"""Means of the scores of long answers, with Student's intervals over items; other outcomes are counted separately."""

import numpy as np
import polars as pl
from scipy import stats

from bench_recipes.compare.grid import ASKED_AS, OPEN, OUTCOMES, Grid
from globmed.metrics import AVERAGED
from globmed.storage.queries import connect, query


def long_answers(grid: Grid) -> pl.DataFrame:
    """Return by run, language and score the mean with its interval over scored answers, and counts of the outcomes."""
    part = grid.part(OPEN)
    if part.items.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    with connect() as database:
        files = [str(file) for file in grid.files]
        found = query(database, "bench/long_answers", files=files, metrics=list(AVERAGED))
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
    """Return the number of items asked and of their outcomes, by run and language."""
    asked = part.asked.sum(axis=2)
    counts = {outcome: (part.outcome == OUTCOMES.index(outcome)).sum(axis=2).ravel() for outcome in ("scored", *_ASIDE)}
    return pl.DataFrame(
        {
            "run": np.repeat(part.names, len(part.languages)),
            "language": np.tile(part.languages, len(part.names)),
            "asked": asked.ravel(),
            **counts,
        }
    )


#: Outcomes without an answer.
_ASIDE = tuple(outcome for outcome in OUTCOMES if outcome not in ("correct", "wrong", "scored"))
_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("run", "language", "score"), pl.String),
    **dict.fromkeys(("asked", "scored", *_ASIDE, "items"), pl.Int64),
    **dict.fromkeys(("mean", "low", "high"), pl.Float64),
    "judge": pl.String,
}
