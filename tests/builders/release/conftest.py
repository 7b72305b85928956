"""A first version of a small dataset, published once for all tests that begin with one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.release.candidate import Plan
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from globmed.hub.process import running
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import made_once


@pytest.fixture
def no_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The client's settings, read at its import: nobody's login."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no-token"))


@pytest.fixture(scope="session")
def small_published(small_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The storage of a Hub with version 0.1.0 of `small_build`."""

    def publish(folder: Path) -> None:
        with running(folder) as hub:
            release(Plan(Version(0, 1, 0), REPOSITORY, private=False), small_build, HubAccess(hub.url, hub.token))

    return made_once(tmp_path_factory, "small-published", publish)


@pytest.fixture
def small_hub(small_published: Path, tmp_path: Path) -> Iterator[HubAccess]:
    """A Hub of the test's own with that version."""
    with running(Path(shutil.copytree(small_published, tmp_path / "small-hub"))) as server:
        yield HubAccess(server.url, server.token)
