"""Hints to look closer: a preference for a letter, and English items that seem memorised.

`memorised` is a hint, not a finding. The sources' English items are on the web with their keys. Knowledge correlates
with the ease of an item, that is with how many other runs know it; memorisation does not. So the correlation with ease
is compared between English and the run's other high-resource languages, and the difference with that of the other runs.
A run that merely knows English better keeps the correlation; one whose English knowledge has other sources than that of
the others, such as textbooks, may be a false positive.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable

from bench_recipes.compare.grid import Bools, Grid
from bench_recipes.compare.paired import corrected
from bench_recipes.compare.scopes import ALL, english, groups
from globmed.languages import languages

Doubles = npt.NDArray[np.float64]
#: An outlier is beyond this many standard deviations (Iglewicz and Hoaglin 1993); the least runs and items needed.
OUTLIER, LEAST_RUNS, LEAST_ITEMS = 3.5, 5, 50


def letter_bias(grid: Grid) -> pl.DataFrame:
    """Return by task, run and language the answer given too often, and the test that answers are distributed as keys.

    ``distance`` is half the sum of absolute differences between the shares of answers and keys (0 is none); the test
    is Stuart and Maxwell's, of marginal homogeneity, corrected within a task over all runs and languages.
    """
    rows = [
        {"task": task, "run": run, "language": language, **found}
        for task, part in groups(grid)
        if task != ALL
        for keys in [_keys(part)]
        for place, run in enumerate(part.names)
        for number, language in enumerate(part.languages)
        if (found := _bias(part, keys, place, number))
    ]
    return corrected(pl.DataFrame(rows, schema=_BIAS), ["task"])


def memorised(grid: Grid) -> pl.DataFrame:
    """Return by task and run the correlation with ease in English and elsewhere, and the outlier's ``score``."""
    parts = [_by_ease(task, part) for task, part in groups(grid)]
    return pl.concat([pl.DataFrame(schema=_MEMORISED), *(part for part in parts if part is not None)])


def _keys(grid: Grid) -> npt.NDArray[np.int64]:
    """Return the key of each item as an index into the grid's answers; -1 for none."""
    places = pl.Series(range(len(grid.answers)), dtype=pl.Int64)
    keys = grid.items["answer"].replace_strict(pl.Series(grid.answers), places, default=-1, return_dtype=pl.Int64)
    return keys.to_numpy()


def _bias(grid: Grid, keys: npt.NDArray[np.int64], run: int, language: int) -> dict[str, object] | None:
    said = grid.letter[run, language]
    answered = grid.answered[run, language] & (said >= 0) & (keys >= 0)
    if not answered.any():
        return None
    count = len(grid.answers)
    table = np.bincount(keys[answered] * count + said[answered], minlength=count * count).reshape(count, count)
    occurs = (table.sum(axis=0) + table.sum(axis=1)) > 0
    table = table[occurs][:, occurs]
    excess = (table.sum(axis=0) - table.sum(axis=1)) / table.sum()
    most = int(excess.argmax())
    return {
        "items": int(table.sum()),
        "most": np.array(grid.answers)[occurs][most].item(),
        "excess": float(excess[most]),
        "distance": float(np.abs(excess).sum() / 2),
        "p": _homogeneity(table),
    }


def _homogeneity(table: npt.NDArray[np.int64]) -> float:
    """Return the p-value of Stuart and Maxwell's test; 1 if no difference can be tested."""
    if len(table) < 2 or (table == np.diag(np.diag(table))).all():
        return 1.0
    found = SquareTable(table, shift_zeros=False).homogeneity(method="stuart_maxwell").pvalue
    return float(found) if np.isfinite(found) else 1.0


def _by_ease(task: str, grid: Grid) -> pl.DataFrame | None:
    place = english(grid.languages)
    others = [
        number for number, name in enumerate(grid.languages) if languages()[name].tier == "high" and number != place
    ]
    if place is None or not others:
        return None
    asked: Bools = np.all(grid.asked[:, [place, *others]], axis=1)
    runs = np.flatnonzero(asked.any(axis=1))
    to_all = asked[runs].all(axis=0)
    if runs.size < LEAST_RUNS or to_all.sum() < LEAST_ITEMS:
        return None
    right = grid.correct[runs][:, [place, *others]][..., to_all].astype(np.float64)
    ease = right[:, 0].sum(axis=0) - right[:, 0]
    found = _biserial(right, ease[:, None])
    in_english, elsewhere = found[:, 0], found[:, 1:].mean(axis=1)
    score = _standing_out((elsewhere - in_english) * np.sqrt(to_all.sum()))
    return pl.DataFrame(
        {
            "task": [task] * runs.size,
            "run": [grid.names[run] for run in runs],
            "items": [int(to_all.sum())] * runs.size,
            "in_english": in_english,
            "elsewhere": elsewhere,
            "score": score,
            "hint": score > OUTLIER,
        }
    )


def _biserial(right: Doubles, ease: Doubles) -> Doubles:
    """Return the biserial correlation of correctness with ease, over the last axis; it is independent of accuracy."""
    share = np.clip(right.mean(axis=-1), 0.01, 0.99)
    joint = ((right - right.mean(axis=-1, keepdims=True)) * (ease - ease.mean(axis=-1, keepdims=True))).mean(axis=-1)
    found: Doubles = joint / np.maximum(ease.std(axis=-1), 1e-9) / stats.norm.pdf(stats.norm.ppf(share))
    return found


def _standing_out(found: Doubles) -> Doubles:
    """Return each statistic's distance above the runs' median, in robust standard deviations of at least 1, its own."""
    spread = max(1.0, float(stats.median_abs_deviation(found, scale="normal")))
    return (found - np.median(found)) / spread


_BIAS = {
    **dict.fromkeys(("task", "run", "language"), pl.String),
    "items": pl.Int64,
    "most": pl.String,
    **dict.fromkeys(("excess", "distance", "p"), pl.Float64),
}
_MEMORISED = {
    **dict.fromkeys(("task", "run"), pl.String),
    "items": pl.Int64,
    **dict.fromkeys(("in_english", "elsewhere", "score"), pl.Float64),
    "hint": pl.Boolean,
}
