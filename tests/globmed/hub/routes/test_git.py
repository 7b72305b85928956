"""git itself against the Hub: clones of branches, tags and pull requests, LFS, and what it is told when it may not."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

from globmed.hub.operating.erase import Target, erase
from globmed.hub.process import RunningHub
from globmed.hub.storage.lfs import LFS_FROM_BYTES
from tests.globmed.hub.conftest import NewRepository
from tests.globmed.hub.routes.conftest import As

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git: `apt install git`")
Operation = CommitOperationAdd | CommitOperationDelete
Git = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Runs git without anybody's settings, and without asking."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}

    program = shutil.which("git") or ""

    def run(*arguments: str | Path, check: bool = True) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [program, *map(str, arguments)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done

    return run


def commit(api: HfApi, name: str, *operations: Operation, create_pr: bool = False) -> str:
    made = api.create_commit(name, operations, commit_message="change", repo_type="dataset", create_pr=create_pr)
    return made.oid


def add(path: str, content: bytes) -> CommitOperationAdd:
    return CommitOperationAdd(path, content)


def _with_token(address: str, token: str) -> str:
    return address.replace("://", f"://user:{token}@")


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path.name != ".gitattributes"}


def test_branches_tags_and_pull_requests_are_cloned_and_pulled(
    api: HfApi, server: RunningHub, new_repository: NewRepository, git: Git, tmp_path: Path
) -> None:
    name = new_repository()
    first = commit(api, name, add("a.txt", b"one"), add('odd "name"/ẹ̀.txt', b"odd"), add("dir/b.txt", b"b"))
    api.create_tag(name, tag="v0.1.0", repo_type="dataset")
    changes: list[Operation] = [
        CommitOperationDelete('odd "name"/ẹ̀.txt'),
        CommitOperationDelete("dir/b.txt"),
        add("dir", b"a file"),
    ]
    second = commit(api, name, add("a.txt", b"two"), *changes)
    offered = commit(api, name, add("offered.txt", b"offered"), create_pr=True)
    address = f"{server.url}/datasets/{name}"
    git("clone", "-q", address, "main")
    assert files(tmp_path / "main") == {"a.txt": b"two", "dir": b"a file"}
    told = re.findall("Hub-Commit: (.*)", git("-C", "main", "log", "--format=%B").stdout)
    assert told[:2] == [second, first]
    git("clone", "-q", "--depth", "1", "-b", "v0.1.0", f"{address}.git", "tag")
    assert files(tmp_path / "tag") == {"a.txt": b"one", 'odd "name"/ẹ̀.txt': b"odd", "dir/b.txt": b"b"}
    git("-C", "main", "fetch", "-q", "origin", "refs/pr/1")
    assert offered in git("-C", "main", "log", "-1", "--format=%B", "FETCH_HEAD").stdout
    (entry,) = api.get_paths_info(name, ["a.txt"], repo_type="dataset")
    assert git("-C", "main", "rev-parse", "HEAD:a.txt").stdout.strip() == entry.blob_id  # type: ignore[union-attr]
    api.merge_pull_request(name, 1, repo_type="dataset")
    git("-C", "main", "pull", "-q")
    assert "offered.txt" in files(tmp_path / "main")
    assert len(git("-C", "main", "log", "-1", "--format=%P").stdout.split()) == 2
    git("-c", "protocol.version=0", "clone", "-q", address, "old")
    heads = {git("-C", folder, "rev-parse", "HEAD").stdout for folder in ("main", "old")}
    assert len(heads) == 1
    git("-C", "old", "fsck", "--strict")


def test_a_copy_that_grew_is_one_that_was_made_at_once(
    api: HfApi, server: RunningHub, folder: Path, new_repository: NewRepository, git: Git, tmp_path: Path
) -> None:
    """LFS files come and go that .gitattributes does not name, in one copy while it is asked for, in another before."""
    name = new_repository()
    address = f"{server.url}/datasets/{name}"
    large = add("large [1].txt", b"x" * LFS_FROM_BYTES)
    steps: list[list[Operation]] = [
        [large],
        [add("small.txt", b"s")],
        [CommitOperationDelete("large [1].txt")],
        [add("a.parquet", b"P" * 9)],
    ]
    for step in steps:
        commit(api, name, *step)
        git("ls-remote", address)
    grown = git("ls-remote", address).stdout
    api.super_squash_history(name, repo_type="dataset")
    api.create_branch(name, branch="squashed", repo_type="dataset")
    squashed = git("ls-remote", address).stdout
    shutil.rmtree(folder / "git")
    assert git("ls-remote", address).stdout == squashed != grown
    git("clone", "-q", address, "clone")
    assert b"large" not in (tmp_path / "clone" / ".gitattributes").read_bytes()


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="no git-lfs: `apt install git-lfs`")
def test_lfs_files_are_pulled(
    api: HfApi, server: RunningHub, new_repository: NewRepository, git: Git, tmp_path: Path
) -> None:
    name = new_repository(private=True)
    contents = {"data/a.parquet": b"PAR1" * 99, "large [1].txt": b"x" * LFS_FROM_BYTES}
    commit(api, name, *[add(path, content) for path, content in contents.items()])
    git("clone", "-q", f"{_with_token(server.url, server.token)}/datasets/{name}", "clone")
    assert files(tmp_path / "clone")["data/a.parquet"].startswith(b"version https://git-lfs")
    git("-C", "clone", "lfs", "install", "--local")
    git("-C", "clone", "lfs", "pull")
    assert files(tmp_path / "clone") == contents


def test_lfs_objects_are_for_who_may_read_them(
    api: HfApi, anonymous: HfApi, server: RunningHub, new_repository: NewRepository
) -> None:
    private, other = new_repository(private=True), new_repository()
    commit(api, private, add("a.parquet", b"PAR1" * 99))
    (entry,) = api.get_paths_info(private, ["a.parquet"], repo_type="dataset")
    sha256 = entry.lfs.sha256  # type: ignore[union-attr]
    asked = {"operation": "download", "transfers": ["basic"], "objects": [{"oid": sha256, "size": 396}]}
    token = {"Authorization": f"Bearer {server.token}"}

    def batch(name: str, headers: dict[str, str]) -> httpx.Response:
        return httpx.post(f"{server.url}/datasets/{name}.git/info/lfs/objects/batch", json=asked, headers=headers)

    address = batch(private, token).json()["objects"][0]["actions"]["download"]["href"]
    assert httpx.get(address).content == b"PAR1" * 99
    assert batch(private, {}).status_code == 401
    assert batch(other, token).json()["objects"][0]["error"]["code"] == 404
    for wrong in (address.replace(private, other), re.sub("until=1", "until=2", address), address[:-1]):
        assert httpx.get(wrong).status_code == 403
    assert httpx.put(address, content=b"PAR1" * 99).status_code == 403, "an address to read is none to write"


def test_who_may_not_read_or_push_is_told(
    api: HfApi, server: RunningHub, new_repository: NewRepository, git: Git, tmp_path: Path
) -> None:
    name = new_repository(private=True)
    commit(api, name, add("a.txt", b"secret"))
    address = f"{server.url}/datasets/{name}"
    for each in (address, f"{server.url}/datasets/globmed/nothing"):
        refused = git("clone", "-q", each, "clone", check=False)
        assert "could not read Username" in refused.stderr
    git("clone", "-q", _with_token(address, server.token), "clone")
    assert files(tmp_path / "clone") == {"a.txt": b"secret"}
    git("-C", "clone", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "mine")
    pushed = git("-C", "clone", "push", check=False)
    assert pushed.returncode != 0
    assert "remote: This Hub is read-only for git: upload with `hf upload`" in pushed.stderr


def test_files_of_a_gated_repository_are_cloned_by_those_who_were_let_in(
    ward: RunningHub, client: As, git: Git, tmp_path: Path
) -> None:
    boss = client("boss")
    boss.create_repo("clinic/cloned", repo_type="dataset")
    boss.update_repo_settings("clinic/cloned", repo_type="dataset", gated="manual")
    address = _with_token(ward.url, str(client("guest").token)) + "/datasets/clinic/cloned"
    assert "Access to dataset clinic/cloned is restricted" in git("clone", address, "clone", check=False).stderr
    boss.grant_access("clinic/cloned", "guest", repo_type="dataset")
    git("clone", "-q", address, "clone")


def test_what_was_taken_down_is_in_no_copy(
    api: HfApi, server: RunningHub, folder: Path, new_repository: NewRepository, git: Git, tmp_path: Path
) -> None:
    name = new_repository()
    commit(api, name, add("a.txt", b"of a patient"), add("b.txt", b"stays"))
    address = f"{server.url}/datasets/{name}"
    git("clone", "-q", address, "before")
    erase(folder, Target("dataset", name, ("a.txt",)), "consent withdrawn")
    assert not (folder / "git").exists()
    git("clone", "-q", address, "after")
    shown = files(tmp_path / "after")
    assert shown["b.txt"] == b"stays"
    assert re.fullmatch(r"Taken down on .*: consent withdrawn\n", shown["a.txt"].decode())


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"what is this", {}, 200),
        (b"not gzip", {"Content-Encoding": "gzip"}, 400),
        (b"x" * 2_000_000, {}, 413),
    ],
)
def test_a_request_that_is_none_ends(
    api: HfApi, server: RunningHub, new_repository: NewRepository, body: bytes, headers: dict[str, str], status: int
) -> None:
    address = f"{server.url}/datasets/{new_repository()}"
    answer = httpx.post(f"{address}/git-upload-pack", content=body, headers=headers)
    assert answer.status_code == status
    assert b"PACK" not in answer.content
    assert httpx.get(f"{address}/info/refs").status_code == 403, "the protocol from before 2009"
