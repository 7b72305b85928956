"""The project's own sample, built and released once a test session."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

# Read by the client when it is imported; the local Hub has no Xet storage.
os.environ["HF_HUB_DISABLE_XET"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

from builders.release.candidate import Plan
from builders.release.hub.repository import HubAccess
from builders.release.release import Released, release
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.hub.process import running
from globmed.languages import ENGLISH, select
from globmed.versions import REPOSITORY
from globmed.versions.numbers import Version

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "builders" / "sample"
#: The languages that the sample is in, the twelve of the paper; one that was added since need not be.
SAMPLED = tuple(
    each for each in select(None) if each.name == ENGLISH or (SAMPLE / "tmx" / f"en-{each.tag}.tmx").is_file()
)

# What is tested is what comes out: a busy machine may take any time over one example.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Globmed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def demo_build(tmp_path_factory: pytest.TempPathFactory) -> BuildFolder:
    """The sample in every language that it is in, as `make demo` builds it."""
    folder = BuildFolder(tmp_path_factory.mktemp("demo"))
    build(SAMPLE.parent, [SAMPLE / "tmx"], SAMPLED, folder.root)
    return folder


@pytest.fixture(scope="session")
def demo_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubAccess]:
    """A local Hub of the session's own."""
    with running(tmp_path_factory.mktemp("hub")) as hub:
        yield HubAccess(hub.url, hub.token)


@pytest.fixture(scope="session")
def demo_release(demo_build: BuildFolder, demo_hub: HubAccess) -> Released:
    """Version 0.1.0 of the sample on that Hub."""
    return release(Plan(Version(0, 1, 0), REPOSITORY, private=False), demo_build, demo_hub)


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
        return subprocess.run(
            [sys.executable, "-m", "globmed", *map(str, arguments)],
            env=inherited | {"HF_HOME": str(tmp_path / "hf-home"), "COLUMNS": "200"} | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
