"""Publishing a folder: main changes by one merge of what was compared, and never over what somebody else released."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub.errors import HfHubHTTPError

from builders.release.hub.publish import Standing, find_standing, publish, release_folder
from builders.release.hub.repository import HubRepository, open_repository
from globmed.errors import UserError
from globmed.hub.process import running
from globmed.records.manifest import MANIFEST
from globmed.versions.client import DATASET, HubAccess
from globmed.versions.numbers import Version

V1, V2, V3 = (Version(0, number, 0) for number in (1, 2, 3))
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubAccess]:
    with running(tmp_path_factory.mktemp("publishing")) as server:
        yield HubAccess(server.url, server.token)


@pytest.fixture
def repository(hub: HubAccess) -> Iterator[HubRepository]:
    """A name of its own, of which there is nothing yet."""
    with open_repository(f"globmed/publishing-{next(NUMBERS)}", hub) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "folder", V1)


def written(folder: Path, version: Version, text: str = "rows") -> Path:
    """Write a version of two files."""
    folder.mkdir(exist_ok=True)
    stated = {"version": str(version), "configs": {}, "files": {}, "repository": text}
    (folder / MANIFEST).write_text(json.dumps(stated), "utf-8")
    (folder / f"{text}.txt").write_text(text, "utf-8")
    return folder


def put(repository: HubRepository, folder: Path) -> str:
    """Put a folder on main, as a run that was killed before the tag leaves it."""
    repository.api.create_repo(repository.name, repo_type=DATASET, exist_ok=True)
    return repository.api.upload_folder(repo_id=repository.name, folder_path=folder, repo_type=DATASET).oid


def released(
    repository: HubRepository, version: Version, folder: Path, compare: Callable[[str], None] = lambda commit: None
) -> str:
    standing = find_standing(repository, version)
    return release_folder(repository, standing, version, folder, compare, private=False)


def names(repository: HubRepository) -> set[str]:
    return repository.tree("main").keys() - {".gitattributes"}


def pull_requests(repository: HubRepository) -> dict[str, str]:
    """Return the status of each by its title; of several, the last one's."""
    found = repository.api.get_repo_discussions(
        repository.name, repo_type=DATASET, discussion_type="pull_request", discussion_status="all"
    )
    return {each.title: each.status for each in sorted(found, key=lambda each: each.num)}


def refused(commit: str) -> None:
    raise UserError("the rows differ")


def test_main_and_the_tag_are_what_was_compared(repository: HubRepository, folder: Path, tmp_path: Path) -> None:
    compared = []

    def compare(commit: str) -> None:
        compared.append((names(repository), repository.tags(), repository.tree(commit)))

    assert find_standing(repository, V1) == Standing(None, None, None, {})
    first = released(repository, V1, folder, compare)
    second = released(repository, V2, written(tmp_path / "second", V2, "other"), compare)
    assert [(before, tags) for before, tags, _ in compared] == [
        (set(), {}),
        ({MANIFEST, "rows.txt"}, {V1: first}),
    ]
    assert [tree for _, _, tree in compared] == [repository.tree(first), repository.tree(second)]
    assert repository.tags() == {V1: first, V2: second}
    assert names(repository) == {MANIFEST, "other.txt"}, "what the new version has not is gone"
    standing = find_standing(repository, V3)
    assert standing == Standing(second, V2, None, {V1: first, V2: second})
    assert standing.commit(V1) == first
    assert set(pull_requests(repository).values()) == {"merged"}


def test_a_version_is_larger_than_all_and_its_own_commit_is_that_of_its_tag(
    repository: HubRepository, folder: Path, tmp_path: Path
) -> None:
    released(repository, V1, folder)
    second = released(repository, V2, written(tmp_path / "second", V2))
    with pytest.raises(UserError, match=r"is at 0\.2\.0: 0\.1\.5 is not larger"):
        find_standing(repository, Version(0, 1, 5))
    put(repository, written(folder, V2, "withdrawn"))
    standing = find_standing(repository, V2)
    assert (standing.own, standing.head) == (second, repository.head())
    assert standing.own != standing.head


def test_a_tagged_version_is_not_published_again(repository: HubRepository, folder: Path) -> None:
    commit = released(repository, V1, folder)
    assert released(repository, V1, folder, refused) == commit, "nothing is compared again"
    with pytest.raises(UserError, match=r"has v0\.1\.0 with other contents, and a tag never moves"):
        released(repository, V1, written(folder, V1, "other"))
    assert (repository.head(), repository.tags()) == (commit, {V1: commit})


def test_a_version_without_its_tag_is_compared_and_tagged_before_any_other(
    repository: HubRepository, folder: Path
) -> None:
    commit = put(repository, folder)
    assert find_standing(repository, V1).own == commit
    with pytest.raises(UserError, match=r"main is 0\.1\.0, which has no tag yet: release 0\.1\.0 again first"):
        find_standing(repository, V2)
    with pytest.raises(UserError, match=r"is at 0\.1\.0: 0\.0\.9 is not larger"):
        find_standing(repository, Version(0, 0, 9))
    with pytest.raises(UserError, match="the rows differ"):
        released(repository, V1, folder, refused)
    assert repository.tags() == {}
    compared: list[str] = []
    assert released(repository, V1, folder, compared.append) == commit
    assert (compared, repository.tags()) == ([commit], {V1: commit})


