"""A release on a local Hub, through the real clients."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import polars as pl
import pytest
from huggingface_hub import HfApi

from builders.release.candidate import Plan, build_candidate
from builders.release.draft import UNVERSIONED
from builders.release.plan import ReleasePlan
from builders.release.release import UNCONDITIONAL, next_version, release, stops_release
from builders.release.withdraw import rollback
from builders.rows.artifacts.folder import BuildFolder
from globmed.errors import UserError
from globmed.hub.process import running
from globmed.schema import arrow_schema
from globmed.storage.parquet import write_parquet
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import SAMPLE, SAMPLED, DemoRelease, Globmed
from tests.support.clients import run_client
from validation.expectations.verdict import Expectation

pytestmark = pytest.mark.slow

V1 = Version(0, 1, 0)
ANSWERS = f"""
import datasets, json
answers = {{}}
for config in datasets.get_dataset_config_names("{REPOSITORY}", revision="v0.1.0"):
    rows = datasets.load_dataset("{REPOSITORY}", config, revision="v0.1.0")
    answers[config] = {{row["id"]: row["answer"] for split in rows.values() for row in split}}
print(json.dumps(answers))
"""


def plan(version: Version = V1, repository: str = REPOSITORY, *, private: bool = False) -> Plan:
    return Plan(version, repository, private)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubAccess]:
    with running(tmp_path / "own-hub") as server:
        yield HubAccess(server.url, server.token)


@pytest.fixture
def changed_build(small_build: BuildFolder, tmp_path: Path) -> BuildFolder:
    """The sample's build with one item fewer in every language."""
    copy = BuildFolder(tmp_path / "changed")
    shutil.copytree(small_build.root, copy.root)
    for file in copy.rows.glob("*/*.parquet"):
        rewrite(file, lambda rows: rows.filter(pl.col("id") != "sample/train/snake-bite-first-aid"))
    return copy


