"""Builds to judge, made from the sample: one in which every expectation holds, one in which each is broken once."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.languages import ENGLISH, languages
from globmed.schema import arrow_schema, polars_schema
from globmed.storage.parquet import write_parquet
from tests.conftest import made_once
from tests.validation.suites.faults import FAULTS, ISSUES
from validation.expectations.verdict import Verdict, read_verdict
from validation.facts.remember import SCORES
from validation.signals.quality import measure
from validation.validate import validate

TODAY = date(2030, 1, 1)
#: Enough copies of the sample's items for a chi-square test.
COPIES = 20
#: English and the languages that have a fault in `FAULTS`.
DAMAGED = (ENGLISH, "french", "german", "korean", "spanish", "swahili", "wolof", "yoruba", "zulu")


@dataclass(frozen=True)
class Judged:
    """A build, its verdict, and where that was written."""

    build: Path
    verdict: Verdict
    out: Path

    def success(self, reason: str) -> bool:
        (entry,) = [e for e in self.verdict.expectations if f"{e.suite}/{e.name}" == reason]
        return entry.success


def read_rows(build: Path, below: str = "rows") -> pl.DataFrame:
    """Return all rows of a build with their config and split, or those of a dataset ``below`` its folder ``data``."""
    files = sorted((build / below).glob("*/*.parquet"))
    places = [{"config": pl.lit(file.parent.name), "split": pl.lit(file.name.partition("-")[0])} for file in files]
    return pl.concat([pl.read_parquet(file).with_columns(**place) for file, place in zip(files, places, strict=True)])


def write_rows(rows: pl.DataFrame, folder: Path) -> None:
    """Write rows as a dataset's files."""
    for (config, split), part in rows.group_by("config", "split"):
        file = folder / "data" / str(config) / f"{split}-00000-of-00001.parquet"
        write_parquet(part.sort("id"), file, arrow_schema())


def multiplied(rows: pl.DataFrame, kept: Path) -> pl.DataFrame:
    """Return every item `COPIES` times with other ids and texts, translated by a package with a version, and measured.

    Spanish is as if it were the upstream's own text, which no signal judges. The folder ``kept`` then has the signals.
    """
    copies = rows.join(pl.DataFrame({"copy": range(COPIES)}), how="cross")
    number = pl.format("{}", "copy")
    original = pl.col("config") == "spanish"
    made = copies.with_columns(
        *[pl.col(text) + " " + number for text in ("question", "premise")],
        id=pl.col("id") + "~" + number,
        origin=pl.when(original).then(pl.lit("original")).otherwise("origin"),
        provenance=pl.col("provenance").struct.with_fields(package=pl.lit("package"), version=pl.lit("1.0")),
    ).drop("copy")
    return measured_anew(made, kept / SCORES)


def measured_anew(rows: pl.DataFrame, kept: Path | None = None) -> pl.DataFrame:
    """Rows of several configs with the quality that the pipeline measures of their texts."""
    plain = rows.drop("quality")
    english = plain.filter(config=ENGLISH).drop("config", "split")
    parts = [
        own.join(measure(own.drop("config", "split"), english, languages()[str(config)], kept=kept), on="id")
        for (config,), own in plain.group_by("config", maintain_order=True)
    ]
    return pl.concat(parts).select(rows.columns)


@pytest.fixture(scope="session")
def judged(demo_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of kept results that has the signals of the sample's pairs of texts."""
    kept = tmp_path_factory.mktemp("judged")
    shutil.copytree(demo_build.scores, kept / SCORES)
    return kept


@pytest.fixture(scope="session")
def sound(demo_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Everything holds, with itself as the version before."""

    def make(place: Path) -> None:
        rows = read_rows(demo_build.root).filter(pl.col("config").is_in(DAMAGED))
        write_rows(multiplied(rows, place / "kept"), place / "dataset")
        validate(place / "dataset", older=place / "dataset", today=TODAY, kept=place / "kept")

    return _judged(made_once(tmp_path_factory, "sound", make))


@pytest.fixture(scope="session")
def faulty(sound: Judged, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Every expectation is broken, each in rows of its own."""

    def make(place: Path) -> None:
        folder = place / "dataset"
        rows = read_rows(sound.build, "data")
        for fault in FAULTS:
            rows = fault.plant(rows)
        write_rows(rows, folder)
        empty = folder / "data" / "zulu" / "train-00001-of-00002.parquet"
        write_parquet(pl.DataFrame(schema=polars_schema()), empty, arrow_schema())
        wrong = folder / "data" / "german" / "validation-00000-of-00001.parquet"
        pl.read_parquet(wrong).drop("review").write_parquet(wrong)
        issues = place / "issues.toml"
        issues.write_text(ISSUES, "utf-8")
        kept = Path(shutil.copytree(sound.build.with_name("kept"), place / "kept"))
        validate(folder, older=sound.build, known_issues=issues, today=TODAY, kept=kept)

    return _judged(made_once(tmp_path_factory, "faulty-dataset", make))


def _judged(place: Path) -> Judged:
    return Judged(place / "dataset", read_verdict(place / "validation"), place / "validation")
