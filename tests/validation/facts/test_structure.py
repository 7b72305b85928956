"""Every check fires on real Parquet with one planted fault, and holds on the sample's."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.schema import arrow_schema
from globmed.storage.parquet import write_parquet
from tests.validation.conftest import Judged
from validation.facts.structure import find_structure_faults
from validation.suites import parity, structure


@pytest.fixture
def data(demo_build: BuildFolder, tmp_path: Path) -> Path:
    """The sample's rows in three languages, under the names that a release gives them."""
    for file in (
        path for name in ("english", "swahili", "zulu") for path in (demo_build.rows / name).glob("*.parquet")
    ):
        target = tmp_path / "data" / file.parent.name / f"{file.stem}-00000-of-00001.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return tmp_path / "data"


def plant(data: Path, change: pl.Expr | None = None, *, repeat: bool = False) -> set[str]:
    """Change the Zulu training rows and return the checks that fire."""
    (file,) = (data / "zulu").glob("train-*")
    rows = pl.read_parquet(file)
    rows = pl.concat([rows, rows.head(1)]) if repeat else rows.with_columns(change)
    write_parquet(rows, file, arrow_schema())
    return checks(data)


def checks(data: Path) -> set[str]:
    return set(find_structure_faults(data).select(pl.concat_str("suite", "check", separator="/")).to_series())


def test_the_sample_has_no_fault(data: Path) -> None:
    assert find_structure_faults(data).height == 0


def where(task: str, column: str, value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("task") == task).then(value).otherwise(pl.col(column)).alias(column)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (pl.col("id").str.replace("/train/", "/test/"), {"structure/id_form"}),
        (where("mcqa", "answer", pl.lit("F")), {"structure/answer_unknown", "parity/answer"}),
        (where("yesno", "answer", pl.lit("ja")), {"structure/answer_unknown", "parity/answer"}),
        (where("nli", "answer", pl.lit(None)), {"structure/answer_unknown", "parity/answer"}),
        (where("lfqa", "long_answer", pl.lit("")), {"structure/answer_missing"}),
        (where("nli", "premise", pl.lit(None)), {"structure/text_missing"}),
        (pl.col("options").list.reverse(), {"structure/label_order", "parity/labels"}),
        (pl.col("options").list.head(3), {"structure/answer_unknown", "parity/labels"}),
        (pl.lit("alien").alias("origin"), {"structure/origin_unknown"}),
        (pl.lit("essay").alias("task"), {"structure/task_unknown", "parity/task"}),
        (where("mcqa", "premise", pl.lit("A fever.")), {"structure/other_task"}),
        (where("nli", "question", pl.lit("Is it?")), {"structure/other_task"}),
        (where("lfqa", "answer", pl.lit("yes")), {"structure/other_task", "parity/answer"}),
        (pl.lit("").alias("language"), {"structure/required_missing"}),
        (pl.lit(None, pl.String).alias("task"), {"structure/required_missing", "structure/task_unknown"}),
        *[
            (pl.when(pl.lit(False)).then(column).alias(column), {"structure/required_missing"})
            for column in ("provenance", "quality", "review")
        ],
        (
            pl.col("provenance").struct.with_fields(record_id=pl.lit(None, pl.String)),
            {"structure/provenance_missing"},
        ),
        *[
            (pl.col("provenance").struct.with_fields(licence=pl.lit(licence)), {"structure/licence_unknown"})
            for licence in ("nonsense", "MIT or so", "none")
        ],
        (
            pl.col("quality").struct.with_fields(numbers=pl.lit(float("nan"))),
            {"structure/signal_range"},
        ),
    ],
)
def test_a_planted_fault_fires(data: Path, change: pl.Expr, expected: set[str]) -> None:
    assert expected <= plant(data, change)


@pytest.mark.parametrize(
    "licence", ["MIT", "CC-BY-4.0 AND CC0-1.0", "LicenseRef-Own-1.0", "none stated", "conflict: README says MIT"]
)
def test_a_licence_is_known_or_said_to_be_unclear(data: Path, licence: str) -> None:
    assert plant(data, pl.col("provenance").struct.with_fields(licence=pl.lit(licence))) == set()


