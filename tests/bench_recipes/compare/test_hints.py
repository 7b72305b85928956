"""A liking for a letter and English items learnt by heart: flagged where they are, and not where they are not."""

import polars as pl
import pytest

from bench_recipes.compare.hints import letter_bias, memorised
from benchmarks.evaluation.simulated_results import Items, by_tier, run_frame
from globmed.languages import languages
from tests.bench_recipes.compare.conftest import Gridded

ITEMS = Items(1000)
HIGH = [name for name, entry in languages().items() if entry.tier == "high"]


def test_a_liking_for_a_letter_is_found(gridded: Gridded) -> None:
    frame = run_frame("one", {"english": 0.5}, ITEMS, 1)
    drawn = pl.int_range(pl.len()) % 4 == 0
    liking = frame.with_columns(
        model=pl.lit("likes C"),
        parsed=pl.when(drawn).then(pl.lit("C")).otherwise("parsed"),
    ).with_columns(
        outcome=pl.when(pl.col("parsed") == pl.col("answer")).then(pl.lit("correct")).otherwise(pl.lit("wrong"))
    )
    found = {row["run"]: row for row in letter_bias(gridded(frame, liking)).iter_rows(named=True)}
    assert found["likes C"]["most"] == "C"
    assert found["likes C"]["excess"] == pytest.approx(0.2, abs=0.03)
    assert found["likes C"]["p"] < 1e-6
    assert found["one"]["p"] > 0.01
    assert [found[name]["significant"] for name in ("likes C", "one")] == [True, False]
    assert found["one"]["distance"] < 0.05


def test_no_mistake_is_no_bias(gridded: Gridded) -> None:
    (row,) = letter_bias(gridded(run_frame("one", {"english": 1.0}, ITEMS, 1))).to_dicts()
    assert (row["distance"], row["p"]) == (0, 1)


def test_items_learnt_by_heart_in_english_are_a_hint(gridded: Gridded) -> None:
    honest = [run_frame(f"honest {n}", by_tier(0.5 + 0.02 * n, 0.3), ITEMS, n, share=0.5) for n in range(8)]
    learnt = run_frame("learnt", by_tier(0.55, 0.3), ITEMS, 99, share=0.5)
    by_heart = pl.col("id").is_in(ITEMS.id[::3]) & (pl.col("language") == "english")
    learnt = learnt.with_columns(
        parsed=pl.when(by_heart).then("answer").otherwise("parsed"),
        outcome=pl.when(by_heart).then(pl.lit("correct")).otherwise("outcome"),
    )
    better = run_frame("better in English", by_tier(0.55, 0.3) | {"english": 0.75}, ITEMS, 98, share=0.5)
    frames = [*honest, learnt, better]
    found = memorised(gridded(*frames))
    assert found.filter("hint")["run"].to_list() == ["learnt"]
    assert found["score"].median() == pytest.approx(0)
    high = [frame.filter(pl.col("language").is_in(HIGH)) for frame in frames]
    assert memorised(gridded(*high)).equals(found), "a low-resource language says nothing of what is easy"


def test_few_runs_give_no_hint(gridded: Gridded) -> None:
    assert memorised(gridded(run_frame("one", by_tier(0.8, 0.2), ITEMS, 1))).is_empty()
