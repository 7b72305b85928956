"""A model's release that is killed: the Hub shows nothing half-done, and the same command run again ends the same."""

import shutil
from pathlib import Path

import pytest

from builders.release.hub.repository import HubRepository, open_repository
from globmed.versions.client import MODEL, HubAccess
from tests.builders.release.model.conftest import V1
from tests.support.kill_release import Watched

pytestmark = pytest.mark.slow


def release(folder: Path, repository: HubRepository, home: Path) -> Watched:
    arguments = ["release-model", str(folder), str(V1), "--repository", repository.name]
    environment = repository.access.environment(home) | {"OMP_NUM_THREADS": "1"}
    return Watched([*arguments, "--hub", repository.access.endpoint], environment)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("stage", ["load back and compare", "tag"])
def test_a_release_that_was_killed_is_completed_by_the_next(
    copy: Path, demo_hub: HubAccess, tmp_path: Path, stage: str
) -> None:
    name = f"globmed/killed-{stage.partition(' ')[0]}"
    with open_repository(name, demo_hub, MODEL) as repository:
        killed = release(copy, repository, tmp_path / "home")
        next(under_way for under_way in killed.stages() if under_way == stage)
        killed.kill()
        head = str(repository.head())
        before = repository.tree(head).keys() - {".gitattributes"}
        assert not before or before == names(copy / "candidate"), "main is nothing, or all of it"
        shutil.rmtree(copy / "candidate")
        release(copy, repository, tmp_path / "home").finish()
        assert repository.tags() == {V1: repository.head()}
        assert repository.tree("main").keys() - {".gitattributes"} == names(copy / "candidate")
        left_open = repository.api.get_repo_discussions(
            name, repo_type=MODEL, discussion_type="pull_request", discussion_status="open"
        )
        assert not list(left_open)
