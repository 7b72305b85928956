"""Disparity and consistency over languages, on models of known accuracies."""

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.contingency_tables import cochrans_q

from bench_recipes.compare.disparity import agreements, disparities
from benchmarks.evaluation.simulated_results import Items, by_tier, run_frame
from tests.bench_recipes.compare.conftest import Gridded


def test_tiers_and_the_worst_language_are_found(gridded: Gridded) -> None:
    true = by_tier(0.8, 0.5) | {"zulu": 0.35}
    frame = run_frame("one", true, Items(2000), 1)
    (row,) = disparities(gridded(frame)).to_dicts()
    low = (0.5 * 3 + 0.35) / 4
    assert (row["worst"], row["worst_share"], row["languages"]) == ("zulu", 1.0, 12)
    assert row["ratio_low"] < low / 0.8 < row["ratio_high"]
    assert row["corrected_low"] < (low - 0.2) / 0.6 < row["corrected_high"]
    assert row["corrected_ratio"] < row["ratio"]
    right = frame.pivot("language", index="id", values="outcome").drop("id").select(pl.all() == "correct")
    assert row["cochran_p"] == pytest.approx(cochrans_q(right.to_numpy().astype(int)).pvalue)


def test_a_run_that_guesses_has_no_corrected_ratio(gridded: Gridded) -> None:
    (row,) = disparities(gridded(run_frame("one", by_tier(0.2, 0.2), Items(500), 1))).to_dicts()
    assert row["corrected_ratio"] is None
    assert row["ratio"] == pytest.approx(1, abs=0.2)


def test_a_run_that_may_know_nothing_has_no_ratio(gridded: Gridded) -> None:
    """Of sixteen items two are right, so that many a resample has none to divide by."""
    (row,) = disparities(gridded(run_frame("one", by_tier(0.1, 0.1), Items(16), 1))).to_dicts()
    assert row["high"] > 0
    assert (row["ratio"], row["ratio_low"], row["ratio_high"]) == (None, None, None)


def test_only_parallel_items_count(gridded: Gridded) -> None:
    frame = run_frame("one", by_tier(0.8, 0.5), Items(300), 1)
    absent = pl.col("id").is_in(Items(300).id[:100]) & (pl.col("language") == "zulu")
    (row,) = disparities(gridded(frame.filter(~absent))).to_dicts()
    assert row["items"] == 200


def test_a_run_in_one_language_has_no_disparity(gridded: Gridded) -> None:
    grid = gridded(run_frame("one", {"english": 0.5}, Items(50), 1))
    assert disparities(grid).is_empty()
    assert agreements(grid).is_empty()


def test_answers_that_are_the_same_in_all_languages_agree(gridded: Gridded) -> None:
    frame = run_frame("one", {"english": 0.6}, Items(300), 1)
    copies = [frame.with_columns(language=pl.lit(name)) for name in ("english", "french", "zulu")]
    (row,) = agreements(gridded(pl.concat(copies))).to_dicts()
    assert (row["items"], row["same"], row["kappa"]) == (300, 1.0, pytest.approx(1))
    assert row["all_right"] + row["none_right"] == 1
    assert row["all_same_wrong"] == row["none_right"]


def test_answers_at_random_agree_by_chance(gridded: Gridded) -> None:
    frame = run_frame("one", dict.fromkeys(("english", "french", "zulu"), 0.2), Items(3000), 1, share=0)
    (row,) = agreements(gridded(frame)).to_dicts()
    assert row["same"] == pytest.approx(0.2, abs=0.02)
    assert row["kappa"] == pytest.approx(0, abs=0.02)


def test_items_without_an_answer_somewhere_are_left_out(gridded: Gridded) -> None:
    frame = run_frame("one", {"english": 0.6, "zulu": 0.5}, Items(300), 1, aside=0.2)
    (row,) = agreements(gridded(frame)).to_dicts()
    answered = frame.filter(pl.col("outcome").is_in(["correct", "wrong"])).group_by("id").len().filter(len=2)
    assert row["items"] == answered.height
    assert np.isfinite(row["kappa"])