def test_an_untagged_version_with_other_contents_is_replaced(
    repository: HubRepository, folder: Path, tmp_path: Path
) -> None:
    left = put(repository, folder)
    commit = released(repository, V1, written(tmp_path / "again", V1, "other"))
    assert commit != left
    assert (names(repository), repository.tags()) == ({MANIFEST, "other.txt"}, {V1: commit})


def test_what_differs_stays_off_main_and_is_closed_by_the_next_run(repository: HubRepository, folder: Path) -> None:
    with pytest.raises(UserError, match="the rows differ"):
        released(repository, V1, folder, refused)
    assert (names(repository), repository.tags()) == (set(), {})
    repository.api.create_pull_request(repository.name, "Another's", repo_type=DATASET)
    abandoned = {each.num for each in repository.api.get_repo_discussions(repository.name, repo_type=DATASET)}
    talk = repository.api.create_discussion(repository.name, "Release 0.1.0", repo_type=DATASET).num
    released(repository, V1, folder)
    assert repository.api.get_discussion_details(repository.name, talk, repo_type=DATASET).status == "open"
    details = [repository.api.get_discussion_details(repository.name, each, repo_type=DATASET) for each in abandoned]
    assert {each.title: each.status for each in details} == {"Release 0.1.0": "closed", "Another's": "draft"}


@pytest.mark.parametrize("moment", ["before", "meanwhile"])
def test_nothing_is_published_over_what_somebody_else_did(
    repository: HubRepository, folder: Path, tmp_path: Path, moment: str
) -> None:
    first = released(repository, V1, folder)
    standing = find_standing(repository, V2)
    theirs = written(tmp_path / "theirs", V2, "theirs")
    ours = written(tmp_path / "ours", V2, "ours")

    def overtake(commit: str) -> None:
        released(repository, V2, theirs)

    if moment == "before":
        overtake("")
    with pytest.raises(UserError, match="changed while this ran: somebody else released; run the same command again"):
        release_folder(repository, standing, V2, ours, overtake if moment == "meanwhile" else refused, private=False)
    assert names(repository) == {MANIFEST, "theirs.txt"}
    assert repository.tags() == {V1: first, V2: repository.head()}


def test_a_first_release_is_not_published_over_another_one(repository: HubRepository, folder: Path) -> None:
    """A new repository, which has a head without a version by then, is no release of somebody else's."""
    released(repository, V1, folder)
    for standing in (Standing(None, None, None, {}), Standing("0" * 40, None, None, {})):
        with pytest.raises(UserError, match="somebody else released"):
            release_folder(repository, standing, V2, folder, refused, private=False)


def test_a_merge_that_the_hub_refuses_is_no_release_of_somebody_else_s(repository: HubRepository, folder: Path) -> None:
    def close(commit: str) -> None:
        repository.api.change_discussion_status(repository.name, 1, "closed", repo_type=DATASET)

    with pytest.raises(HfHubHTTPError):
        released(repository, V1, folder, close)
    assert (names(repository), repository.tags()) == (set(), {})


@pytest.mark.parametrize("there", [True, False])
def test_the_other_visibility_is_refused_with_nothing_tagged(
    repository: HubRepository, folder: Path, there: bool
) -> None:
    if there:
        put(repository, folder)
    else:
        repository.api.create_repo(repository.name, repo_type=DATASET)
    standing = find_standing(repository, V1)
    with pytest.raises(UserError, match="is public and this release is private"):
        release_folder(repository, standing, V1, folder, refused, private=True)
    assert (repository.tags(), pull_requests(repository)) == ({}, {})


def test_a_private_release_makes_a_private_repository(repository: HubRepository, folder: Path) -> None:
    release_folder(repository, find_standing(repository, V1), V1, folder, lambda commit: None, private=True)
    assert repository.private()


def test_why_is_the_description_of_what_was_uploaded(repository: HubRepository, folder: Path) -> None:
    head = put(repository, folder)
    compared: list[str] = []
    publish(repository, written(folder, V2), "Roll back", compared.append, head, "of a wrong dose")
    commits = repository.api.list_repo_commits(repository.name, repo_type=DATASET, revision=compared[0])
    assert (commits[0].title, commits[0].message) == ("Roll back", "of a wrong dose")


def test_a_repository_that_is_gone_is_said(repository: HubRepository, folder: Path) -> None:
    for head in (None, "0" * 40):
        with pytest.raises(UserError, match=r"is gone from http://.*; run the same command again"):
            publish(repository, folder, "Release 0.1.0", refused, head)


def test_a_release_of_a_wrong_address_says_it(repository: HubRepository, folder: Path) -> None:
    access = replace(repository.access, endpoint="http://127.0.0.1:9")
    with pytest.raises(UserError, match="cannot be reached"), open_repository(repository.name, access) as away:
        released(away, V1, folder)
