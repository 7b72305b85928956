"""Faults planted in the texts of a real build, with the column `quality` left as it was, fail `globmed validate`."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from builders.rows.artifacts.folder import BuildFolder
from globmed.cli.main import application
from globmed.languages import ENGLISH
from globmed.schema import TEXTS
from tests.validation.conftest import read_rows, write_rows
from validation.validate import FINDINGS

Plant = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def filled_with(other: str) -> Plant:
    """The texts of another config in place of a config's own."""

    def plant(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        theirs = rows.filter(config=other).select("id", *TEXTS, "options")
        return own.drop(*TEXTS, "options").join(theirs, on="id").select(own.columns)

    return plant


def times_ten(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return own.with_columns(pl.col(*TEXTS).str.replace_all(r"\d+", "${0}0"))


def with_options(order: pl.Expr) -> Plant:
    """The texts of the options in another order, or others, behind the labels that were there."""

    def plant(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        changed = (
            own.filter(pl.col("options").is_not_null())
            .select("id", "options")
            .explode("options")
            .select("id", label=pl.col("options").struct.field("label"), text=pl.col("options").struct.field("text"))
            .with_columns(text=order.over("id"))
            .group_by("id", maintain_order=True)
            .agg(options=pl.struct("label", "text"))
        )
        return own.drop("options").join(changed, on="id", how="left").select(own.columns)

    return plant


def one_question(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    question = pl.col("question")
    return own.with_columns(question=pl.when(question.is_not_null()).then(question.drop_nulls().first()))


def two_collapsed(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Two questions with different answers told as one, by people."""
    first, second = own.filter(task="yesno", split="train").unique("answer", maintain_order=True)["id"][:2]
    texts = {name: own.filter(id=first)[name].item() for name in ("question", "context")}
    other = pl.col("id") == second
    return own.with_columns(
        *(pl.when(other).then(pl.lit(text)).otherwise(name).alias(name) for name, text in texts.items()),
        origin=pl.lit("human"),
    )


def edited_column(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return own.with_columns(quality=pl.col("quality").struct.with_fields(length_ratio=pl.lit(1.0)))


SWAPPED = pl.col("text").gather(
    pl.when(pl.int_range(pl.len()) < 2).then(1 - pl.int_range(pl.len())).otherwise(pl.int_range(pl.len()))
)
#: What is planted in a config, and what the finding of some row has to say.
PLANTS: dict[str, tuple[Plant, str]] = {
    "wolof": (filled_with("french"), "language is"),
    "spanish": (times_ten, "numbers is 1.0, measured"),
    "german": (filled_with(ENGLISH), "copy is"),
    "portuguese": (with_options(pl.col("text").reverse()), "options is 1.0, measured 0.0"),
    "korean": (with_options(pl.col("text").first()), "options_merged"),
    "japanese": (one_question, "length_ratio is"),
    "french": (with_options(SWAPPED), "options is 1.0, measured 0.0"),
    "swahili": (two_collapsed, "collapsed"),
    "zulu": (edited_column, "length_ratio is 1.0, measured"),
}


@pytest.fixture(scope="module")
def planted(demo_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with a fault in most configs, judged by the command; the folder that it wrote."""
    folder = tmp_path_factory.mktemp("planted") / "dataset"
    rows = read_rows(demo_build.root)
    parts = [
        PLANTS[config][0](own, rows) if config in PLANTS else own
        for (config,), own in rows.group_by("config", maintain_order=True)
    ]
    write_rows(pl.concat(parts), folder)
    done = CliRunner().invoke(application(), ["validate", str(folder)])
    assert done.exit_code == 1
    assert "critical measured/edited" in done.stdout
    return folder.with_name("validation")


@pytest.mark.parametrize("config", PLANTS)
def test_a_planted_fault_is_found(planted: Path, config: str) -> None:
    findings = pl.read_parquet(planted / FINDINGS).filter(reason="measured/edited", config=config)
    assert findings["detail"].str.contains(PLANTS[config][1], literal=True).any(), findings["detail"].to_list()


def test_untouched_configs_are_as_they_were_measured(planted: Path) -> None:
    findings = pl.read_parquet(planted / FINDINGS).filter(reason="measured/edited")
    assert set(findings["config"]) == set(PLANTS)
