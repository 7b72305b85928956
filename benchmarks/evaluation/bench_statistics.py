"""Do intervals hold what they promise? Models whose accuracies are known, each asked items of its own.

    python -m benchmarks.bench_statistics --runs 2400 --families 2400

An item's ease is shared by all languages (``simulated_results.py``), so that answers to parallel items go
together. Printed with their Monte Carlo error: how often a 95 % interval covers what is true, how often a test finds a
difference where there is none, alone and after correction, and the share of false ones among BH's findings.
"""

import argparse
import os
from collections import defaultdict

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from bench_recipes.compare.accuracy import accuracies
from bench_recipes.compare.disparity import disparities
from bench_recipes.compare.grid import CORRECT, WRONG, Bools, Grid
from bench_recipes.compare.paired import ALPHA, between_languages, between_runs, gaps
from bench_recipes.compare.scopes import TIERS, scopes
from bench_recipes.compare.shared import shared
from globmed.languages import ENGLISH, languages

ITEMS = (200, 2000)
OPTIONS = 4
SHARE = 0.3
#: Runs of a grid: what memory allows with 2,000 items.
AT_ONCE = 200
#: Accuracies of the runs of a family: none differs, or some do.
ALIKE, SOME_DIFFER = (0.6, 0.6, 0.6, 0.6), (0.6, 0.6, 0.66, 0.66)
FEW = (ENGLISH, "swahili", "zulu")
Doubles = npt.NDArray[np.float64]
#: By what is measured, one figure a repetition.
Found = defaultdict[str, list[float]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2400, help="for the coverage of one run's intervals")
    parser.add_argument("--families", type=int, default=2400, help="for comparisons of runs")
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    for items in ITEMS:
        random = np.random.default_rng(items)
        show(f"coverage of 95 % intervals, n = {items:,}", coverage(items, options.runs, random))
        show(f"comparisons of runs, n = {items:,}", comparisons(items, options.families, random))


def show(heading: str, found: Found) -> None:
    """Means and their errors, in per cent."""
    print(heading)
    for name, figures in found.items():
        values = 100 * np.array(figures)
        print(f"  {name}: {values.mean():.2f} ± {values.std() / np.sqrt(len(values)):.2f} %", flush=True)