UNSEEN = ("", " \n\t", "\u00a0\u3000", "\u200b\ufeff", "\u2066\u2069", "\u2800", "\u3164", "\u0301")
SEEN = ("5", "?", "%", "e\u0301", "\u200b5", "ṣ", "薬", "\u0e01", "😀", "⠁")


@pytest.mark.parametrize(
    ("task", "change", "check"),
    [
        ("mcqa", pl.col("text").alias("question"), "text_missing"),
        ("nli", pl.col("text").alias("hypothesis"), "text_missing"),
        ("lfqa", pl.col("text").alias("long_answer"), "answer_missing"),
        ("mcqa", pl.concat_list(pl.struct(label=pl.lit("A"), text="text")).alias("options"), "text_missing"),
    ],
)
def test_a_text_of_invisible_characters_alone_is_none(data: Path, task: str, change: pl.Expr, check: str) -> None:
    (file,) = (data / "zulu").glob("train-*")
    texts = pl.DataFrame({"text": [*UNSEEN, *SEEN]}).with_row_index("number")
    rows = pl.read_parquet(file).filter(task=task).head(1).join(texts, how="cross")
    rows = rows.with_columns(change, id=pl.format("{}-{}", "id", "number"))
    write_parquet(rows, file, arrow_schema())
    found = find_structure_faults(data).filter(check=check)["id"].str.extract(r"(\d+)$").cast(pl.UInt32)
    assert texts.filter(pl.col("number").is_in(found.implode()))["text"].to_list() == list(UNSEEN)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (where("yesno", "answer", pl.col("answer").replace({"yes": "no", "no": "yes"})), "(yes|no) where swahili has"),
        (pl.col("options").list.reverse(), r"\[D, C, B, A\] where swahili has \[A, B, C, D\]"),
        (pl.lit("lfqa").alias("task"), "lfqa where swahili has"),
        (pl.col("id"), None),
    ],
)
def test_languages_are_compared_without_english_too(data: Path, change: pl.Expr, detail: str | None) -> None:
    for folder in data.iterdir():
        if folder.name not in {"swahili", "zulu"}:
            shutil.rmtree(folder)
    plant(data, change)
    faults = find_structure_faults(data).filter(suite="parity")
    assert set(faults["config"]) == ({"zulu"} if detail else set())
    assert detail is None or faults["detail"].str.contains(detail).any()


def test_an_id_in_another_split_than_elsewhere_fires(data: Path) -> None:
    (file,) = (data / "zulu").glob("train-*")
    file.rename(file.with_name("test-00000-of-00001.parquet"))
    assert {"structure/id_form", "parity/split"} <= checks(data)


def test_rows_of_another_language_fire(data: Path) -> None:
    (zulu,), (swahili,) = ((data / config).glob("test-*") for config in ("zulu", "swahili"))
    shutil.copy(zulu, swahili)
    assert checks(data) == {"structure/language"}


def test_a_repeated_id_fires(data: Path) -> None:
    assert plant(data, repeat=True) == {"structure/id_repeated"}


def test_another_schema_fires(data: Path) -> None:
    (file,) = (data / "zulu").glob("train-*")
    pl.read_parquet(file).drop("review").write_parquet(file)
    assert checks(data) == {"structure/schema"}


def test_no_rows_at_all_fires(tmp_path: Path) -> None:
    assert checks(tmp_path) == {"structure/empty"}


def test_the_suites_of_validate_find_the_same(faulty: Judged) -> None:
    """In a build in which every rule is broken, each in rows of its own."""
    judged = pl.read_parquet(faulty.out / "failing_rows.parquet").with_columns(
        suite=pl.col("reason").str.split("/").list.first(), check=pl.col("reason").str.split("/").list.last()
    )
    # What a config lacks is for the manifest to say.
    rules = {(each.name, check.name) for each in (structure.SUITE, parity.SUITE) for check in each.checks}
    rules -= {("parity", "absent")}
    columns = ["suite", "check", "config", "split", "id", "detail"]
    asked = judged.filter(pl.struct("suite", "check").is_in([{"suite": one, "check": other} for one, other in rules]))
    found = find_structure_faults(faulty.build / "data")
    assert asked.select(columns).sort(columns).equals(found.select(columns).sort(columns))
    assert set(found.select("suite", "check").iter_rows()) == rules
