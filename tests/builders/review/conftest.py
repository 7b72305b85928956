"""The sample in Swahili and Yoruba with translations that somebody has to mend, and a round of it."""

from pathlib import Path

import polars as pl
import pytest

from builders.build import BuildFolder, build
from builders.review.plan import Wish, plan
from builders.review.round import Round
from globmed.languages import select
from tests.builders.test_memory import tmx, unit
from tests.conftest import SAMPLE

CONFIGS = "swahili,yoruba"


@pytest.fixture(scope="session")
def faulty_memory(tmp_path_factory: pytest.TempPathFactory, demo_build: BuildFolder) -> list[Path]:
    """The sample's memory behind a file that is preferred and has ten times a dose in it."""
    segments = pl.read_parquet(demo_build.artifact("segments"))
    memory = pl.read_parquet(demo_build.artifact("memory")).filter(language="sw")
    dosed = (
        segments.join(memory, on="memory_key", suffix="_sw")
        .filter(pl.col("text_sw").str.contains(r"\b\d\d\b"), ~pl.col("text").str.contains("[<&]"), field="question")
        .sort("id")
        .head(3)
        .select("text", pl.col("text_sw").str.replace(r"\b(\d\d)\b", "${1}0"))
    )
    assert dosed.height == 3, "the sample has questions with such a number"
    units = [unit(english, wrong, origin="machine") for english, wrong in dosed.iter_rows()]
    return [tmx(tmp_path_factory.mktemp("faulty") / "faulty.tmx", *units), SAMPLE / "tmx"]


@pytest.fixture(scope="session")
def faulty_build(tmp_path_factory: pytest.TempPathFactory, faulty_memory: list[Path]) -> BuildFolder:
    folder = BuildFolder(tmp_path_factory.mktemp("faulty") / "build")
    build(SAMPLE.parent, faulty_memory, select(CONFIGS + ",english"), folder.root)
    return folder


@pytest.fixture
def planned(faulty_build: BuildFolder, tmp_path: Path) -> Round:
    """Twelve items a language, each rated by both raters of it."""
    raters = {"swahili": ["amina", "juma"], "yoruba": ["ade", "bisi"]}
    plan(faulty_build, select(CONFIGS), tmp_path / "round-1", Wish(items=12, twice=1, raters=raters, version="0.1.0"))
    return Round(tmp_path / "round-1")
