"""The sample in Swahili and Yoruba with translations that somebody has to mend, and a round of it."""

from pathlib import Path

import pytest

from builders.build import BuildFolder, build
from builders.review.plan import Wish, plan
from builders.review.round import Round
from globmed.languages import select
from tests.builders.review.filled import with_wrong_doses
from tests.conftest import SAMPLE

CONFIGS = "swahili,yoruba"


@pytest.fixture(scope="session")
def faulty_memory(tmp_path_factory: pytest.TempPathFactory, demo_build: BuildFolder) -> list[Path]:
    """The sample's memory behind a file that is preferred and has ten times a dose in it."""
    return [with_wrong_doses(demo_build, tmp_path_factory.mktemp("faulty") / "faulty.tmx"), SAMPLE / "tmx"]


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
