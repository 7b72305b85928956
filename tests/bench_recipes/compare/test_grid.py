"""What is read of results, and what is refused."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bench_recipes.compare.grid import NOT_ASKED, OUTCOMES, read_grid
from bench_recipes.compare.model_facts import signatures, size_in, with_models
from benchmarks.evaluation.simulated_results import Items, run_frame, write_run
from globmed.errors import UserError
from globmed.records.evaluation import RUN
from globmed.records.results import RESULTS
from tests.bench_recipes.compare.conftest import Gridded

ITEMS = Items(30, ("mcqa", "yesno"))
TWO = {"english": 0.8, "swahili": 0.5}


def test_every_cell_is_that_of_its_row(gridded: Gridded) -> None:
    frame = run_frame("one", TWO, ITEMS, 1, aside=0.3).sample(fraction=1, shuffle=True, seed=1)
    grid = gridded(frame, run_frame("two", {"english": 0.5}, ITEMS, 2))
    assert (grid.names, grid.languages, grid.outcome.shape) == (["one", "two"], ("english", "swahili"), (2, 2, 30))
    assert (grid.outcome[1, 1] == NOT_ASKED).all()
    for place, language in enumerate(grid.languages):
        own = grid.items.join(frame.filter(language=language), on="id", how="left", maintain_order="left")
        assert [OUTCOMES[code] for code in grid.outcome[0, place]] == own["outcome"].to_list()
        letters = [None if letter < 0 else grid.answers[letter] for letter in grid.letter[0, place]]
        assert letters == own["parsed"].to_list()


def test_a_part_has_the_items_of_its_tasks(gridded: Gridded) -> None:
    grid = gridded(run_frame("one", TWO, ITEMS, 1))
    part = grid.part(["yesno"])
    assert set(part.items["task"]) == {"yesno"}
    assert np.array_equal(part.outcome, grid.outcome[..., grid.items["task"].to_numpy() == "yesno"])


def test_two_runs_of_one_model_are_told_apart(gridded: Gridded) -> None:
    frame = run_frame("one", TWO, ITEMS, 1)
    grid = gridded(frame, frame.with_columns(shots=pl.lit(5, pl.Int32)))
    assert grid.names == ["one (0)", "one (5)"]


def test_names_that_look_the_same_stay_apart(gridded: Gridded) -> None:
    frame = run_frame("one", TWO, ITEMS, 1)
    grid = gridded(frame, frame.with_columns(model=pl.lit("one\u202e\n")))
    assert sorted(grid.names) == ["one", "one #2"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.with_columns(commit=pl.lit("b" * 40)), "on commit"),
        (lambda frame: frame.drop("outcome", "parsed"), "no column parsed, outcome"),
        (lambda frame: pl.concat([frame, frame.head(1)]), "2 times in english"),
        (lambda frame: frame.with_columns(language=pl.lit("klingon")), "a language of the results"),
        (lambda frame: frame.with_columns(outcome=pl.lit("great")), "an outcome of the results"),
        (lambda frame: frame.with_columns(answer=pl.lit("Z")), "its task or key is not the same"),
    ],
)
def test_what_cannot_be_compared_is_refused(gridded: Gridded, change: object, message: str) -> None:
    other = change(run_frame("two", TWO, ITEMS, 2))  # type: ignore[operator]
    with pytest.raises(UserError, match=message):
        gridded(run_frame("one", TWO, ITEMS, 1), other)


def test_nothing_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no results\\.parquet in it"):
        read_grid([tmp_path])
    (tmp_path / RESULTS).write_text("no Parquet")
    with pytest.raises(UserError, match="not a Parquet file"):
        read_grid([tmp_path])
    write_run(tmp_path / "run", run_frame("one", TWO, ITEMS, 1))
    with pytest.raises(UserError, match="no results of the tasks nli"):
        read_grid([tmp_path / "run"], ["nli"])
    with pytest.raises(UserError, match="--tasks 'mcq'; known"):
        read_grid([tmp_path / "run"], ["mcq"])


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("Qwen3-1.7B", 1.7),
        ("llama_70b-chat", 70),
        ("mixtral-8x7b", None),
        ("gpt-4", None),
        ("30b-a3b", 30),
    ],
)
def test_a_size_is_read_from_a_name(name: str, size: float | None) -> None:
    assert size_in(name) == size


def test_facts_of_a_model_come_from_the_record_or_its_name(tmp_path: Path) -> None:
    write_run(tmp_path / "a", run_frame("a", TWO, ITEMS, 1), 3.5)
    (write_run(tmp_path / "b-2b", run_frame("b-2b", TWO, ITEMS, 1)) / RUN).unlink()
    runs = with_models(read_grid([tmp_path]).runs)
    assert runs.select("size", "hub").rows() == [(3.5, "made-up/a"), (2.0, None)]


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    (write_run(tmp_path / "a", run_frame("a", TWO, ITEMS, 1)) / RUN).write_text('{"state": "complete", "model": ["x"]}')
    runs = read_grid([tmp_path]).runs
    for read in (with_models, signatures):
        with pytest.raises(UserError, match=r'a/run\.json: field model is \["x"\], expected an object; run `globmed'):
            read(runs)