def rewrite(file: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    write_parquet(change(pl.read_parquet(file)), file, arrow_schema())


def main_and_tags(access: HubAccess) -> tuple[str | None, set[str]]:
    api = HfApi(endpoint=access.endpoint, token=access.token)
    tags = api.list_repo_refs(REPOSITORY, repo_type="dataset").tags
    return api.dataset_info(REPOSITORY).sha, {tag.name for tag in tags}


def test_every_config_loads_at_the_tag_with_the_same_ids_and_answers(
    demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    answers = run_client(demo_hub, tmp_path, ANSWERS)
    assert answers.keys() == {entry.name for entry in SAMPLED}
    assert len(answers["swahili"]) >= 32
    assert all(config == answers["english"] for config in answers.values())


def test_main_is_the_tagged_commit(demo_release: DemoRelease, demo_hub: HubAccess) -> None:
    head, tags = main_and_tags(demo_hub)
    assert (head, tags) == (demo_release.commit, {"v0.1.0"})


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_same_release_again_changes_nothing(
    demo_release: DemoRelease, demo_build: BuildFolder, demo_hub: HubAccess, *, dry_run: bool
) -> None:
    again = release(plan(), demo_build, demo_hub, dry_run=dry_run)
    assert again.already
    assert again.commit == demo_release.commit


def test_a_tag_never_moves_to_other_contents(
    demo_release: DemoRelease, changed_build: BuildFolder, demo_hub: HubAccess
) -> None:
    before = main_and_tags(demo_hub)
    with pytest.raises(UserError, match=r"has v0\.1\.0 with other contents, and a tag never moves"):
        release(plan(), changed_build, demo_hub)
    with pytest.raises(UserError, match=r"is at 0\.1\.0: 0\.0\.9 is not larger"):
        release(plan(Version(0, 0, 9)), changed_build, demo_hub)
    assert main_and_tags(demo_hub) == before


def test_a_second_version_replaces_main_and_leaves_the_first_as_it_was(
    changed_build: BuildFolder, small_hub: HubAccess, tmp_path: Path
) -> None:
    before = run_client(small_hub, tmp_path / "first", ANSWERS)
    said = r"0\.9\.9 is too small for a major change of rows from 0\.1\.0; first: 1 removed in english, sample: "
    with pytest.raises(UserError, match=said + r"release it as 1\.0\.0 or larger"):
        release(plan(Version(0, 9, 9)), changed_build, small_hub)
    second = release(plan(Version(1, 0, 0)), changed_build, small_hub)
    head, tags = main_and_tags(small_hub)
    assert (head, tags) == (second.commit, {"v0.1.0", "v1.0.0"})
    assert run_client(small_hub, tmp_path / "again", ANSWERS) == before
    later = run_client(small_hub, tmp_path / "second", ANSWERS.replace("v0.1.0", "v1.0.0"))
    assert later["zulu"].keys() == before["zulu"].keys() - {"sample/train/snake-bite-first-aid"}
    changes = (second.candidate / "CHANGELOG.md").read_text("utf-8")
    assert changes.index("## 1.0.0") < changes.index("## 0.1.0")
    again = release(plan(Version(1, 0, 0)), changed_build, small_hub)
    assert (again.already, again.commit) == (True, second.commit)


def test_the_next_version_is_the_smallest_that_the_changes_allow(
    small_build: BuildFolder, changed_build: BuildFolder, small_hub: HubAccess, hub: HubAccess
) -> None:
    unversioned = plan(UNVERSIONED)
    assert next_version(unversioned, small_build, hub) == V1
    assert next_version(unversioned, small_build, small_hub) == Version(0, 1, 1)
    assert next_version(unversioned, changed_build, small_hub) == Version(1, 0, 0)
    release(plan(Version(1, 0, 0)), changed_build, small_hub)
    rollback(REPOSITORY, V1, "a test", small_hub)
    assert next_version(unversioned, changed_build, small_hub) == Version(2, 0, 0)


def test_a_release_killed_between_merge_and_tag_is_completed_by_the_next_run(
    small_build: BuildFolder, hub: HubAccess, tmp_path: Path
) -> None:
    candidate = build_candidate(small_build, plan(), tmp_path / "candidate")
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo(REPOSITORY, repo_type="dataset")
    api.upload_folder(repo_id=REPOSITORY, folder_path=candidate, repo_type="dataset", delete_patterns="*")
    head, tags = main_and_tags(hub)
    assert not tags
    completed = release(plan(), small_build, hub)
    assert (completed.commit, completed.already) == (head, False)
    assert main_and_tags(hub) == (head, {"v0.1.0"})


def test_of_two_managers_at_once_one_wins_and_the_other_is_told(
    small_build: BuildFolder, changed_build: BuildFolder, hub: HubAccess
) -> None:
    """The other one releases once this one has looked at the Hub and made its candidate."""

    def overtake(_: ReleasePlan) -> None:
        release(plan(), small_build, hub)

    with pytest.raises(UserError, match="somebody else released; run the same command again"):
        release(plan(), changed_build, hub, tell=overtake)
    head, tags = main_and_tags(hub)
    assert tags == {"v0.1.0"}
    assert release(plan(), small_build, hub).commit == head
    with pytest.raises(UserError, match="a tag never moves: release this one as a larger version"):
        release(plan(), changed_build, hub)
    assert main_and_tags(hub) == (head, tags)


def test_an_abandoned_pull_request_is_closed_and_the_release_completes(
    small_build: BuildFolder, hub: HubAccess, tmp_path: Path
) -> None:
    candidate = build_candidate(small_build, plan(), tmp_path / "candidate")
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo(REPOSITORY, repo_type="dataset")
    abandoned = api.upload_folder(
        repo_id=REPOSITORY,
        folder_path=candidate,
        repo_type="dataset",
        create_pr=True,
        commit_message="Release 0.1.0",
    )
    release(plan(), small_build, hub)
    assert abandoned.pr_num is not None
    assert api.get_discussion_details(REPOSITORY, abandoned.pr_num, repo_type="dataset").status == "closed"
    assert main_and_tags(hub)[1] == {"v0.1.0"}


def test_a_row_that_differs_from_what_was_built_is_found_and_nothing_is_tagged(
    small_build: BuildFolder, hub: HubAccess, tmp_path: Path
) -> None:
    """Somebody put the right manifest beside other rows on main: the load-back tells."""
    candidate = build_candidate(small_build, plan(), tmp_path / "candidate")
    file = next((candidate / "data" / "swahili").glob("test-*"))
    rows = pl.read_parquet(file)
    changed = rows.with_columns(pl.col("question").str.replace("500 mg", "5000 mg"))
    assert not changed.equals(rows)
    changed.write_parquet(file)
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo(REPOSITORY, repo_type="dataset")
    api.upload_folder(repo_id=REPOSITORY, folder_path=candidate, repo_type="dataset")
    with pytest.raises(UserError, match=r"swahili/test: the rows that were loaded are not those that were built"):
        release(plan(), small_build, hub)
    assert not main_and_tags(hub)[1]


def test_a_candidate_with_a_fault_is_not_released(
    changed_build: BuildFolder, demo_hub: HubAccess, demo_release: DemoRelease
) -> None:
    file = changed_build.rows / "zulu" / "train-sample.parquet"
    wrong = pl.when(pl.col("answer") == "B").then(pl.lit("A")).otherwise(pl.col("answer")).alias("answer")
    rewrite(file, lambda rows: rows.with_columns(wrong))
    before = main_and_tags(demo_hub)
    with pytest.raises(UserError, match=r"parity/answer in zulu, id sample/train/.*: A where english has B"):
        release(plan(Version(2, 0, 0)), changed_build, demo_hub)
    assert main_and_tags(demo_hub) == before


def test_a_candidate_that_fails_validation_is_not_released(
    changed_build: BuildFolder, demo_hub: HubAccess, demo_release: DemoRelease
) -> None:
    file = changed_build.rows / "zulu" / "train-sample.parquet"
    unlicensed = pl.col("provenance").struct.with_fields(licence=pl.lit(None, pl.String))
    rewrite(file, lambda rows: rows.with_columns(unlicensed))
    before = main_and_tags(demo_hub)
    with pytest.raises(
        UserError, match=r"fails 1 critical expectations .*; first: structure/provenance_missing in zulu, id s"
    ):
        release(plan(Version(2, 0, 0)), changed_build, demo_hub)
    assert main_and_tags(demo_hub) == before
    assert (changed_build.root / "validation" / "data_docs" / "index.html").is_file()


@pytest.mark.parametrize(
    ("suite", "severity", "success", "accepted", "stops"),
    [
        ("quality", "critical", True, 0, False),
        ("quality", "critical", False, 0, True),
        ("quality", "critical", True, 1, False),
        ("quality", "warning", False, 0, False),
        *((suite, "critical", True, 1, True) for suite in UNCONDITIONAL),
        *((suite, "critical", True, 0, False) for suite in UNCONDITIONAL),
        *((suite, "warning", True, 1, False) for suite in UNCONDITIONAL),
    ],
)
def test_a_critical_failure_stops_a_release_and_so_does_a_broken_schema_that_was_accepted(
    suite: str, severity: Literal["critical", "warning"], success: bool, accepted: int, stops: bool
) -> None:
    entry = Expectation(suite, "name", "it holds", severity, success, None, 0, int(not success), accepted)
    assert stops_release(entry) is stops


def test_a_text_that_was_edited_after_it_was_measured_is_not_released(
    changed_build: BuildFolder, demo_hub: HubAccess, demo_release: DemoRelease
) -> None:
    """The signals that the build measured are of other texts, and the gate measures these."""
    file = changed_build.rows / "swahili" / "test-sample.parquet"
    rewrite(file, lambda rows: rows.with_columns(pl.col("question").str.replace("500 mg", "5000 mg")))
    with pytest.raises(UserError, match=r"measured/edited in swahili, id sample/test/.*numbers is 1\.0, measured 0"):
        release(plan(Version(2, 0, 0)), changed_build, demo_hub)


def test_a_public_repository_takes_no_private_release(
    demo_release: DemoRelease, demo_build: BuildFolder, demo_hub: HubAccess
) -> None:
    for version in (Version(0, 1, 1), Version(0, 2, 0)):
        with pytest.raises(UserError, match=r"globmed/GlobMed is public and this release is private"):
            release(plan(version, private=True), demo_build, demo_hub, dry_run=True)


def test_a_private_release_that_was_made_public_meanwhile_is_not_tagged(
    small_build: BuildFolder, hub: HubAccess, tmp_path: Path
) -> None:
    candidate = build_candidate(small_build, plan(private=True), tmp_path / "candidate")
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo(REPOSITORY, repo_type="dataset")
    api.upload_folder(repo_id=REPOSITORY, folder_path=candidate, repo_type="dataset", delete_patterns="*")
    with pytest.raises(UserError, match="is public and this release is private"):
        release(plan(private=True), small_build, hub)
    assert not main_and_tags(hub)[1]


def test_a_repository_of_somebody_else_is_not_replaced(small_build: BuildFolder, hub: HubAccess) -> None:
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo("globmed/theirs", repo_type="dataset")
    for path, content in (("theirs.csv", b"a"), ("manifest.json", b"{}")):
        api.upload_file(path_or_fileobj=content, path_in_repo=path, repo_id="globmed/theirs", repo_type="dataset")
        with pytest.raises(UserError, match="name another --repository"):
            release(plan(repository="globmed/theirs"), small_build, hub)
    assert api.file_exists("globmed/theirs", "theirs.csv", repo_type="dataset")


def test_a_wrong_token_is_one_line_without_the_token(small_build: BuildFolder, demo_hub: HubAccess) -> None:
    secret = "hf_notTheRightOne0123456789"  # noqa: S105
    with pytest.raises(UserError, match="answered 401") as caught:
        release(plan(repository="globmed/Other"), small_build, HubAccess(demo_hub.endpoint, secret))
    assert secret not in str(caught.value)


def test_the_token_stands_nowhere(small_build: BuildFolder, hub: HubAccess, tmp_path: Path, globmed: Globmed) -> None:
    """In nothing that the command prints, leaves in its folders or publishes."""
    assert hub.token is not None
    build = shutil.copytree(small_build.root, tmp_path / "build")
    arguments, environment = ("--build", build, "--hub", hub.endpoint), hub.environment(tmp_path / "hf-home")
    done = globmed("release", "0.1.0", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    refused = globmed("release", "0.0.1", *arguments, **environment)
    assert refused.returncode == 2
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    published = api.snapshot_download(REPOSITORY, repo_type="dataset", local_dir=tmp_path / "published")
    assert hub.token not in done.stdout + done.stderr + refused.stdout + refused.stderr
    places = (build, Path(published), tmp_path / "hf-home")
    written = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert len(written) > 100
    assert not [path for path in written if hub.token.encode() in path.read_bytes()]


def test_a_hub_that_is_not_there_is_one_line(small_build: BuildFolder) -> None:
    with pytest.raises(UserError, match="run the same command again"):
        release(plan(), small_build, HubAccess("http://127.0.0.1:9", None))


def test_the_command_releases_to_a_local_hub_and_says_how_to_load_it(
    small_build: BuildFolder, tmp_path: Path, globmed: Globmed
) -> None:
    arguments = ("release", "0.1.0", "--build", small_build.root, "--hub-root", tmp_path / "hub")
    done = globmed(*arguments)
    assert done.returncode == 0, done.stderr
    assert 'load_dataset("globmed/GlobMed", "swahili", revision="v0.1.0")' in done.stdout
    assert str(tmp_path / "hub") in done.stdout.replace("\n", "")
    again = globmed(*arguments, "--json")
    assert json.loads(again.stdout)["already"] is True


def test_wrong_arguments_are_one_line_and_exit_code_2(tmp_path: Path, globmed: Globmed) -> None:
    for arguments, expected in (
        (("release", "main"), "expected MAJOR.MINOR.PATCH"),
        (("release", "0.1.0", "--hub", "somewhere"), "expected `local` or an address"),
        (("load", "swahili", "--version", "0.1.0", "--repository", "a b"), "expected owner/name"),
        (("build", "--sources", SAMPLE.parent, "--out", tmp_path, "--languages", ","), "no language was named"),
        (
            ("release", "0.1.0", "--build", tmp_path, "--hub-root", tmp_path / "hub"),
            "nothing was built there",
        ),
    ):
        done = globmed(*arguments)
        assert done.returncode == 2
        assert expected in done.stderr
        assert "Traceback" not in done.stderr