def coverage(items: int, runs: int, random: np.random.Generator) -> Found:
    """Of one run's accuracies, gaps and ratios."""
    found: Found = defaultdict(list)
    names = tuple(languages())
    is_low = np.array([entry.tier == "low" for entry in languages().values()])
    for _ in range(runs // AT_ONCE):
        high = random.uniform(0.5, 0.9, (AT_ONCE, 1))
        true = np.where(is_low, high - random.uniform(0.05, 0.25, (AT_ONCE, 1)), high)
        true = true + random.uniform(-0.03, 0.03, true.shape)
        grid = grid_of(known(true, items, random, (AT_ONCE, 1, items)), names)
        _cover_accuracies(found, accuracies(grid), true, names)
        pair = [names.index(ENGLISH), names.index("zulu")]
        two = grid_of(grid.correct[:, pair], (ENGLISH, "zulu"))
        _cover_gaps(found, gaps(between_languages(two)), true[:, pair[1]] - true[:, pair[0]])
        _cover_ratios(found, disparities(grid), true, names)
    return found


def comparisons(items: int, families: int, random: np.random.Generator) -> Found:
    """Of the differences between the runs of a family."""
    found: Found = defaultdict(list)
    for _ in range(families):
        for means in (ALIKE, SOME_DIFFER):
            true = np.repeat(np.array(means)[:, None], len(FEW), axis=1)
            grid = grid_of(known(true, items, random, (1, 1, items)), FEW)
            compared = between_runs(shared(grid))
            for scope in (ENGLISH, "all"):
                _judge(found, compared.filter(scope=scope), dict(zip(grid.names, means, strict=True)))
            if means == ALIKE:
                to_english = gaps(between_languages(grid, resamples=10))
                found["gaps, none real: any found (Holm)"].append(float(to_english["significant"].any()))
    return found


def known(true: Doubles, items: int, random: np.random.Generator, ease: tuple[int, ...]) -> Bools:
    """Draw the correct items of runs with these accuracies (runs x languages); ``ease`` shapes the part in common."""
    own = random.standard_normal((*true.shape, items))
    ability = np.sqrt(SHARE) * random.standard_normal(ease) + np.sqrt(1 - SHARE) * own
    right: Bools = np.less(ability, stats.norm.ppf(true)[..., None])
    return right


def grid_of(right: Bools, names: tuple[str, ...]) -> Grid:
    """Return the grid of results, without the files."""
    runs, _, items = right.shape
    frame = pl.DataFrame({"run": range(runs), "name": [f"run {place}" for place in range(runs)]})
    asked = pl.DataFrame({"item": range(items), "task": "mcqa", "answer": "A", "options": OPTIONS})
    outcome = np.where(right, CORRECT, WRONG).astype(np.uint8)
    return Grid(frame, names, asked, ("A", "B"), outcome, np.where(right, 0, 1).astype(np.int16))


def _cover_accuracies(found: Found, table: pl.DataFrame, true: Doubles, names: tuple[str, ...]) -> None:
    places = scopes(names)
    for scope, label in ((ENGLISH, "one language"), ("all", "twelve languages"), ("low", "four languages")):
        own = table.filter(scope=scope)
        truth = true[:, places[scope]].mean(axis=1)
        methods = " and ".join(own["method"].unique().sort())
        found[f"accuracy, {label} ({methods})"] += _inside(own["low"], truth, own["high"])


def _cover_gaps(found: Found, table: pl.DataFrame, truth: Doubles) -> None:
    found["gap to English, one language"] += _inside(table["low"], truth, table["high"])


def _cover_ratios(found: Found, table: pl.DataFrame, true: Doubles, names: tuple[str, ...]) -> None:
    places = scopes(names)
    high, low = (true[:, places[tier]].mean(axis=1) for tier in TIERS)
    found["ratio of low to high tier"] += _inside(table["ratio_low"], low / high, table["ratio_high"])
    has = table["corrected_ratio"].is_not_null()
    corrected = (low - 1 / OPTIONS) / (high - 1 / OPTIONS)
    found["the same, chance-corrected"] += _inside(
        table.filter(has)["corrected_low"], corrected[has.to_numpy()], table.filter(has)["corrected_high"]
    )


def _judge(found: Found, table: pl.DataFrame, true: dict[str, float]) -> None:
    """Count for a family of pairs in one scope the coverage of the differences, and the false positives."""
    first, second = (table[side].replace_strict(true) for side in ("first", "second"))
    truth, test = (first - second).to_numpy(), table["test"][0]
    same = np.isclose(truth, 0)
    covered = np.mean(_inside(table["low"], truth, table["high"]))
    found[f"difference of two runs covered ({test})"].append(float(covered))
    p, p_bh, significant = (table[name].to_numpy() for name in ("p", "p_bh", "significant"))
    if same.all():
        found[f"no difference: p < 0.05 ({test})"].append(float((p < ALPHA).mean()))
        found[f"no difference: any of 6 found (Holm, {test})"].append(float(significant.any()))
    else:
        found[f"4 of 6 differ: any of the others found (Holm, {test})"].append(float(significant[same].any()))
        found[f"4 of 6 differ: false share of BH's findings ({test})"].append(
            float((p_bh < ALPHA)[same].sum() / max(1, (p_bh < ALPHA).sum()))
        )


def _inside(low: pl.Series, truth: Doubles, high: pl.Series) -> list[float]:
    held = (low.to_numpy() <= truth) & (truth <= high.to_numpy())
    return list(held.astype(float))


if __name__ == "__main__":
    main()
