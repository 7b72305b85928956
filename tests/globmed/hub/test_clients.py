"""What HfApi does on the public Hub, it does here."""

import io
import json
from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from globmed.hub.process import RunningHub
from globmed.hub.storage.lfs import LFS_FROM_BYTES
from tests.globmed.hub.conftest import NewRepository


def add(path: str, content: bytes | str) -> CommitOperationAdd:
    return CommitOperationAdd(path, content.encode() if isinstance(content, str) else content)


def commit(
    api: HfApi,
    name: str,
    *operations: CommitOperationAdd | CommitOperationDelete,
    revision: str = "main",
    parent_commit: str | None = None,
) -> str:
    made = api.create_commit(
        name,
        operations,
        commit_message="change",
        repo_type="dataset",
        revision=revision,
        parent_commit=parent_commit,
    )
    return made.oid


def files(api: HfApi, name: str, revision: str = "main") -> set[str]:
    return set(api.list_repo_files(name, repo_type="dataset", revision=revision)) - {".gitattributes"}


def read(api: HfApi, name: str, path: str, tmp_path: Path, revision: str = "main") -> bytes:
    local = api.hf_hub_download(name, path, repo_type="dataset", revision=revision, cache_dir=tmp_path)
    return Path(local).read_bytes()


def status(error: pytest.ExceptionInfo[HfHubHTTPError]) -> int:
    return error.value.response.status_code


def test_whoami_names_the_token_and_never_shows_it(api: HfApi, server: RunningHub) -> None:
    known = api.whoami()
    assert known["name"] == "globmed"
    assert server.token not in str(known)
    assert server.token not in repr(server)


