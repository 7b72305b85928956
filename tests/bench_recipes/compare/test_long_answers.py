"""Scores of long answers."""

import polars as pl
import pytest
from scipy import stats

from bench_recipes.compare.long_answers import long_answers
from benchmarks.evaluation.simulated_results import Items, run_frame
from tests.bench_recipes.compare.conftest import Gridded


def test_means_are_of_what_was_scored(gridded: Gridded) -> None:
    marks = [0.1, 0.4, 0.9, 0.6]
    frame = run_frame("one", {"english": 0.5}, Items(5), 1).with_columns(task=pl.lit("lfqa"))
    scores = [{"rouge_l": None, "bleu": None, "chrf": 50.0, "language": 1.0, "judge": mark} for mark in [*marks, 0.0]]
    frame = frame.with_columns(
        outcome=pl.Series(["scored"] * 4 + ["refusal"]),
        scores=pl.Series(scores, dtype=frame.schema["scores"]),
        judge=pl.lit("judge-1"),
        # As of a model that is asked over an API.
        revision=pl.lit(None, pl.String),
    )
    found = {row["score"]: row for row in long_answers(gridded(frame)).iter_rows(named=True)}
    assert set(found) == {"chrf", "judge"}
    row, interval = found["judge"], stats.ttest_1samp(marks, 0).confidence_interval()
    assert (row["mean"], row["low"], row["high"]) == pytest.approx((0.5, interval.low, interval.high))
    assert (row["asked"], row["scored"], row["refusal"], row["judge"]) == (5, 4, 1, "judge-1")


def test_closed_tasks_have_none(gridded: Gridded) -> None:
    assert long_answers(gridded(run_frame("one", {"english": 0.5}, Items(5), 1))).is_empty()
