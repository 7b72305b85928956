"""Gains by fine-tuning: against sums done by hand, and on models of known accuracies."""

from pathlib import Path

import polars as pl
import pytest
from scipy import stats

from bench_recipes.compare.grid import Grid
from bench_recipes.experiment.gains import gains, headline, read_pair, specialty_gains
from benchmarks.evaluation.simulated_results import SPECIALTIES, Items, by_tier, run_frame, write_run
from globmed.errors import UserError


def written(folder: Path, before: pl.DataFrame, after: pl.DataFrame) -> Grid:
    write_run(folder / "before", before)
    write_run(folder / "after", after)
    return read_pair(folder / "before", folder / "after")


def answered(model: str, right: dict[str, int], items: Items) -> pl.DataFrame:
    """Return results in which the first so many items of each language are right."""
    frame = run_frame(model, dict.fromkeys(right, 0.5), items, 1).sort("language", "id")
    place = pl.col("id").rank("ordinal").over("language")
    share = pl.col("language").replace_strict(right, return_dtype=pl.Int64)
    return frame.with_columns(outcome=pl.when(place <= share).then(pl.lit("correct")).otherwise(pl.lit("wrong")))


def test_the_gain_is_the_sum_done_by_hand(tmp_path: Path) -> None:
    """Of a hundred questions with five options: 40 right, then 60, in English; 30, then 45, in Swahili."""
    items = Items(100)
    # The tuned model's name comes first in every order, and it is still the one that came after.
    grid = written(
        tmp_path,
        answered("zzz", {"english": 40, "swahili": 30}, items),
        answered("aaa", {"english": 60, "swahili": 45}, items),
    )
    found = gains({"one": grid}).filter(task="mcqa")
    told = found.filter(scope="english").row(0, named=True)
    assert (told["before"], told["after"], told["chance"]) == pytest.approx((0.4, 0.6, 0.2))
    assert told["gain"] == pytest.approx(0.2)
    assert told["relative"] == pytest.approx(0.5)
    assert told["relative_above_chance"] == pytest.approx(1.0)
    assert (told["before_only"], told["after_only"], told["items"]) == (0, 20, 100)
    assert told["p_exact"] == pytest.approx(stats.binomtest(20, 20).pvalue)
    both = found.filter(scope="all").row(0, named=True)
    assert both["gain"] == pytest.approx(0.175)
    assert both["relative"] == pytest.approx(0.525 / 0.35 - 1)
    assert both["relative_above_chance"] == pytest.approx(0.325 / 0.15 - 1)
    for name in ("gain", "relative", "relative_above_chance"):
        assert told[f"{name}_low"] < told[name] < told[f"{name}_high"]
    assert found["significant"].all()


def test_the_papers_two_figures_are_the_sums_done_by_hand(tmp_path: Path) -> None:
    """Each language counts once: (0.4 + 0.1) / 2 becomes (0.5 + 0.35) / 2; Swahili's 0.1 becomes 0.35."""
    items = Items(100)
    first = written(
        tmp_path / "first",
        answered("b", {"english": 40, "swahili": 10}, items),
        answered("a", {"english": 50, "swahili": 35}, items),
    )
    second = written(
        tmp_path / "second",
        answered("d", {"english": 50, "swahili": 20}, items),
        answered("c", {"english": 50, "swahili": 20}, items),
    )
    one, two, mean = headline({"one": first, "two": second}).to_dicts()
    assert one["relative"] == pytest.approx(0.85 / 0.5 - 1)
    assert one["low_ratio"] == pytest.approx(3.5)
    assert one["low_ratio_low"] < 3.5 < one["low_ratio_high"]
    assert (two["relative"], two["low_ratio"]) == pytest.approx((0, 1))
    assert mean["recipe"] == "all"
    assert mean["relative"] == pytest.approx(0.35)
    assert mean["low_ratio"] == pytest.approx(2.25)
    assert headline({"one": first})["recipe"].to_list() == ["one"]


def test_tasks_and_languages_count_alike_in_the_headline(tmp_path: Path) -> None:
    """Two thirds of the questions are of one task, and it has no more weight than the other."""
    items = Items(300, ("mcqa", "mcqa", "nli"))
    before = run_frame("b", {"english": 0.5}, items, 1)
    hit = pl.when(pl.col("task") == "nli").then(pl.lit("correct")).otherwise(pl.col("outcome"))
    grid = written(tmp_path, before, before.with_columns(model=pl.lit("a"), outcome=hit))
    shares = dict(before.group_by("task").agg((pl.col("outcome") == "correct").mean()).iter_rows())
    (row,) = headline({"one": grid}).to_dicts()
    assert row["relative"] == pytest.approx((shares["mcqa"] + 1) / (shares["mcqa"] + shares["nli"]) - 1)
    assert row["low_ratio"] is None, "no low-resource language was asked"


