"""Faults planted in the texts of a real build fail `globmed validate`, with the old column `quality` and a new one."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from builders.rows.artifacts.folder import BuildFolder
from globmed.cli.main import application
from globmed.languages import ENGLISH
from globmed.schema import TEXTS
from tests.validation.conftest import measured_anew, read_rows, write_rows
from validation.expectations.verdict import FINDINGS
from validation.facts.files import find_files
from validation.facts.measured import measured_faults

Plant = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def filled_with(other: str) -> Plant:
    """Return a plant of the texts of another config in place of a config's own."""

    def plant(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        theirs = rows.filter(config=other).select("id", *TEXTS, "options")
        return own.drop(*TEXTS, "options").join(theirs, on="id").select(own.columns)

    return plant


def times_ten(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return own.with_columns(pl.col(*TEXTS).str.replace_all(r"\d+", "${0}0"))


def with_options(order: pl.Expr) -> Plant:
    """Return a plant of the options' texts in another order, or of others, behind the labels that were there."""

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


def nonsense_licence(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return own.with_columns(provenance=pl.col("provenance").struct.with_fields(licence=pl.lit("nonsense")))


PLACE = pl.int_range(pl.len())
A_AND_B_SWAPPED = with_options(pl.col("text").gather(pl.when(PLACE < 2).then(1 - PLACE).otherwise(PLACE)))
#: What is planted in a config; what the finding that texts and column differ has to say of some row; and the check that
#: fails where the column was measured anew, and what it says. None where nothing but the column shows the fault.
PLANTS: dict[str, tuple[Plant, str, tuple[str, str] | None]] = {
    "wolof": (filled_with("french"), "language is", ("quality/language_low", "flagged by language")),
    "spanish": (times_ten, "numbers is 1.0, measured", ("measured/critical", "number_changed")),
    "german": (filled_with(ENGLISH), "copy is", ("quality/copy_high", "flagged by copy")),
    "portuguese": (
        with_options(pl.col("text").reverse()),
        "options is 1.0, measured 0.0",
        ("measured/critical", "options_order"),
    ),
    "korean": (with_options(pl.col("text").first()), "options_merged", ("measured/critical", "options_merged")),
    "japanese": (one_question, "collapsed", ("measured/critical", "collapsed")),
    "swahili": (two_collapsed, "collapsed", ("measured/critical", "collapsed")),
    "french": (A_AND_B_SWAPPED, "options is 1.0, measured 0.0", ("measured/critical", "options_order")),
    "chinese": (A_AND_B_SWAPPED, "length_ratio is", None),
    "yoruba": (A_AND_B_SWAPPED, "options is 1.0, measured 0.0", ("measured/critical", "options_order")),
    "zulu": (edited_column, "length_ratio is 1.0, measured", None),
}


@pytest.fixture(scope="module")
def planted(demo_build: BuildFolder) -> pl.DataFrame:
    """The rows of the sample with a fault in every config, and the quality that they had before."""
    rows = read_rows(demo_build.root)
    plants = {ENGLISH: nonsense_licence} | {config: plant for config, (plant, _, _) in PLANTS.items()}
    every = rows.group_by("config", maintain_order=True)
    return pl.concat([plants[str(config)](own, rows) for (config,), own in every])


@pytest.fixture(scope="module")
def files(planted: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The files of these rows."""
    folder = tmp_path_factory.mktemp("planted") / "dataset"
    write_rows(planted, folder)
    return find_files(folder)


@pytest.fixture(scope="module")
def findings(planted: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """What the command finds of them once they were measured anew, but for the faults that this hides."""
    folder = tmp_path_factory.mktemp("measured") / "dataset"
    hidden = pl.col("config").is_in([config for config, (_, _, judged) in PLANTS.items() if judged is None])
    write_rows(pl.concat([measured_anew(planted).filter(~hidden), planted.filter(hidden)]), folder)
    done = CliRunner().invoke(application(), ["validate", str(folder)])
    assert done.exit_code == 1
    assert "critical measured/critical" in done.stdout
    return pl.read_parquet(folder.with_name("validation") / FINDINGS)


@pytest.mark.parametrize("config", PLANTS)
def test_texts_and_the_old_column_differ(files: pl.DataFrame, tmp_path: Path, config: str) -> None:
    found = pl.read_parquet(measured_faults(files, config, tmp_path)).filter(check="edited")["detail"]
    assert found.str.contains(PLANTS[config][1], literal=True).any(), found.to_list()


@pytest.mark.parametrize("config", PLANTS)
def test_a_planted_fault_fails(findings: pl.DataFrame, config: str) -> None:
    _, edited, judged = PLANTS[config]
    check, detail = judged or ("measured/edited", edited)
    found = findings.filter(reason=check, config=config)["detail"]
    assert found.str.contains(detail, literal=True).any(), findings.filter(config=config)["detail"].to_list()


def test_a_licence_of_nonsense_is_found(findings: pl.DataFrame) -> None:
    assert set(findings.filter(reason="structure/licence_unknown")["config"]) == {ENGLISH}


def test_what_is_measured_anew_is_not_edited(findings: pl.DataFrame) -> None:
    hidden = {config for config, (_, _, judged) in PLANTS.items() if judged is None}
    assert set(findings.filter(reason="measured/edited")["config"]) == hidden
