"""Who may not write is told before anything is made: what was in the folders stays."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from builders.release.candidate import Plan, build_candidate
from builders.release.draft import UNVERSIONED, publish_draft
from builders.release.hub.repository import open_repository
from builders.release.model.candidate import ModelPlan
from builders.release.model.release import release_model
from builders.release.release import check_release, release
from builders.rows.artifacts.folder import BuildFolder
from globmed.errors import UserError
from globmed.hub.process import running
from globmed.languages import language
from globmed.storage.files import files_below, sha256
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import Globmed

pytestmark = pytest.mark.usefixtures("no_login")

WRITER, READER, NOBODY = "hf_writer0123456789", "hf_reader0123456789", "hf_nobody0123456789"
V1 = Version(0, 1, 0)
DRAFT, RELEASE = Plan(UNVERSIONED, REPOSITORY, private=False), Plan(V1, REPOSITORY, private=False)
MODEL = "globmed/tiny"
COMMANDS: dict[str, Callable[[BuildFolder, HubAccess], object]] = {
    "draft": lambda build, access: publish_draft(language("zulu"), DRAFT, build, access),
    "release": lambda build, access: release(RELEASE, build, access),
    "model": lambda build, access: release_model(ModelPlan(build.root, V1, MODEL, private=False), access),
}
REFUSALS = {
    READER: r"may read only: set HF_TOKEN|answered 403 to .*/auth-check/write: This token may read only",
    NOBODY: "answered 401 to ",
    None: "the Hub requires a token: set HF_TOKEN|answered 401 to ",
}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    tokens = tmp_path / "tokens"
    tokens.touch(0o600)
    tokens.write_text(f"writer {WRITER}\nreader {READER} read\n", "ascii")
    with running(tmp_path / "hub", token_file=tokens) as server:
        yield server.url


@pytest.fixture
def drafted(part_build: BuildFolder, tmp_path: Path) -> BuildFolder:
    """A build with a candidate from before."""
    shared = shutil.ignore_patterns("candidate")
    folder = BuildFolder(shutil.copytree(part_build.root, tmp_path / "build", ignore=shared))
    (folder.root / "candidate").mkdir()
    (folder.root / "candidate" / "README.md").write_text("of another day")
    return folder


def contents(folder: Path) -> dict[Path, str]:
    return {path: sha256(path) for path in files_below(folder)}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("token", REFUSALS)
@pytest.mark.parametrize("there", [True, False])
def test_nothing_was_written(drafted: BuildFolder, hub: str, command: str, token: str | None, there: bool) -> None:
    if there:
        api = HfApi(endpoint=hub, token=WRITER)
        api.create_repo(REPOSITORY, repo_type="dataset")
        api.create_repo(MODEL)
    before = contents(drafted.root)
    with pytest.raises(UserError, match=REFUSALS[token]) as caught:
        COMMANDS[command](drafted, HubAccess(hub, token))
    assert contents(drafted.root) == before
    assert len(str(caught.value).splitlines()) == 1
    assert not any(secret in str(caught.value) for secret in (WRITER, READER, NOBODY))
    assert not [path for path in drafted.root.iterdir() if path.name.endswith((".partial", ".lock"))]


def test_who_only_looks_needs_no_right_to_write(hub: str) -> None:
    check_release(RELEASE, HubAccess(hub, READER), dry_run=True)
    check_release(RELEASE, HubAccess(hub, None), dry_run=True)
    with pytest.raises(UserError, match="may read only"):
        check_release(RELEASE, HubAccess(hub, READER))
    check_release(RELEASE, HubAccess(hub, WRITER))


def test_a_private_repository_is_none_to_who_may_not_read_it(hub: str) -> None:
    HfApi(endpoint=hub, token=WRITER).create_repo(REPOSITORY, repo_type="dataset", private=True)
    with pytest.raises(UserError, match="is private and this release is public"):
        check_release(RELEASE, HubAccess(hub, WRITER))
    with (
        pytest.raises(UserError, match="requires a token"),
        open_repository(REPOSITORY, HubAccess(hub, None)) as repository,
    ):
        repository.check_access(private=True)


def test_what_cannot_be_a_candidate_leaves_the_one_before(drafted: BuildFolder, hub: str) -> None:
    before = contents(drafted.root)
    with pytest.raises(UserError, match="no row of swahili may be in"):
        publish_draft(language("sw"), DRAFT, drafted, HubAccess(hub, WRITER))
    assert contents(drafted.root) == before
    plan = Plan(UNVERSIONED, "globmed/part", private=False)
    with pytest.raises(UserError, match="only has the first 9 items"):
        build_candidate(drafted, plan, drafted.root / "candidate")
    assert contents(drafted.root) == before


@pytest.mark.slow
def test_the_command_asks_before_it_builds(
    drafted: BuildFolder, hub: str, globmed: Globmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(drafted.root)
    arguments = ("--build", drafted.root, "--hub", hub)
    for command in (("release", "0.1.0"), ("draft", "zulu")):
        done = globmed(*command, *arguments, HF_TOKEN=READER)
        assert (done.returncode, done.stdout) == (2, "")
        assert "may read only" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert contents(drafted.root) == before
