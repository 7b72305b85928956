"""Differences among a run's languages: worst language, low- against high-resource tier, consistency of answers.

All of them on parallel items: those that the run was asked in each of its languages. Chance-corrected shares are
(share - chance) / (1 - chance): between four options a ratio of 0.30 to 0.50 is one of 0.07 to 0.33.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.inter_rater import fleiss_kappa

from bench_recipes.compare.accuracy import chances
from bench_recipes.compare.grid import Bools, Grid
from bench_recipes.compare.resample import RESAMPLES, percentiles, resampled_sums
from bench_recipes.compare.scopes import TIERS, groups, scopes

#: A tier closer to zero than this (chance-corrected: to guessing) has no ratio: it would be noise divided by noise.
LEAST = 0.02
Floats = npt.NDArray[np.floating]


def disparities(grid: Grid, resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return one row per task and run that was asked in at least two languages."""
    rows = []
    for task, part in groups(grid):
        there = np.any(part.asked, axis=2)
        items: Bools = np.all(part.asked | ~there[..., None], axis=1) & there.any(axis=1, keepdims=True)
        tried = np.maximum(resampled_sums(items, resamples), 1)
        drawn = resampled_sums(part.correct & items[:, None], resamples) / tried[..., None]
        for place, name in enumerate(part.names):
            if there[place].sum() > 1 and items[place].any():
                found = _of_run(part, place, items[place], drawn[:, place, there[place]])
                rows.append({"task": task, "run": name, **found})
    return pl.DataFrame(rows, schema=_SCHEMA)


def agreements(grid: Grid) -> pl.DataFrame:
    """Return the consistency of answers over languages, one row per task and run; on items answered in every language.

    ``same`` is the share of pairs of languages with the same answer, right or wrong; ``kappa`` is Fleiss's.
    """
    rows = [
        {"task": task, "run": name, **found}
        for task, part in groups(grid)
        for place, name in enumerate(part.names)
        if (found := _agreement(part, place))
    ]
    return pl.DataFrame(rows, schema=_AGREEMENT)


def _of_run(grid: Grid, run: int, items: Bools, drawn: Floats) -> dict[str, object]:
    there = grid.asked[run].any(axis=1)
    names = [name for name, is_there in zip(grid.languages, there, strict=True) if is_there]
    correct = grid.correct[run][there][:, items]
    guess = float(chances(grid)[items].mean())
    shares = correct.mean(axis=1)
    worst = int(shares.argmin())
    lowest = percentiles(drawn[:, worst] - drawn.mean(axis=1))
    return {
        "items": correct.shape[1],
        "languages": len(names),
        "chance": guess,
        "mean": float(shares.mean()),
        "worst": names[worst],
        "worst_accuracy": float(shares[worst]),
        "worst_share": float((drawn.argmin(axis=1) == worst).mean()),
        "worst_below_mean": float(shares[worst] - shares.mean()),
        "worst_low": float(lowest[0]),
        "worst_high": float(lowest[1]),
        **_ratios(names, shares, drawn, guess),
        "cochran_p": _cochran(correct),
    }


def _ratios(names: list[str], shares: Floats, drawn: Floats, guess: float) -> dict[str, object]:
    """Return the mean of the low-resource tier over that of the high, raw and chance-corrected."""
    places = scopes(tuple(names), least=1)
    if any(tier not in places for tier in TIERS):
        return {}
    high, low = (shares[places[tier]].mean() for tier in TIERS)
    drawn_high, drawn_low = (drawn[:, places[tier]].mean(axis=1) for tier in TIERS)
    made: dict[str, object] = {"high": float(high), "low": float(low)}
    if np.quantile(drawn_high, 0.025) < LEAST:
        return made
    # The few resamples without a correct answer count as the smallest share that is distinguished from none.
    raw = percentiles(drawn_low / np.maximum(drawn_high, LEAST))
    made |= {"ratio": float(low / high), "ratio_low": float(raw[0]), "ratio_high": float(raw[1])}
    above, drawn_above = high - guess, drawn_high - guess
    if np.quantile(drawn_above, 0.025) < LEAST:
        return made
    corrected = percentiles((drawn_low - guess) / drawn_above)
    return made | {
        "corrected_ratio": float((low - guess) / above),
        "corrected_low": float(corrected[0]),
        "corrected_high": float(corrected[1]),
    }


def _cochran(correct: Bools) -> float:
    """Return Cochran's Q, the test that all languages are alike."""
    varies = correct.any(axis=0) & ~correct.all(axis=0)
    return float(cochrans_q(correct.T.astype(int)).pvalue) if varies.any() else 1.0


def _agreement(grid: Grid, run: int) -> dict[str, object] | None:
    there = grid.asked[run].any(axis=1)
    answered, letters = grid.answered[run][there], grid.letter[run][there]
    items = (answered & (letters >= 0)).all(axis=0) if there.sum() > 1 else np.zeros(letters.shape[1], bool)
    if not items.any():
        return None
    table = _counts(letters[:, items], len(grid.answers))
    raters = int(there.sum())
    right = grid.correct[run][there][:, items]
    pairs = (table * (table - 1)).sum(axis=1) / (raters * (raters - 1))
    return {
        "items": int(items.sum()),
        "languages": raters,
        "same": float(pairs.mean()),
        "kappa": float(fleiss_kappa(table)) if (table.sum(axis=0) > 0).sum() > 1 else None,
        "all_right": float(right.all(axis=0).mean()),
        "none_right": float((~right).all(axis=0).mean()),
        "all_same_wrong": float(((table.max(axis=1) == raters) & ~right.any(axis=0)).mean()),
    }


def _counts(letters: npt.NDArray[np.int16], answers: int) -> npt.NDArray[np.int64]:
    """Return how many languages gave each answer, by item."""
    items = letters.shape[1]
    flat = np.arange(items)[None, :] * answers + letters
    return np.bincount(flat.ravel(), minlength=items * answers).reshape(items, answers)


_SCHEMA = {
    "task": pl.String,
    "run": pl.String,
    "items": pl.Int64,
    "languages": pl.Int64,
    **dict.fromkeys(("chance", "mean"), pl.Float64),
    "worst": pl.String,
    **dict.fromkeys(("worst_accuracy", "worst_share", "worst_below_mean", "worst_low", "worst_high"), pl.Float64),
    **dict.fromkeys(("high", "low", "ratio", "ratio_low", "ratio_high"), pl.Float64),
    **dict.fromkeys(("corrected_ratio", "corrected_low", "corrected_high", "cochran_p"), pl.Float64),
}
_AGREEMENT = {
    **dict.fromkeys(("task", "run"), pl.String),
    **dict.fromkeys(("items", "languages"), pl.Int64),
    **dict.fromkeys(("same", "kappa", "all_right", "none_right", "all_same_wrong"), pl.Float64),
}
