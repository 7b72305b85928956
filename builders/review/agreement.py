"""Agreement of raters: Krippendorff's alpha for interval data (NLTK), with a bootstrap interval over the items.

Krippendorff, Content Analysis (2004), chapter 11. Ratings from 1 to 5 are treated as evenly spaced.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from builders.review.round import DIMENSIONS, Round
from globmed.metrics import NORMAL_95

RESAMPLES = 2000
SEED = 1
#: A rater stands out whose ratings are on average this far above or below the others' on the same items.
BIAS = 0.5
#: ... or without whom everybody's alpha rises by so much.
HARM = 0.1
Floats = npt.NDArray[np.float64]
AGREEMENT = {
    **dict.fromkeys(("config", "dimension", "raters"), pl.String()),
    "items": pl.Int64(),
    **dict.fromkeys(("alpha", "low", "high"), pl.Float64()),
}
OUTLIERS = {
    **dict.fromkeys(("config", "rater", "dimension", "reason"), pl.String()),
    **dict.fromkeys(("value", "low", "high"), pl.Float64()),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """The results of a round's ratings, about its raters and about the dataset.

    Attributes:
        alphas: ``config, dimension, raters`` (``all`` or a pair), ``items`` rated twice or more, ``alpha, low, high``.
        outliers: raters who differ from all others: ``config, rater, dimension, reason, value, low, high``.
        means: ``config, dimension, items, mean, low, high`` of the random part: an estimate for all that is published.
    """

    alphas: pl.DataFrame
    outliers: pl.DataFrame
    means: pl.DataFrame


def agreement(round_: Round) -> Agreement:
    """Return the agreement of a round's raters.

    Raises:
        UserError: no round, or no ratings yet.
    """
    ratings = round_.finished_ratings()
    long = ratings.unpivot(
        DIMENSIONS, index=["config", "item", "rater"], variable_name="dimension", value_name="rating"
    )
    groups = list(long.group_by("config", "dimension", maintain_order=True))
    return Agreement(
        pl.DataFrame([row for key, part in groups for row in _alphas(key, part)], schema=AGREEMENT, orient="row"),
        pl.DataFrame([row for key, part in groups for row in _outliers(key, part)], schema=OUTLIERS, orient="row"),
        _means(round_, long),
    )


def alpha(ratings: pl.DataFrame) -> float | None:
    """Return Krippendorff's alpha of ``rater, item, rating``; None if no item has two, or all ratings are equal."""
    shared = ratings.filter(pl.len().over("item") > 1)
    if shared.is_empty() or shared["rating"].n_unique() < 2:
        return None
    # NLTK imports scikit-learn and SciPy.
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import interval_distance

    task = AnnotationTask(data=list(shared.select("rater", "item", "rating").iter_rows()), distance=interval_distance)
    return float(task.alpha())


def _alphas(key: Sequence[object], ratings: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    yield (*key, "all", *_with_interval(ratings))
    raters = ratings["rater"].unique().sort()
    for pair in combinations(raters, 2):
        yield (*key, " + ".join(pair), *_with_interval(ratings.filter(pl.col("rater").is_in(pair))))


def _with_interval(ratings: pl.DataFrame) -> tuple[int, float | None, float | None, float | None]:
    """Return the number of items, alpha, and its 95 % interval."""
    sums = _sums(ratings)
    found = _resampled(sums)
    finite = found[np.isfinite(found)]
    low, high = np.quantile(finite, (0.025, 0.975)).tolist() if finite.size else (None, None)
    return len(sums), alpha(ratings), low, high


def _sums(ratings: pl.DataFrame) -> Floats:
    """Return for each item with two or more ratings their number, their sum, and the sum of their squares."""
    items = ratings.group_by("item", maintain_order=True).agg(
        n=pl.len(), total=pl.col("rating").sum(), squares=(pl.col("rating") ** 2).sum()
    )
    return items.filter(pl.col("n") > 1).select("n", "total", "squares").cast(pl.Float64).to_numpy()


def _resampled(sums: Floats) -> Floats:
    """Return alpha of many samples of the items, drawn with replacement; computed from sums of ratings."""
    if not len(sums):
        return np.empty(0)
    weights = np.random.default_rng(SEED).multinomial(len(sums), [1 / len(sums)] * len(sums), RESAMPLES)
    n, total, squares = sums.T
    within = weights @ ((2 * n * squares - 2 * total**2) / (n - 1))
    count, every, every_square = weights @ n, weights @ total, weights @ squares
    between = (2 * count * every_square - 2 * every**2) / (count - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - within / between)


def _outliers(key: Sequence[object], ratings: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    """Yield raters far above or below the others on the same items, and raters without whom agreement is far better."""
    config, dimension = key
    for rater in ratings["rater"].unique().sort():
        bias = _bias(ratings, rater)
        if bias is not None and abs(bias[0]) >= BIAS and bias[1] * bias[2] > 0:
            yield config, rater, dimension, "higher" if bias[0] > 0 else "lower", *bias
        harm = _harm(ratings, rater)
        if harm is not None and harm[0] >= HARM and harm[1] > 0:
            yield config, rater, dimension, "agrees less", *harm


def _bias(ratings: pl.DataFrame, rater: str) -> tuple[float, float, float] | None:
    """Return a rater's mean difference from the others on the same items, with its 95 % interval."""
    others = ratings.filter(pl.col("rater") != rater).group_by("item").agg(others=pl.col("rating").mean())
    found = ratings.filter(rater=rater).join(others, on="item").select(pl.col("rating") - pl.col("others"))
    # With one other rater, it is impossible to say which of the two differs.
    if ratings["rater"].n_unique() < 3 or found.height < 2:
        return None
    values = found.to_series().to_numpy()
    means = values[np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    return float(values.mean()), *np.quantile(means, (0.025, 0.975)).tolist()


def _harm(ratings: pl.DataFrame, rater: str) -> tuple[float, float, float] | None:
    """Return how much alpha rises without a rater, with the 95 % interval over independent samples of the items."""
    others = ratings.filter(pl.col("rater") != rater)
    with_, without = alpha(ratings), alpha(others)
    if others["rater"].n_unique() < 2 or with_ is None or without is None:
        return None
    difference = _resampled(_sums(others)) - np.random.default_rng(SEED).permutation(_resampled(_sums(ratings)))
    finite = difference[np.isfinite(difference)]
    return without - with_, *np.quantile(finite, (0.025, 0.975)).tolist()


def _means(round_: Round, long: pl.DataFrame) -> pl.DataFrame:
    """Return the mean rating of the random part, each item counted once, with its 95 % interval."""
    random = round_.read_items().filter(part="random").select("item")
    each = long.join(random, on="item").group_by("config", "dimension", "item", maintain_order=True)
    items = each.agg(pl.col("rating").mean())
    spread = NORMAL_95 * pl.col("rating").std() / pl.len().sqrt()
    return (
        items.group_by("config", "dimension", maintain_order=True)
        .agg(items=pl.len(), mean=pl.col("rating").mean(), spread=spread)
        .select(
            "config",
            "dimension",
            "items",
            "mean",
            low=pl.col("mean") - pl.col("spread"),
            high=pl.col("mean") + pl.col("spread"),
        )
    )