def test_a_baseline_that_guesses_has_a_gain_but_none_relative_to_what_is_above_chance(tmp_path: Path) -> None:
    items = Items(400)
    grid = written(tmp_path, run_frame("b", {"english": 0.2}, items, 1), run_frame("a", {"english": 0.5}, items, 2))
    row = gains({"one": grid}).row(0, named=True)
    assert row["relative"] == pytest.approx(1.5, abs=0.5)
    assert (row["relative_above_chance"], row["relative_above_chance_low"]) == (None, None)
    nothing = written(
        tmp_path / "nothing", run_frame("b", {"zulu": 0.01}, items, 1), run_frame("a", {"zulu": 0.5}, items, 2)
    )
    row = gains({"one": nothing}).row(0, named=True)
    assert row["gain"] > 0.4
    assert row["relative"] is None
    assert headline({"one": nothing})["low_ratio"].to_list() == [None]


def test_a_model_that_did_not_change_has_no_significant_gain(tmp_path: Path) -> None:
    frame = run_frame("b", by_tier(0.6, 0.4), Items(200), 1)
    found = gains({"one": written(tmp_path, frame, frame.with_columns(model=pl.lit("a")))})
    assert set(found["gain"]) == {0.0}
    assert not found["significant"].any()


def test_holms_correction_covers_the_recipes_and_scopes_of_a_task(tmp_path: Path) -> None:
    items = Items(300)
    pairs = {
        name: written(
            tmp_path / name,
            run_frame("b", by_tier(0.5, 0.4), items, 1),
            run_frame("a", by_tier(0.55, 0.45), items, place + 2),
        )
        for place, name in enumerate(("one", "two"))
    }
    found = gains(pairs)
    assert found.height == 2 * (12 + 3)
    smallest = found.sort("p").row(0, named=True)
    assert smallest["p_holm"] == pytest.approx(min(1, found.height * smallest["p"]))


def test_specialties_have_the_gain_of_their_items(tmp_path: Path) -> None:
    items = Items(400)
    before, after = run_frame("b", {"english": 0.4}, items, 1), run_frame("a", {"english": 0.6}, items, 2)
    found = specialty_gains({"one": written(tmp_path, before, after)})
    hit = (pl.col("outcome") == "correct").mean()
    shares = [dict(frame.group_by("specialty").agg(hit).iter_rows()) for frame in (before, after)]
    assert set(found["specialty"]) == set(SPECIALTIES)
    for row in found.iter_rows(named=True):
        expected = shares[1][row["specialty"]] - shares[0][row["specialty"]]
        assert row["gain"] == pytest.approx(expected)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say(tmp_path: Path) -> None:
    """Sixty experiments on models of known accuracy: 95 % of the intervals, give or take chance."""
    true_before = {"english": 0.55, "german": 0.55, "swahili": 0.4, "zulu": 0.4}
    true_after = {"english": 0.65, "german": 0.65, "swahili": 0.55, "zulu": 0.55}
    mean_before, mean_after, chance = 0.475, 0.6, 0.2
    truths = {
        "gain": mean_after - mean_before,
        "relative": mean_after / mean_before - 1,
        "relative_above_chance": (mean_after - chance) / (mean_before - chance) - 1,
        "low_ratio": 0.55 / 0.4,
    }
    held = dict.fromkeys(truths, 0)
    for seed in range(60):
        items = Items(300, seed=seed)
        before, after = (
            run_frame(name, true, items, 2 * seed + place)
            for place, (name, true) in enumerate((("b", true_before), ("a", true_after)))
        )
        pair = {"one": written(tmp_path / str(seed), before, after)}
        found = gains(pair, 500).filter(scope="all").row(0, named=True)
        (lead,) = headline(pair, 500).to_dicts()
        assert lead["relative"] == pytest.approx(found["relative"], abs=1e-6), "one task, and the same items everywhere"
        for name, truth in truths.items():
            row = lead if name == "low_ratio" else found
            held[name] += row[f"{name}_low"] <= truth <= row[f"{name}_high"]
    # Fewer than 51 of 60 are 0.2 % likely where each interval holds it with 95 %.
    assert all(count >= 51 for count in held.values()), held


def test_runs_that_were_asked_otherwise_are_not_compared(tmp_path: Path) -> None:
    items = Items(50)
    before, after = run_frame("b", {"english": 0.4}, items, 1), run_frame("a", {"english": 0.6}, items, 2)
    with pytest.raises(UserError, match="ask both alike"):
        written(tmp_path, before, after.with_columns(method=pl.lit("likelihood")))


def test_a_folder_with_several_runs_is_not_one_of_a_pair(tmp_path: Path) -> None:
    items = Items(50)
    for name in ("b", "c"):
        write_run(tmp_path / "several" / name, run_frame(name, {"english": 0.4}, items, 1))
    write_run(tmp_path / "after", run_frame("a", {"english": 0.4}, items, 1))
    with pytest.raises(UserError, match="expected one run in each"):
        read_pair(tmp_path / "several", tmp_path / "after")
