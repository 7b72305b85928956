"""Builds of the sample; a tiny package, really converted and packed once a session; the published files."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest
import torch

from builders.review.plan import Wish, plan
from builders.review.round import Round
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.translate.packages.convert import Codes, open_checkpoint, package_checkpoint
from builders.translate.packages.install import install_archive
from builders.translate.packages.pack import Label
from builders.translate.packages.package import Package
from globmed.languages import select
from tests.builders.review.workbooks.filled import with_wrong_doses
from tests.builders.translate.packages.toy import MODEL
from tests.conftest import SAMPLE, made_once
from tests.support.programs import run_python

CONFIGS = "swahili,yoruba"
LIMIT = 9
SHARED = Path(__file__).parents[2] / "../shared/data/upstream"
#: Argos Translate as it comes, but for the sentence splitter, whose model it would download.
ARGOS = """
import json, sys
from argostranslate import translate
class Whole:
    def split_sentences(self, text):
        return [text]
source, target, texts, whole = json.load(sys.stdin)
translation = translate.get_translation_from_codes(source, target)
if whole:
    translation.underlying.sentencizer = Whole()
else:
    from builders.translate.sentences.splitter import Splitter
    translation.underlying.sentencizer = Splitter()
json.dump([translation.translate(text) for text in texts], sys.stdout)
"""


class Argos(Protocol):
    """Texts through plain Argos Translate, each one sentence or split by our splitter."""

    def __call__(self, package: Package, texts: Sequence[str], *, whole: bool = True) -> list[str]: ...


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """More only wait for each other over a model this small."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def toy_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package file of the toy model."""
    label = Label("en", "sw", notes={"licence": "CC0-1.0"})
    archive = tmp_path_factory.mktemp("toy") / "toy.argosmodel"
    return package_checkpoint(open_checkpoint(str(MODEL)), Codes(), label, archive)


@pytest.fixture(scope="session")
def toy_package(toy_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The same, installed alone in a folder."""
    return install_archive(toy_archive, tmp_path_factory.mktemp("installed") / "packages")


@pytest.fixture
def argos(tmp_path: Path) -> Argos:
    """Translate with the plain Argos Translate in a process of its own."""

    def run(package: Package, texts: Sequence[str], *, whole: bool = True) -> list[str]:
        # Its own default is int8, ours is not. Threads inside an operation only wait for each other.
        environment = {
            **os.environ,
            "ARGOS_PACKAGES_DIR": str(package.path.parent),
            "ARGOS_INTRA_THREADS": "1",
            "ARGOS_COMPUTE_TYPE": "float32",
            "HOME": str(tmp_path),
        }
        asked = json.dumps([package.source, package.target, list(texts), whole])
        done = run_python(["-c", ARGOS], environment, text=asked)
        assert done.returncode == 0, done.stderr
        translated: list[str] = json.loads(done.stdout)
        return translated

    return run


@pytest.fixture(scope="session")
def upstream() -> Path:
    """Copies of the published files, beside the repository; a fresh clone has none."""
    if not SHARED.is_dir():
        pytest.skip(f"no {SHARED}: a folder a source, with its files as `upstream` of it in builders/sources has them")
    return SHARED.resolve()


@pytest.fixture(scope="session")
def faulty_memory(tmp_path_factory: pytest.TempPathFactory, demo_build: BuildFolder) -> list[Path]:
    """The sample's memory behind a file that is preferred and has ten times a dose in it."""
    return [with_wrong_doses(demo_build, tmp_path_factory.mktemp("faulty") / "faulty.tmx"), SAMPLE / "tmx"]


@pytest.fixture(scope="session")
def faulty_build(tmp_path_factory: pytest.TempPathFactory, faulty_memory: list[Path]) -> BuildFolder:
    def make(folder: Path) -> None:
        build(SAMPLE.parent, faulty_memory, select(CONFIGS + ",english"), folder)

    made = made_once(tmp_path_factory, "faulty", make)
    return BuildFolder(Path(shutil.copytree(made, tmp_path_factory.mktemp("faulty") / "build")))


@pytest.fixture
def planned(faulty_build: BuildFolder, tmp_path: Path) -> Round:
    """Twelve items a language, each rated by both raters of it."""
    raters = {"swahili": ["amina", "juma"], "yoruba": ["ade", "bisi"]}
    plan(faulty_build, select(CONFIGS), tmp_path / "round-1", Wish(items=12, twice=1, raters=raters, version="0.1.0"))
    return Round(tmp_path / "round-1")


@pytest.fixture(scope="session")
def part_build(tmp_path_factory: pytest.TempPathFactory) -> BuildFolder:
    """The first items of the sample in English, Wolof and Zulu."""
    return _sample_build(tmp_path_factory, "english,wolof,zulu", LIMIT)


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> BuildFolder:
    """The sample in English, Swahili and Zulu: as good as all languages where a release is about something else."""
    return _sample_build(tmp_path_factory, "english,swahili,zulu")


def _sample_build(factory: pytest.TempPathFactory, names: str, limit: int | None = None) -> BuildFolder:
    def make(folder: Path) -> None:
        build(SAMPLE.parent, [SAMPLE / "tmx"], select(names), folder, limit=limit)

    made = made_once(factory, names.replace(",", "-"), make)
    return BuildFolder(Path(shutil.copytree(made, factory.mktemp("sample") / "build")))
