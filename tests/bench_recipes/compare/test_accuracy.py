"""Accuracy and its intervals, against statsmodels, scipy and models of known accuracy."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from bench_recipes.compare.accuracy import accuracies, intervals
from bench_recipes.compare.resample import percentiles, resampled_sums
from benchmarks.evaluation.simulated_results import Items, by_tier, run_frame
from globmed.records.results import ASIDE
from tests.bench_recipes.compare.conftest import Gridded


def test_few_items_have_wilsons_interval() -> None:
    hits = (np.arange(200) < 130).astype(np.float32)[None]
    found = intervals(hits, np.ones_like(hits))
    low, high = proportion_confint(130, 200, method="wilson")
    assert found.method.tolist() == ["wilson"]
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=2e-3)


@pytest.mark.parametrize("right", [0, 200])
def test_all_or_nothing_has_an_interval_too(right: int) -> None:
    hits = (np.arange(200) < right).astype(np.float32)[None]
    found = intervals(hits, np.ones_like(hits))
    low, high = proportion_confint(right, 200, method="wilson")
    assert (found.low[0], found.high[0]) == pytest.approx((low, high))


@pytest.mark.parametrize(("right", "method"), [(49, "wilson"), (1000, "bootstrap"), (1951, "wilson")])
def test_few_right_or_few_wrong_have_wilsons_interval_however_many_items(right: int, method: str) -> None:
    hits = (np.arange(2000) < right).astype(np.float32)[None]
    assert intervals(hits, np.ones_like(hits), 20).method.tolist() == [method]


def test_many_items_have_scipys_bootstrap() -> None:
    hits = np.random.default_rng(1).random((1, 4000)) < 0.7
    found = intervals(hits.astype(np.float32), np.ones((1, 4000), np.float32))
    scipys = stats.bootstrap((hits[0],), np.mean, n_resamples=2000, method="percentile", rng=2).confidence_interval
    assert found.method.tolist() == ["bootstrap"]
    assert (found.low[0], found.high[0]) == pytest.approx((scipys.low, scipys.high), abs=2e-3)


def test_parallel_items_count_as_clusters() -> None:
    """As wide as statsmodels' clustered errors, and wider than if the languages were independent."""
    random = np.random.default_rng(1)
    hits = (random.standard_normal((2000, 1)) + random.standard_normal((2000, 12)) > 0).astype(np.float32)
    found = intervals(hits.sum(axis=1)[None], np.full((1, 2000), 12, np.float32))
    groups = np.repeat(np.arange(2000), 12)
    fitted = sm.OLS(hits.ravel(), np.ones(hits.size)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    low, high = fitted.conf_int()[0]
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=2e-3)
    naive = 2 * 1.96 * np.sqrt(0.25 / hits.size)
    assert found.high[0] - found.low[0] > 2 * naive


def test_resamples_have_the_size_of_the_sample_and_are_the_same_each_time() -> None:
    sums = resampled_sums(np.ones((1, 300)), 50)
    assert (sums == 300).all()
    values = np.random.default_rng(1).random((2, 300))
    assert resampled_sums(values, 50)[:, 1] == pytest.approx(resampled_sums(values[1:], 50)[:, 0], rel=1e-5)
    assert len(np.unique(resampled_sums(values[1:], 50))) == 50


@pytest.mark.parametrize("count", [1, 2, 50, 2001])
def test_percentiles_are_numpys(count: int) -> None:
    drawn = np.random.default_rng(count).random((count, 3, 2))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    found = percentiles(drawn)
    assert found[0] == pytest.approx(low, rel=1e-5)
    assert found[1] == pytest.approx(high, rel=1e-5)


def test_what_is_no_answer_is_counted_apart_and_is_in_one_accuracy_alone(gridded: Gridded) -> None:
    frame = run_frame("one", {"english": 0.8}, Items(300), 1, aside=0.4)
    (row,) = accuracies(gridded(frame)).filter(scope="english").to_dicts()
    counts = dict(frame["outcome"].value_counts().iter_rows())
    assert {name: row[name] for name in counts} == counts
    assert row["asked"] == 300 == sum(row[name] for name in ("correct", "wrong", *ASIDE))
    assert row["accuracy"] == pytest.approx(counts["correct"] / 300)
    assert row["answered"] == pytest.approx(counts["correct"] / (counts["correct"] + counts["wrong"]))
    assert row["low"] < row["accuracy"] < row["high"] < row["answered"]


def test_known_accuracies_are_found_again(gridded: Gridded) -> None:
    true = by_tier(0.75, 0.5)
    found = accuracies(gridded(run_frame("one", true, Items(2000), 1)))
    rows = found.with_columns(true=pl.col("scope").replace_strict(true | {"high": 0.75, "low": 0.5, "all": 2 / 3}))
    covered = rows.select((pl.col("low") <= pl.col("true")) & (pl.col("true") <= pl.col("high")))
    assert rows.height == 15
    assert covered.sum().item() >= 13
    assert rows["above_chance"].all()


def test_guessing_is_not_above_chance(gridded: Gridded) -> None:
    (row,) = accuracies(gridded(run_frame("one", {"english": 0.2}, Items(300), 1))).filter(scope="english").to_dicts()
    assert row["chance"] == pytest.approx(0.2)
    assert not row["above_chance"]


def test_a_language_that_a_run_was_not_asked_in_has_no_row_of_it(gridded: Gridded) -> None:
    one, two = (run_frame(name, {"english": 0.5, "zulu": 0.4}, Items(20), 1) for name in ("one", "two"))
    found = accuracies(gridded(one, two.filter(language="english")))
    assert found.filter(scope="zulu")["run"].to_list() == ["one"]


def test_long_answers_alone_have_no_accuracy(gridded: Gridded) -> None:
    frame = run_frame("one", {"english": 0.5}, Items(5), 1).with_columns(task=pl.lit("lfqa"), outcome=pl.lit("scored"))
    assert accuracies(gridded(frame)).is_empty()


def test_tasks_are_apart_and_together(gridded: Gridded) -> None:
    grid = gridded(run_frame("one", {"english": 0.7}, Items(300, ("mcqa", "yesno", "nli")), 1))
    found = accuracies(grid)
    assert dict(found.select("task", "asked").iter_rows()) == {"mcqa": 100, "yesno": 100, "nli": 100, "all": 300}
    assert found.filter(task="all")["chance"].item() == pytest.approx((1 / 5 + 1 / 3 + 1 / 3) / 3)
