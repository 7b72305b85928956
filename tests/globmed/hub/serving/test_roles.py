"""What a token may do, by repository and by owner; one server whose token file has every kind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from globmed.hub.process import RunningHub, running
from globmed.hub.tokens import Grant, Role, User, read_tokens

GRANTS = {
    "boss": "",
    "owner": "admin:clinic",
    "curator": "write:clinic read:other/open",
    "talker": "discuss:clinic/data",
    "reader": "read:clinic/data",
    "guest": "read:nowhere",
}
PRIVATE, HIDDEN, PUBLIC = "clinic/data", "clinic/hidden", "other/open"
Attempt = Callable[[HfApi], object]


def token(name: str) -> str:
    return f"hf_{name:_<20}"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("roles")
    tokens = folder / "tokens"
    tokens.write_text("".join(f"{name} {token(name)} {grants}\n" for name, grants in GRANTS.items()))
    tokens.chmod(0o600)
    with running(folder / "hub", token_file=tokens) as hub:
        boss = HfApi(endpoint=hub.url, token=token("boss"))
        for name in (PRIVATE, HIDDEN, PUBLIC):
            boss.create_repo(name, repo_type="dataset", private=name != PUBLIC)
        boss.create_discussion(PRIVATE, "The boss's", repo_type="dataset")
        yield hub


def api(hub: RunningHub, name: str) -> HfApi:
    return HfApi(endpoint=hub.url, token=token(name) if name else False)


def commit(api: HfApi, name: str = PRIVATE, *, create_pr: bool = False, revision: str | None = None) -> object:
    added = [CommitOperationAdd("a.txt", b"1")]
    return api.create_commit(
        name, added, commit_message="c", repo_type="dataset", create_pr=create_pr, revision=revision
    )


ATTEMPTS: dict[str, tuple[Attempt, str]] = {
    "read": (lambda api: api.dataset_info(PRIVATE), "boss owner curator talker reader"),
    "read another": (lambda api: api.dataset_info(HIDDEN), "boss owner curator"),
    "read what is public": (lambda api: api.dataset_info(PUBLIC), "boss owner curator talker reader guest anonymous"),
    "discuss": (
        lambda api: api.create_discussion(PRIVATE, "t", repo_type="dataset"),
        "boss owner curator talker reader",
    ),
    "discuss what is public": (lambda api: api.create_discussion(PUBLIC, "t", repo_type="dataset"), "boss curator"),
    "comment": (
        lambda api: api.comment_discussion(PRIVATE, 1, "c", repo_type="dataset"),
        "boss owner curator talker reader",
    ),
    "retitle another's": (
        lambda api: api.rename_discussion(PRIVATE, 1, "n", repo_type="dataset"),
        "boss owner curator",
    ),
    "open a pull request": (lambda api: commit(api, create_pr=True), "boss owner curator talker"),
    "commit": (commit, "boss owner curator"),
    "commit to another's pull request": (
        lambda api: commit(api, revision=f"refs/pr/{api.boss_request}"),  # type: ignore[attr-defined]
        "boss owner curator",
    ),
    "commit to what is public": (lambda api: commit(api, PUBLIC), "boss"),
    "tag": (
        lambda api: api.create_tag(PRIVATE, tag=f"v-{uuid4().hex}", repo_type="dataset"),
        "boss owner curator",
    ),
    "create": (
        lambda api: api.create_repo(f"clinic/{uuid4().hex}", repo_type="dataset"),
        "boss owner curator",
    ),
    "create elsewhere": (
        lambda api: api.create_repo(f"other/{uuid4().hex}", repo_type="dataset"),
        "boss",
    ),
    "change who may read": (
        lambda api: api.update_repo_settings(PRIVATE, visibility="private", repo_type="dataset"),
        "boss owner",
    ),
    "rename": (lambda api: api.move_repo(HIDDEN, HIDDEN, repo_type="dataset"), "boss owner"),
    "rename into another's": (lambda api: api.move_repo(PUBLIC, PUBLIC, repo_type="dataset"), "boss"),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_token_does_what_it_was_given_and_no_more(hub: RunningHub, attempt: str) -> None:
    does, may = ATTEMPTS[attempt]
    request = api(hub, "boss").create_pull_request(PRIVATE, "The boss's", repo_type="dataset").num
    done = []
    for name in [*GRANTS, ""]:
        caller = api(hub, name)
        caller.boss_request = request  # type: ignore[attr-defined]
        try:
            does(caller)
        except HfHubHTTPError as error:
            assert error.response.status_code in (401, 403, 404), name
        else:
            done.append(name or "anonymous")
    assert done == may.split()


def test_one_is_free_to_change_what_one_opened(hub: RunningHub) -> None:
    talker, reader = api(hub, "talker"), api(hub, "reader")
    mine = reader.create_discussion(PRIVATE, "mine", repo_type="dataset").num
    reader.rename_discussion(PRIVATE, mine, "still mine", repo_type="dataset")
    reader.change_discussion_status(PRIVATE, mine, "closed", repo_type="dataset")
    draft = talker.create_pull_request(PRIVATE, "draft", repo_type="dataset").num
    commit(talker, revision=f"refs/pr/{draft}")
    for other, number in ((talker, mine), (reader, draft)):
        with pytest.raises(HfHubHTTPError) as error:
            other.change_discussion_status(PRIVATE, number, "open", repo_type="dataset")
        assert error.value.response.status_code == 403
    with pytest.raises(HfHubHTTPError, match="role `write` in clinic/data"):
        talker.merge_pull_request(PRIVATE, draft, repo_type="dataset")


def test_what_one_may_not_read_is_neither_listed_nor_told_from_what_does_not_exist(hub: RunningHub) -> None:
    seen = {name: {info.id for info in api(hub, name).list_datasets()} for name in ("boss", "reader", "guest")}
    assert {PRIVATE, HIDDEN, PUBLIC} <= seen["boss"]
    assert seen["reader"] & {PRIVATE, HIDDEN, PUBLIC} == {PRIVATE, PUBLIC}
    assert seen["guest"] & {PRIVATE, HIDDEN, PUBLIC} == {PUBLIC}
    for name in (HIDDEN, "clinic/nothing"):
        with pytest.raises(RepositoryNotFoundError) as error:
            api(hub, "reader").dataset_info(name)
        assert error.value.response.json() == {"error": "Repository not found"}
    answer = httpx.get(
        f"{hub.url}/datasets/{HIDDEN}/resolve/main/.gitattributes",
        headers={"Authorization": f"Bearer {token('reader')}"},
    )
    assert answer.status_code == 404


def test_the_token_says_whether_it_writes_anywhere(hub: RunningHub) -> None:
    roles = {name: api(hub, name).whoami()["auth"]["accessToken"]["role"] for name in GRANTS}
    assert [name for name, role in roles.items() if role == "write"] == ["boss", "owner", "curator"]


@pytest.mark.parametrize(
    ("words", "grants"),
    [
        ("", [Grant(Role.ADMIN)]),
        ("read", [Grant(Role.READ)]),
        ("write:clinic read:other/open  # both", [Grant(Role.WRITE, "clinic"), Grant(Role.READ, "other/open")]),
    ],
)
def test_grants_of_a_line(tmp_path: Path, words: str, grants: list[Grant]) -> None:
    (tmp_path / "tokens").write_text(f"her {token('her')} {words}\n")
    (tmp_path / "tokens").chmod(0o600)
    (user,) = read_tokens(tmp_path / "tokens").users
    assert list(user.grants) == grants


def test_a_scope_is_a_name_and_no_part_of_one() -> None:
    user = User("her", (Grant(Role.READ, "Clinic"), Grant(Role.WRITE, "other/open")), token("her"))
    assert user.may(Role.READ, "clinic/data")
    assert user.may(Role.WRITE, "OTHER/open")
    for name in ("clinics/data", "clinic-2/data", "other/open2", "other/ope", "x/clinic"):
        assert not user.may(Role.READ, name)
    assert not user.may(Role.WRITE, "clinic/data")
