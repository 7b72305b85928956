"""Two managers who release at once: one wins, the other is told, and the Hub shows whole versions at every moment."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders.release.candidate import Plan
from builders.release.hub.repository import HubRepository, open_repository
from builders.release.release import release
from builders.release.verify import BESIDE
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.errors import UserError
from globmed.hub.process import running
from globmed.languages import select
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import SAMPLE
from tests.support.delay import SECONDS, line
from tests.support.programs import ROOT

pytestmark = pytest.mark.slow

FIRST, CARD_ONLY, MORE = Version(0, 1, 0), Version(0, 1, 1), Version(0, 2, 0)
Tree = Mapping[str, str]


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[BuildFolder, BuildFolder]:
    """The sample in two languages, and in three."""
    one, two = (BuildFolder(tmp_path_factory.mktemp(name)) for name in ("two", "three"))
    build(SAMPLE.parent, [SAMPLE / "tmx"], select("english,swahili"), one.root)
    build(SAMPLE.parent, [SAMPLE / "tmx"], select("english,swahili,zulu"), two.root)
    return one, two


@pytest.fixture(scope="module")
def storage(builds: tuple[BuildFolder, BuildFolder], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The storage of a Hub with a first version."""
    root = tmp_path_factory.mktemp("first")
    with running(root) as server:
        release(Plan(FIRST, REPOSITORY, private=False), builds[0], HubAccess(server.url, server.token))
    return root


@pytest.fixture
def hub(storage: Path, tmp_path: Path) -> Iterator[HubAccess]:
    with running(shutil.copytree(storage, tmp_path / "hub")) as server:
        yield HubAccess(server.url, server.token)


@pytest.fixture
def seen(hub: HubAccess) -> Iterator[Callable[[], list[Tree]]]:
    """What main showed whenever somebody looked, and they look all the time."""
    shown: list[Tree] = []
    over = threading.Event()

    def look() -> None:
        with open_repository(REPOSITORY, hub) as repository:
            while not over.wait(0.1):
                if (tree := repository.tree("main")) not in shown:
                    shown.append(tree)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()

    def stop() -> list[Tree]:
        over.set()
        watcher.join(SECONDS)
        return shown

    yield stop
    stop()


@contextmanager
def released(version: Version, folder: BuildFolder, access: HubAccess, home: Path) -> Iterator["subprocess.Popen[str]"]:
    """``globmed release``, begun."""
    arguments = ("release", str(version), "--build", str(folder.root), "--hub", access.endpoint)
    with subprocess.Popen(
        [sys.executable, "-m", "globmed", *arguments],
        env=os.environ | access.environment(home) | {"COLUMNS": "300"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def whole(repository: HubRepository, shown: list[Tree]) -> set[Version]:
    """Return the versions that are tagged; everything that main showed has to be one of them."""
    tags = repository.tags()
    trees = [repository.tree(commit) for commit in tags.values()]
    assert all(tree in trees for tree in shown)
    assert repository.tree("main") in trees
    for commit in tags.values():
        manifest = repository.manifest(commit)
        assert manifest is not None
        assert manifest.files.keys() == repository.tree(commit).keys() - set(BESIDE)
    return set(tags)


def test_who_is_delayed_between_upload_and_merge_is_told(
    builds: tuple[BuildFolder, BuildFolder], hub: HubAccess, seen: Callable[[], list[Tree]], tmp_path: Path
) -> None:
    """The one adds a language and sees main as it was before it asks to merge; the other mends the card meanwhile."""
    with line(hub.endpoint, rf"POST /api/datasets/{REPOSITORY}/discussions/\d+/merge ") as (address, delayed):
        slow = HubAccess(address, hub.token)
        with released(MORE, builds[1], slow, tmp_path / "home") as process:
            assert delayed.waits.wait(SECONDS)
            release(Plan(CARD_ONLY, REPOSITORY, private=False), builds[0], hub)
            delayed.goes_on.set()
            _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert f"{REPOSITORY} changed while this ran: somebody else released; run the same command again" in errors
    memory, pivot, error = filter(None, errors.splitlines())
    assert memory.startswith("translation memory: ")
    assert pivot.startswith("sample, born in fr: ")
    assert error.startswith("error: ")
    with open_repository(REPOSITORY, hub) as repository:
        assert whole(repository, seen()) == {FIRST, CARD_ONLY}
        again = release(Plan(MORE, REPOSITORY, private=False), builds[1], hub)
        assert again.told.previous == CARD_ONLY
        assert whole(repository, []) == {FIRST, CARD_ONLY, MORE}
        left_open = repository.api.get_repo_discussions(
            REPOSITORY, repo_type="dataset", discussion_type="pull_request", discussion_status="open"
        )
        assert not list(left_open)


def test_who_comes_between_merge_and_tag_is_told(
    builds: tuple[BuildFolder, BuildFolder], hub: HubAccess, seen: Callable[[], list[Tree]], tmp_path: Path
) -> None:
    with line(hub.endpoint, rf"POST /api/datasets/{REPOSITORY}/tag/") as (address, delayed):
        slow = HubAccess(address, hub.token)
        with released(CARD_ONLY, builds[0], slow, tmp_path / "home") as process:
            assert delayed.waits.wait(SECONDS)
            with pytest.raises(UserError, match=r"main is 0\.1\.1, which has no tag yet: release 0\.1\.1 again first"):
                release(Plan(MORE, REPOSITORY, private=False), builds[1], hub)
            delayed.goes_on.set()
            _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors
    with open_repository(REPOSITORY, hub) as repository:
        assert whole(repository, seen()) == {FIRST, CARD_ONLY}
