"""Paired differences, against statsmodels and scipy."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import contingency_tables
from statsmodels.stats.multitest import multipletests

from bench_recipes.compare.grid import Grid
from bench_recipes.compare.paired import between_languages, between_runs, corrected, gaps, holm, mcnemar
from bench_recipes.compare.ranks import ranks
from bench_recipes.compare.shared import Shared, shared
from benchmarks.evaluation.simulated_results import Items, by_tier, run_frame
from globmed.errors import UserError
from tests.bench_recipes.compare.conftest import Gridded


def pairs(grid: Grid) -> pl.DataFrame:
    return between_runs(shared(grid))


TWO = {"english": 0.8, "swahili": 0.6}


@pytest.mark.parametrize(("first", "second"), [(0, 0), (3, 9), (9, 3), (7, 7), (0, 12), (40, 70)])
def test_mcnemar_is_that_of_statsmodels(first: int, second: int) -> None:
    exact, mid = mcnemar(np.array([first]), np.array([second]))
    theirs = contingency_tables.mcnemar([[5, first], [second, 5]], exact=True).pvalue
    assert exact[0] == pytest.approx(theirs)
    # Mid-p counts half of what is just as extreme as what was seen.
    seen, both = min(first, second), first + second
    below = sum(stats.binom.pmf(each, both, 0.5) for each in range(seen))
    assert mid[0] == pytest.approx(min(1, 2 * (below + stats.binom.pmf(seen, both, 0.5) / 2)))


def test_two_runs_are_compared_item_by_item(gridded: Gridded) -> None:
    items = Items(1500)
    one, two = run_frame("one", TWO, items, 1), run_frame("two", {"english": 0.75, "swahili": 0.6}, items, 2)
    found = pairs(gridded(one, two))
    (row,) = found.filter(scope="english").to_dicts()
    right = [frame.filter(language="english").sort("id")["outcome"].to_numpy() == "correct" for frame in (one, two)]
    assert row["first_only"] == (right[0] & ~right[1]).sum()
    assert row["difference"] == pytest.approx(right[0].mean() - right[1].mean())
    difference = right[0].astype(float) - right[1]
    scipys = stats.bootstrap((difference,), np.mean, n_resamples=4000, method="percentile", rng=1).confidence_interval
    assert (row["low"], row["high"]) == pytest.approx((scipys.low, scipys.high), abs=4e-3)


def test_over_languages_the_test_is_clustered_by_item(gridded: Gridded) -> None:
    items = Items(800)
    frames = [run_frame(name, by_tier(high, 0.5), items, seed) for name, high, seed in (("a", 0.7, 1), ("b", 0.68, 2))]
    (row,) = pairs(gridded(*frames)).filter(scope="all").to_dicts()
    joined = frames[0].join(frames[1], on=["id", "language"])
    difference = joined.select((pl.col("outcome") == "correct").cast(pl.Int8) - (pl.col("outcome_right") == "correct"))
    groups = joined["id"].rank("dense").to_numpy()
    fitted = sm.OLS(difference.to_numpy().ravel(), np.ones(joined.height)).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    assert row["test"] == "clustered t"
    assert row["difference"] == pytest.approx(fitted.params[0])
    assert row["p"] == pytest.approx(fitted.pvalues[0], rel=0.02)


def test_a_run_is_compared_with_itself(gridded: Gridded) -> None:
    frame = run_frame("one", TWO, Items(100), 1)
    found = pairs(gridded(frame, frame.with_columns(model=pl.lit("two"))))
    assert found["difference"].to_list() == [0, 0, 0]
    assert found["p"].to_list() == [1, 1, 1]
    assert not found["significant"].any()


def test_only_what_every_run_was_asked_is_compared(gridded: Gridded) -> None:
    items = Items(200)
    one, two = run_frame("one", TWO, items, 1), run_frame("two", TWO, items, 2)
    chosen = items.id[:50]
    found = pairs(gridded(one, two.filter(pl.col("id").is_in(chosen))))
    assert set(found["items"]) == {50}
    right, other = (
        frame.filter(pl.col("id").is_in(chosen), language="english").filter(outcome="correct").height
        for frame in (one, two)
    )
    alone = found.filter(scope="english")
    assert alone["difference"].item() == pytest.approx((right - other) / 50)


def test_a_run_without_a_language_takes_no_part_there(gridded: Gridded) -> None:
    items = Items(100)
    found = pairs(gridded(run_frame("one", TWO, items, 1), run_frame("two", {"english": 0.5}, items, 2)))
    assert found["scope"].to_list() == ["english"]


def test_no_parallel_items_is_a_users_error(gridded: Gridded) -> None:
    one = run_frame("one", TWO, Items(100), 1)
    other = run_frame("two", TWO, Items(100), 1).with_columns(pl.format("{}-other", "id").alias("id"))
    with pytest.raises(UserError, match="one and two: no parallel items"):
        pairs(gridded(one, other))


def test_languages_without_a_common_item_are_no_pair(gridded: Gridded) -> None:
    three = {"english": 0.7, "french": 0.6, "swahili": 0.5}
    frame = run_frame("one", three, Items(100), 1)
    renamed = pl.when(language="swahili").then(pl.format("{}-sw", "id")).otherwise("id")
    found = between_languages(gridded(frame.with_columns(id=renamed)))
    assert found.select("first", "second", "items").rows() == [("english", "french", 100)]
    assert gaps(found)["language"].to_list() == ["french"]


def test_languages_of_a_run_are_compared_on_what_every_run_was_asked_in_both(gridded: Gridded) -> None:
    """The other run lacks some items in one language, and has no Swahili at all."""
    items = Items(200)
    one = run_frame("one", {"english": 0.8, "french": 0.5, "swahili": 0.4}, items, 1)
    lacking = pl.col("id").is_in(items.id[:80]) & (pl.col("language") == "french")
    two = run_frame("two", {"english": 0.7, "french": 0.6}, items, 2).filter(~lacking)
    found = between_languages(gridded(one, two))
    rows = {row["second"]: row for row in found.filter(run="one", first="english").iter_rows(named=True)}
    for name, chosen in (("french", items.id[80:]), ("swahili", items.id)):
        of_both = one.filter(pl.col("id").is_in(chosen))
        english, other = (
            of_both.filter(language=each).sort("id")["outcome"].to_numpy() == "correct" for each in ("english", name)
        )
        row = rows[name]
        assert (row["items"], row["first_only"]) == (len(chosen), (english & ~other).sum())
        assert row["difference"] == pytest.approx(english.mean() - other.mean())
        assert row["low"] < row["difference"] < row["high"]
    assert found.filter(run="two").select("first", "second", "items").rows() == [("english", "french", 120)]


def test_gaps_to_english_are_language_less_english(gridded: Gridded) -> None:
    frame = run_frame("one", by_tier(0.8, 0.5), Items(1000), 1)
    found = gaps(between_languages(gridded(frame)))
    shares = dict(frame.group_by("language").agg((pl.col("outcome") == "correct").mean()).iter_rows())
    assert found.height == 11
    for row in found.iter_rows(named=True):
        assert row["difference"] == pytest.approx(shares[row["language"]] - shares["english"])
        assert row["low"] < row["difference"] < row["high"]
        assert row["first_only"] - row["second_only"] == pytest.approx(row["difference"] * 1000)
    assert set(found.filter("significant")["language"]) == {"swahili", "wolof", "yoruba", "zulu"}


def test_correction_is_within_the_family() -> None:
    p = [0.001, 0.02, 0.03, 0.04, 0.5]
    frame = pl.DataFrame({"task": ["a"] * 5 + ["b"], "p": [*p, 0.02]})
    found = corrected(frame, ["task"])
    assert found["p_holm"].to_list() == pytest.approx([0.005, 0.08, 0.09, 0.09, 0.5, 0.02])
    assert found["p_bh"].to_list()[:5] == pytest.approx(stats.false_discovery_control(p).tolist())
    assert found["significant"].to_list() == [True, False, False, False, False, True]


# A collection of all garbage an example takes its time.
@settings(max_examples=10)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_s_correction_is_that_of_statsmodels(p: list[float]) -> None:
    assert holm(np.array(p)) == pytest.approx(multipletests(p, method="holm")[1])


def test_ranks_tell_how_sure_they_are(gridded: Gridded) -> None:
    items = Items(1000)
    accuracies = {"best": 0.9, "first like": 0.6, "second like": 0.6, "worst": 0.3}
    frames = [run_frame(name, {"english": each}, items, seed) for seed, (name, each) in enumerate(accuracies.items())]
    found = {row["run"]: row for row in ranks(shared(gridded(*frames))).iter_rows(named=True)}
    assert [found["best"][name] for name in ("rank", "rank_low", "rank_high")] == [1, 1, 1]
    assert [found["worst"][name] for name in ("rank", "rank_low", "rank_high")] == [4, 4, 4]
    assert (found["first like"]["rank_low"], found["first like"]["rank_high"]) == (2, 3)


@pytest.mark.parametrize(("lost", "bounds"), [(24, ([1, 2], [1, 2])), (26, ([1, 1], [2, 2]))])
def test_the_interval_of_a_rank_is_of_95_in_100_resamples(lost: int, bounds: tuple[list[int], list[int]]) -> None:
    drawn = np.tile([0.6, 0.4], (1000, 1))
    drawn[:lost] = drawn[:lost, ::-1]
    hits, tried = np.array([[1, 1], [0, 1]], np.float32), np.ones(2, np.float32)
    found = ranks([Shared("mcqa", np.array(["a", "b"]), "english", hits, tried, np.array([[0, 1], [0, 0]]), drawn)])
    assert (found["rank_low"].to_list(), found["rank_high"].to_list()) == bounds


def test_a_language_that_lacks_a_task_is_compared_in_the_others(gridded: Gridded) -> None:
    frame = run_frame("one", {"english": 0.6, "french": 0.5}, Items(90, ("mcqa", "yesno")), 1)
    lacking = frame.filter((pl.col("language") == "english") | (pl.col("task") == "mcqa"))
    found = between_languages(gridded(lacking))
    assert dict(found.select("task", "items").iter_rows()) == {"mcqa": 45, "all": 45}
