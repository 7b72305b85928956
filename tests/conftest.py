"""The project's own sample, built and released once a test session."""

import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings

# Read by the client when it is imported.
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
# Read by torch when it is imported: over models this small, and beside other tests, more threads only wait.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from builders.release.candidate import Plan
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.hub.process import running
from globmed.languages import ENGLISH, select
from globmed.storage.files import replaced, write_text
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.support.programs import ROOT, run_python
from validation.facts.remember import JUDGED

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SAMPLE = ROOT / "builders" / "sample"
#: The languages that the sample is in, the twelve of the paper; one that was added since need not be.
SAMPLED = tuple(
    each for each in select(None) if each.name == ENGLISH or (SAMPLE / "tmx" / f"en-{each.tag}.tmx").is_file()
)

# What is tested is what comes out: a busy machine may take any time over one example.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Use two workers more than processors: with one, they waited for servers and disks a quarter of the time."""
    return (yield) + 2


def pytest_collection_finish() -> None:
    """Keep the modules and tests out of every later collection of garbage, which takes a second with them."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let the interpreter take everything down in its own order."""
    gc.unfreeze()
    gc.collect()


Globmed = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class DemoRelease:
    """Version 0.1.0 of the sample: its commit, and the folder that was uploaded."""

    commit: str
    candidate: Path


@pytest.fixture(scope="session")
def demo_build(tmp_path_factory: pytest.TempPathFactory) -> BuildFolder:
    """The sample in every language that it is in, as `make demo` builds it."""
    made = made_once(tmp_path_factory, "build", _build_demo)
    return BuildFolder(Path(shutil.copytree(made, tmp_path_factory.mktemp("demo") / "build")))


@pytest.fixture(scope="session")
def demo_published(demo_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hub's storage and a build folder after the release of the sample; `demo_build` keeps what was judged there."""
    made = made_once(tmp_path_factory, "published", lambda folder: _publish_demo(demo_build, folder))
    for kept in (JUDGED, "validation"):
        shutil.copytree(made / "build" / kept, demo_build.root / kept, dirs_exist_ok=True)
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("demo") / "published"))


@pytest.fixture(scope="session")
def demo_candidate(demo_published: Path) -> Path:
    """The folder that this release uploaded."""
    return demo_published / "build" / "candidate"


@pytest.fixture(scope="session")
def demo_hub(demo_published: Path) -> Iterator[HubAccess]:
    """A local Hub of the session's own, with that release."""
    with running(demo_published / "hub") as hub:
        yield HubAccess(hub.url, hub.token)


@pytest.fixture(scope="session")
def demo_release(demo_published: Path, demo_candidate: Path, demo_hub: HubAccess) -> DemoRelease:
    """Version 0.1.0 of the sample on that Hub."""
    return DemoRelease((demo_published / "commit").read_text("utf-8"), demo_candidate)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first of the session's worker processes makes; nobody may write there after that."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made" / name
    place.parent.mkdir(exist_ok=True)
    with FileLock(place.with_name(f"{name}.lock")):
        if not place.exists():
            with replaced(place) as folder:
                make(folder)
    return place


def _build_demo(folder: Path) -> None:
    build(SAMPLE.parent, [SAMPLE / "tmx"], SAMPLED, folder)


def _publish_demo(demo: BuildFolder, folder: Path) -> None:
    copy = BuildFolder(Path(shutil.copytree(demo.root, folder / "build")))
    with running(folder / "hub") as hub:
        plan = Plan(Version(0, 1, 0), REPOSITORY, private=False)
        released = release(plan, copy, HubAccess(hub.url, hub.token))
    write_text(folder / "commit", str(released.commit))


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium, the system's or else Playwright's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(program).is_file():
            pytest.skip("no Chromium: `make browser` installs it")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def globmed(tmp_path: Path) -> Globmed:
    """Run the command line in a process of its own, in an environment without anybody's Hub settings."""

    def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        settings = {"HF_HOME": str(tmp_path / "hf-home"), "COLUMNS": "200"}
        return run_python(["-m", "globmed", *arguments], inherited | settings | environment)

    return run