def test_a_folder_with_large_files_comes_back_as_it_was(
    api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    (folder / "data" / "swahili").mkdir(parents=True)
    contents = {
        "README.md": b"# Card\n",
        "data/swahili/train.parquet": b"PAR1" + bytes(range(256)) * 4096,
        "large.txt": b"x" * LFS_FROM_BYTES,
        "empty.txt": b"",
        "ẹ̀kọ́.txt": "Àwọn ọ̀rọ̀".encode(),
    }
    for path, content in contents.items():
        (folder / path).write_bytes(content)
    name = new_repository()
    api.upload_folder(repo_id=name, folder_path=folder, repo_type="dataset")
    local = Path(api.snapshot_download(name, repo_type="dataset", cache_dir=tmp_path / "cache"))
    assert {path: (local / path).read_bytes() for path in contents} == contents
    entries = {entry.path: entry for entry in api.get_paths_info(name, list(contents), repo_type="dataset")}
    assert {path for path, entry in entries.items() if entry.lfs} == {"data/swahili/train.parquet", "large.txt"}  # type: ignore[union-attr]


def test_uploading_the_same_again_makes_no_new_commit_and_sends_nothing(
    api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1" * 100)
    (tmp_path / "b.txt").write_bytes(b"b")
    name = new_repository()
    first = api.upload_folder(repo_id=name, folder_path=tmp_path, repo_type="dataset")
    again = api.upload_folder(repo_id=name, folder_path=tmp_path, repo_type="dataset")
    assert again.oid == first.oid


def test_a_parent_that_is_no_longer_the_head_gets_412(
    api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name = new_repository()
    parent = commit(api, name, add("a.txt", "one"))
    winner = commit(api, name, add("a.txt", "two"), parent_commit=parent)
    with pytest.raises(HfHubHTTPError) as error:
        commit(api, name, add("a.txt", "three"), parent_commit=parent)
    assert status(error) == 412
    assert api.dataset_info(name).sha == winner
    assert read(api, name, "a.txt", tmp_path) == b"two"


def test_files_and_folders_are_deleted_and_history_keeps_them(
    api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name = new_repository()
    before = commit(api, name, add("a/1.txt", "1"), add("a/2.txt", "2"), add("b.txt", "b"))
    api.delete_folder("a", name, repo_type="dataset")
    api.delete_file("b.txt", name, repo_type="dataset")
    assert files(api, name) == set()
    assert files(api, name, before) == {"a/1.txt", "a/2.txt", "b.txt"}
    assert read(api, name, "a/2.txt", tmp_path, before) == b"2"
    titles = [revision.title for revision in api.list_repo_commits(name, repo_type="dataset")]
    assert titles[-2:] == ["change", "initial commit"]
    with pytest.raises(EntryNotFoundError):
        api.delete_file("b.txt", name, repo_type="dataset")


def test_the_tree_lists_folders_files_and_their_last_commit(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    first = commit(api, name, add("a/b/1.txt", "1"), add("a/2.txt", "2"))
    second = commit(api, name, add("a/2.txt", "two"))
    direct = list(api.list_repo_tree(name, "a", repo_type="dataset", expand=True))
    assert {(type(entry).__name__, entry.path) for entry in direct} == {("RepoFolder", "a/b"), ("RepoFile", "a/2.txt")}
    last = {entry.path: entry.last_commit.oid for entry in direct if entry.last_commit}
    assert last == {"a/b": first, "a/2.txt": second}
    deep = api.list_repo_tree(name, repo_type="dataset", recursive=True)
    assert {entry.path for entry in deep} == {".gitattributes", "a", "a/b", "a/b/1.txt", "a/2.txt"}
    with pytest.raises(EntryNotFoundError):
        list(api.list_repo_tree(name, "nowhere", repo_type="dataset"))


def test_a_long_listing_comes_in_pages(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    commit(api, name, *[add(f"many/{number:04}.txt", str(number)) for number in range(1200)])
    assert len(files(api, name)) == 1200
    listed = list(api.list_repo_tree(name, "many", repo_type="dataset"))
    assert len({entry.path for entry in listed}) == len(listed) == 1200


def test_branches_start_where_they_are_told_and_do_not_touch_main(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    first = commit(api, name, add("a.txt", "1"))
    commit(api, name, add("b.txt", "2"))
    api.create_branch(name, branch="draft/hausa", revision=first, repo_type="dataset")
    commit(api, name, add("c.txt", "3"), revision="draft/hausa")
    assert files(api, name, "draft/hausa") == {"a.txt", "c.txt"}
    assert files(api, name) == {"a.txt", "b.txt"}
    api.create_branch(name, branch="draft/hausa", repo_type="dataset", exist_ok=True)
    api.delete_branch(name, branch="draft/hausa", repo_type="dataset")
    assert {ref.name for ref in api.list_repo_refs(name, repo_type="dataset").branches} == {"main"}
    with pytest.raises(HfHubHTTPError) as error:
        api.delete_branch(name, branch="main", repo_type="dataset")
    assert status(error) == 403


def test_a_tag_cannot_be_moved_overwritten_or_removed(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    first = commit(api, name, add("a.txt", "1"))
    api.create_tag(name, tag="v1.0.0", repo_type="dataset")
    second = commit(api, name, add("a.txt", "2"))
    for attempt in (
        lambda: api.create_tag(name, tag="v1.0.0", revision=second, repo_type="dataset"),
        lambda: api.delete_tag(name, tag="v1.0.0", repo_type="dataset"),
        lambda: commit(api, name, add("a.txt", "3"), revision="v1.0.0"),
        lambda: api.super_squash_history(name, branch="v1.0.0", repo_type="dataset"),
        lambda: api.create_branch(name, branch="v1.0.0", repo_type="dataset"),
        lambda: api.create_tag(name, tag="main", repo_type="dataset"),
    ):
        with pytest.raises(HfHubHTTPError):
            attempt()
    assert [ref.target_commit for ref in api.list_repo_refs(name, repo_type="dataset").tags] == [first]
    api.super_squash_history(name, repo_type="dataset")
    assert len(api.list_repo_commits(name, repo_type="dataset")) == 1
    assert api.dataset_info(name, revision="v1.0.0").sha == first


def test_a_repository_with_tags_is_neither_deleted_nor_replaced(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    moved = f"{name}-moved"
    first = commit(api, name, add("a.txt", "1"))
    api.create_tag(name, tag="v0.1.0", repo_type="dataset")
    api.move_repo(name, moved, repo_type="dataset")
    for attempt in (
        lambda: api.delete_repo(name, repo_type="dataset"),
        lambda: api.delete_repo(moved, repo_type="dataset"),
        lambda: api.create_repo(name, repo_type="dataset"),
    ):
        with pytest.raises(HfHubHTTPError, match="a tag never moves") as error:
            attempt()
        assert status(error) == 403
    for known in (name, moved):
        assert api.dataset_info(known, revision="v0.1.0").sha == first
    api.move_repo(moved, name, repo_type="dataset")
    assert api.dataset_info(moved, revision="v0.1.0").sha == first


def test_the_name_of_a_moved_repository_without_tags_is_free(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    api.move_repo(name, f"{name}-moved", repo_type="dataset")
    api.create_repo(name, repo_type="dataset")
    for each in (name, f"{name}-moved"):
        api.delete_repo(each, repo_type="dataset")


def test_a_pull_request_is_opened_discussed_and_merged(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    commit(api, name, add("a.txt", "1"), add("gone.txt", "x"))
    made = api.create_commit(
        name,
        [add("b.txt", "2"), CommitOperationDelete("gone.txt")],
        commit_message="Add b",
        repo_type="dataset",
        create_pr=True,
    )
    assert made.pr_num is not None
    assert files(api, name) == {"a.txt", "gone.txt"}
    assert files(api, name, f"refs/pr/{made.pr_num}") == {"a.txt", "b.txt"}
    commit(api, name, add("c.txt", "3"))
    api.comment_discussion(name, made.pr_num, "Looks right", repo_type="dataset")
    api.merge_pull_request(name, made.pr_num, repo_type="dataset")
    assert files(api, name) == {"a.txt", "b.txt", "c.txt"}
    details = api.get_discussion_details(name, made.pr_num, repo_type="dataset")
    assert (details.status, details.title, details.is_pull_request) == ("merged", "Add b", True)
    with pytest.raises(HfHubHTTPError) as error:
        api.merge_pull_request(name, made.pr_num, repo_type="dataset")
    assert status(error) == 403


def test_a_conflicting_pull_request_is_not_merged(api: HfApi, new_repository: NewRepository, tmp_path: Path) -> None:
    name = new_repository()
    commit(api, name, add("a.txt", "1"))
    made = api.create_commit(
        name, [add("a.txt", "theirs")], commit_message="theirs", repo_type="dataset", create_pr=True
    )
    commit(api, name, add("a.txt", "ours"))
    assert made.pr_num is not None
    with pytest.raises(HfHubHTTPError) as error:
        api.merge_pull_request(name, made.pr_num, repo_type="dataset")
    assert status(error) == 409
    assert read(api, name, "a.txt", tmp_path) == b"ours"
    details = api.get_discussion_details(name, made.pr_num, repo_type="dataset")
    assert details.conflicting_files == ["a.txt"]


def test_a_draft_pull_request_takes_commits_and_must_be_opened_before_its_merge(
    api: HfApi, new_repository: NewRepository
) -> None:
    name = new_repository()
    draft = api.create_pull_request(name, title="Draft", repo_type="dataset")
    commit(api, name, add("a.txt", "1"), revision=f"refs/pr/{draft.num}")
    with pytest.raises(HfHubHTTPError):
        api.merge_pull_request(name, draft.num, repo_type="dataset")
    api.change_discussion_status(name, draft.num, "open", repo_type="dataset")
    api.rename_discussion(name, draft.num, "Ready", repo_type="dataset")
    api.merge_pull_request(name, draft.num, repo_type="dataset")
    assert files(api, name) == {"a.txt"}
    assert [entry.title for entry in api.get_repo_discussions(name, repo_type="dataset")] == ["Ready"]


def test_repositories_are_listed_moved_hidden_and_deleted(
    api: HfApi, anonymous: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name = new_repository()
    commit(api, name, add("a.txt", "1"))
    api.move_repo(name, "globmed/Moved", repo_type="dataset")
    assert read(api, name, "a.txt", tmp_path) == b"1", "the old name leads to the new one"
    assert "globmed/Moved" in {found.id for found in anonymous.list_datasets(author="globmed")}
    api.update_repo_settings("globmed/Moved", visibility="private", repo_type="dataset")
    api.update_repo_settings("globmed/Moved", gated=False, repo_type="dataset")
    assert "globmed/Moved" not in {found.id for found in anonymous.list_datasets(author="globmed")}
    with pytest.raises(HfHubHTTPError) as error:
        api.create_repo("globmed/moved", repo_type="dataset")
    assert status(error) == 409
    api.delete_repo("globmed/Moved", repo_type="dataset")
    assert not api.repo_exists("globmed/Moved", repo_type="dataset")


def test_ranges_are_served(api: HfApi, server: RunningHub, new_repository: NewRepository) -> None:
    name = new_repository()
    content = bytes(range(256)) * 64
    commit(api, name, add("plain.txt", content), add("large.parquet", content))
    for path in ("plain.txt", "large.parquet"):
        address = f"{server.url}/datasets/{name}/resolve/main/{path}"
        part = httpx.get(address, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, content[100:200])
        assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
        assert httpx.get(address, headers={"Range": "bytes=-7"}).content == content[-7:]
        assert httpx.get(address, headers={"Range": "bytes=99999-"}).status_code == 416
        whole = httpx.head(address)
        assert int(whole.headers["content-length"]) == len(content)


def test_what_is_missing_raises_the_clients_own_exceptions(
    api: HfApi, anonymous: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name, private = new_repository(), new_repository(private=True)
    commit(api, private, add("a.txt", "secret"))
    with pytest.raises(RepositoryNotFoundError):
        api.dataset_info("globmed/nothing")
    with pytest.raises(RepositoryNotFoundError):
        api.dataset_info("without-owner")
    with pytest.raises(RevisionNotFoundError):
        read(api, name, "a.txt", tmp_path, "v9.9.9")
    with pytest.raises(EntryNotFoundError):
        read(api, name, "nothing.txt", tmp_path)
    for look in (
        lambda: anonymous.dataset_info(private),
        lambda: anonymous.list_repo_files(private, repo_type="dataset"),
        lambda: read(anonymous, private, "a.txt", tmp_path / "other"),
    ):
        with pytest.raises(RepositoryNotFoundError):
            look()
    assert read(api, private, "a.txt", tmp_path) == b"secret"


def test_writing_needs_a_token(anonymous: HfApi, server: RunningHub, api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    wrong = HfApi(endpoint=server.url, token="hf_wrong")  # noqa: S106
    for client in (anonymous, wrong):
        for attempt in (
            lambda c=client: c.create_repo("globmed/theirs", repo_type="dataset"),
            lambda c=client: commit(c, name, add("a.txt", "1")),
            lambda c=client: commit(c, name, add("a.parquet", "1")),
            lambda c=client: c.create_tag(name, tag="v1", repo_type="dataset"),
            lambda c=client: c.create_branch(name, branch="b", repo_type="dataset"),
            lambda c=client: c.delete_repo(name, repo_type="dataset"),
            lambda c=client: c.create_pull_request(name, title="t", repo_type="dataset"),
        ):
            with pytest.raises(HfHubHTTPError) as error:
                attempt()
            assert status(error) == 401
    assert files(api, name) == set()


def test_an_object_of_another_repository_is_not_given_away(
    api: HfApi, server: RunningHub, new_repository: NewRepository
) -> None:
    """Naming the hash of a private file is no proof of having it."""
    private, mine = new_repository(private=True), new_repository()
    secret = b"a private table" * 100
    commit(api, private, add("secret.parquet", secret))
    (entry,) = api.get_paths_info(private, ["secret.parquet"], repo_type="dataset")
    sha256 = entry.lfs.sha256  # type: ignore[union-attr]
    header = '{"key": "header", "value": {"summary": "steal"}}\n'
    line = (
        f'{{"key": "lfsFile", "value": {{"path": "mine.parquet", "algo": "sha256", "oid": "{sha256}", "size": 1}}}}\n'
    )
    stolen = httpx.post(
        f"{server.url}/api/datasets/{mine}/commit/main",
        content=(header + line).encode(),
        headers={"Authorization": f"Bearer {server.token}", "Content-Type": "application/x-ndjson"},
    )
    assert stolen.status_code == 422
    assert "was not uploaded" in stolen.json()["error"]


def test_an_upload_address_is_worth_nothing_without_its_signature_or_with_other_bytes(
    api: HfApi, server: RunningHub, new_repository: NewRepository
) -> None:
    name = new_repository()
    sha256 = "ab" * 32
    place = f"{server.url}/lfs/datasets/{name}/{sha256}"
    assert httpx.put(place, content=b"x").status_code == 403
    batch = httpx.post(
        f"{server.url}/datasets/{name}.git/info/lfs/objects/batch",
        json={"operation": "upload", "transfers": ["basic"], "objects": [{"oid": sha256, "size": 1}]},
        headers={"Authorization": f"Bearer {server.token}"},
    )
    address = batch.json()["objects"][0]["actions"]["upload"]["href"]
    refused = httpx.put(address, content=b"other bytes")
    assert (refused.status_code, "announced" in refused.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    "path",
    [
        "../up",
        "a/../../b",
        "/absolute",
        "a//b",
        "./a",
        "a/.",
        ".git/config",
        "a\\b",
        "C:/x",
        "a\x00b",
        "a\nb",
        "cafe\u0301",
        "\u202egpj.exe",
        "zero\u200bwidth",
        "dot.",
        "space /b",
        "",
    ],
)
def test_path_tricks_are_refused(server: RunningHub, new_repository: NewRepository, path: str) -> None:
    name = new_repository()
    lines = [
        {"key": "header", "value": {"summary": "trick"}},
        {"key": "file", "value": {"path": path, "content": "eA==", "encoding": "base64"}},
    ]
    answer = httpx.post(
        f"{server.url}/api/datasets/{name}/commit/main",
        content="".join(json.dumps(line) + "\n" for line in lines),
        headers={"Authorization": f"Bearer {server.token}"},
    )
    assert answer.status_code == 422
    assert httpx.get(f"{server.url}/datasets/{name}/resolve/main/..%2F..%2Fhub.sqlite").status_code == 404


def test_a_file_cannot_be_a_folder_too(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    commit(api, name, add("a", "file"))
    with pytest.raises(HfHubHTTPError) as error:
        commit(api, name, add("a/b.txt", "1"))
    assert status(error) == 422


@pytest.mark.parametrize(
    "name", ["globmed/..", "../x", "globmed/a--b", "a/b/c", "globmed/a.git", "globmed/ä", "api/name"]
)
def test_odd_repository_names_are_refused(server: RunningHub, name: str) -> None:
    owner, _, rest = name.partition("/")
    answer = httpx.post(
        f"{server.url}/api/repos/create",
        json={"organization": owner, "name": rest, "type": "dataset"},
        headers={"Authorization": f"Bearer {server.token}"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b'{"key": "header"}', b'{"key": "nothing", "value": {"path": "a"}}']
)
def test_a_commit_that_is_none_is_refused(server: RunningHub, new_repository: NewRepository, body: bytes) -> None:
    answer = httpx.post(
        f"{server.url}/api/datasets/{new_repository()}/commit/main",
        content=body,
        headers={"Authorization": f"Bearer {server.token}"},
    )
    assert answer.status_code == 400


def test_a_single_file_goes_up_from_memory(api: HfApi, new_repository: NewRepository, tmp_path: Path) -> None:
    name = new_repository()
    api.upload_file(path_or_fileobj=io.BytesIO(b"{}"), path_in_repo="a.json", repo_id=name, repo_type="dataset")
    assert read(api, name, "a.json", tmp_path) == b"{}"
