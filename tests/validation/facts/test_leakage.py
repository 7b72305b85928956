"""Leakage fires on a question of training that is asked again in another split, and on nothing else."""

from pathlib import Path

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.languages import language
from validation.facts.leakage import find_leakage

COLUMNS = ["config", "id_a", "split_a", "source_a", "id_b", "split_b", "source_b", "similarity", "kind"]
OTHER = " ".join(f"impendulo {number}" for number in range(100, 130))


@pytest.fixture
def rows(demo_build: BuildFolder) -> pl.DataFrame:
    """The sample's Zulu rows with their split."""
    files = sorted(Path(demo_build.rows / "zulu").glob("*.parquet"))
    return pl.concat([pl.read_parquet(file).with_columns(split=pl.lit(file.name.partition("-")[0])) for file in files])


def repeated(rows: pl.DataFrame, task: str, split: str, change: pl.Expr | None = None) -> pl.DataFrame:
    """Return the rows, with one of training again in a split."""
    row = rows.filter(pl.col("split") == "train", pl.col("task") == task).head(1)
    row = row.with_columns(id=pl.lit("sample/again"), split=pl.lit(split), long_answer=pl.lit("Okunye."))
    return pl.concat([rows, row if change is None else row.with_columns(change)])


def test_the_sample_does_not_leak(rows: pl.DataFrame) -> None:
    found = find_leakage(rows, language("zulu"))
    assert found.columns == COLUMNS
    assert found.height == 0


@pytest.mark.parametrize("split", ["validation", "test"])
@pytest.mark.parametrize("task", ["mcqa", "yesno", "nli", "lfqa"])
def test_a_question_of_training_fires_in_another_split(rows: pl.DataFrame, task: str, split: str) -> None:
    original = rows.filter(pl.col("split") == "train", pl.col("task") == task).row(0, named=True)
    found = find_leakage(repeated(rows, task, split), language("zulu"))
    expected = ("zulu", original["id"], "train", original["source"], "sample/again", split, "sample", 1.0, "exact")
    assert found.rows() == [expected]


def test_the_same_question_within_a_split_does_not_fire(rows: pl.DataFrame) -> None:
    assert find_leakage(repeated(rows, "mcqa", "train"), language("zulu")).height == 0


def test_a_text_that_training_has_ever_so_often_is_not_paired_with_itself(rows: pl.DataFrame) -> None:
    """The pairs would be more than memory holds."""
    often = pl.concat([repeated(rows, "mcqa", "train").tail(1)] * 30_000)
    numbered = often.with_columns(id=pl.format("sample/again/{}", pl.int_range(pl.len())))
    assert find_leakage(pl.concat([rows, numbered]), language("zulu")).height == 0


def test_validation_against_test_does_not_fire(rows: pl.DataFrame) -> None:
    both = repeated(rows, "mcqa", "test").with_columns(split=pl.col("split").replace("train", "validation"))
    assert find_leakage(both, language("zulu")).height == 0


def test_a_changed_option_is_near(rows: pl.DataFrame) -> None:
    last = pl.concat_list(pl.col("options").list.slice(0, 1), pl.col("options").list.slice(2)).alias("options")
    found = find_leakage(repeated(rows, "mcqa", "test", last), language("zulu"))
    assert found["kind"].to_list() == ["near"]
    assert 0.4 <= found["similarity"][0] < 1


def test_other_options_are_another_question(rows: pl.DataFrame) -> None:
    other = pl.col("options").list.eval(pl.struct(pl.element().struct.field("label"), text=pl.lit(OTHER)))
    assert find_leakage(repeated(rows, "mcqa", "test", other), language("zulu")).height == 0
