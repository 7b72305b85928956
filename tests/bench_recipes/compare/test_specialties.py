"""Accuracy by field of medicine, against a plain count; results from before there were fields."""

from pathlib import Path

import polars as pl

from bench_recipes.compare.grid import read_grid
from bench_recipes.compare.specialties import FEWEST, specialties
from benchmarks.evaluation.simulated_results import SPECIALTIES, Items, run_frame, write_run
from tests.bench_recipes.compare.conftest import Gridded


def test_every_specialty_has_the_accuracy_of_its_items(gridded: Gridded) -> None:
    frame = run_frame("m", {"english": 0.7, "swahili": 0.4}, Items(200), 1)
    found = specialties(gridded(frame), resamples=20)
    counted = frame.group_by("language", "specialty").agg(pl.len(), (pl.col("outcome") == "correct").mean())
    for language, specialty, items, share in counted.iter_rows():
        own = found.filter(specialty=specialty, scope=language, run="m")
        assert own.select("items", "accuracy").rows() == [(items, share)]
    assert set(found["specialty"]) == set(SPECIALTIES)


def test_a_specialty_of_few_items_is_left_out_and_so_are_items_without_one(gridded: Gridded) -> None:
    frame = run_frame("m", {"english": 0.7}, Items(2 * FEWEST - 10), 1)
    some = pl.when(pl.col("specialty") == SPECIALTIES[0]).then("specialty")
    assert specialties(gridded(frame), resamples=20).is_empty()
    more = run_frame("m", {"english": 0.7}, Items(4 * FEWEST), 1).with_columns(specialty=some)
    assert set(specialties(gridded(more), resamples=20)["specialty"]) == {SPECIALTIES[0]}


def test_results_from_before_there_were_specialties_are_read(tmp_path: Path) -> None:
    frame = run_frame("m", {"english": 0.7}, Items(100), 1)
    write_run(tmp_path / "earlier", frame.drop("specialty"))
    assert specialties(read_grid([tmp_path]), resamples=20).is_empty()
    write_run(tmp_path / "later", frame.with_columns(model=pl.lit("n")))
    assert set(specialties(read_grid([tmp_path]), resamples=20)["run"]) == {"m", "n"}
