"""Gated repositories: everybody sees that they are there; their files are for those who were let in."""

from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError

from globmed.hub.process import RunningHub
from tests.globmed.hub.routes.conftest import As

CARD = "---\nlicense: mit\n---\n# What there is to ask for\n"


def gated(boss: HfApi, name: str, mode: str) -> str:
    added = [CommitOperationAdd("README.md", CARD.encode()), CommitOperationAdd("a.txt", b"for readers")]
    boss.create_repo(f"clinic/{name}", repo_type="dataset")
    boss.create_commit(f"clinic/{name}", added, commit_message="c", repo_type="dataset")
    boss.update_repo_settings(f"clinic/{name}", repo_type="dataset", gated=mode)  # type: ignore[arg-type]
    return f"clinic/{name}"


def read(api: HfApi, name: str, folder: Path) -> bytes:
    return Path(api.hf_hub_download(name, "a.txt", repo_type="dataset", cache_dir=folder)).read_bytes()


def ask(ward: RunningHub, api: HfApi, name: str, **form: str) -> httpx.Response:
    return httpx.post(f"{ward.url}/datasets/{name}/ask-access", data=form, headers=api._build_hf_headers())


def test_files_are_for_those_whom_the_administrator_accepted(ward: RunningHub, client: As, tmp_path: Path) -> None:
    boss, guest = client("boss"), client("guest")
    name = gated(boss, "manual", "manual")
    assert guest.dataset_info(name).gated == "manual"
    assert guest.dataset_info(name).card_data.license == "mit"  # type: ignore[union-attr]
    for who in ("guest", "nobody"):
        with pytest.raises(GatedRepoError, match=f"Access to dataset {name} is restricted"):
            read(client(who), name, tmp_path / who)
        with pytest.raises(GatedRepoError):
            client(who).auth_check(name, repo_type="dataset")
        with pytest.raises(GatedRepoError):
            client(who).hf_hub_download(name, "nothing.py", repo_type="dataset", cache_dir=tmp_path / who)
    assert ask(ward, guest, name, why="a study").json() == {"status": "pending"}
    (asked,) = boss.list_pending_access_requests(name, repo_type="dataset")
    assert (asked.username, asked.fields) == ("guest", {"why": "a study"})
    with pytest.raises(GatedRepoError):
        read(guest, name, tmp_path)
    boss.accept_access_request(name, "guest", repo_type="dataset")
    assert read(guest, name, tmp_path) == b"for readers"
    boss.reject_access_request(name, "guest", repo_type="dataset", rejection_reason="the study ended")
    with pytest.raises(GatedRepoError):
        read(guest, name, tmp_path / "later")
    assert ask(ward, guest, name).json() == {"status": "rejected"}, "asking again does not undo a decision"


def test_who_has_a_role_in_it_need_not_ask(client: As, tmp_path: Path) -> None:
    name = gated(client("boss"), "roles", "manual")
    for who in ("boss", "nurse"):
        assert read(client(who), name, tmp_path / who) == b"for readers"


def test_asking_opens_one_that_is_gated_automatically_and_can_be_taken_back(
    ward: RunningHub, client: As, tmp_path: Path
) -> None:
    guest = client("guest")
    name = gated(client("boss"), "auto", "auto")
    assert ask(ward, client("nobody"), name).status_code == 401
    assert ask(ward, guest, name).json() == {"status": "accepted"}
    assert read(guest, name, tmp_path) == b"for readers"
    taken_back = f"{ward.url}/api/datasets/{name}/user-access-request/cancel"
    assert httpx.post(taken_back, headers=guest._build_hf_headers()).status_code == 200
    with pytest.raises(GatedRepoError):
        read(guest, name, tmp_path / "later")


def test_only_an_administrator_decides(client: As) -> None:
    name = gated(client("boss"), "decides", "manual")
    for attempt in (
        lambda api: list(api.list_pending_access_requests(name, repo_type="dataset")),
        lambda api: api.grant_access(name, "guest", repo_type="dataset"),
        lambda api: api.update_repo_settings(name, repo_type="dataset", gated=False),
    ):
        for who, status in (("nurse", 403), ("guest", 403), ("nobody", 401)):
            with pytest.raises(HfHubHTTPError) as error:
                attempt(client(who))
            assert error.value.response.status_code == status
    client("boss").grant_access(name, "guest", repo_type="dataset")
    with pytest.raises(HfHubHTTPError, match="accepted already"):
        client("boss").grant_access(name, "guest", repo_type="dataset")
    with pytest.raises(HfHubHTTPError, match="Nobody called stranger"):
        client("boss").grant_access(name, "stranger", repo_type="dataset")


def test_pages_show_the_card_and_ask_but_no_file(ward: RunningHub, client: As) -> None:
    name = gated(client("boss"), "pages", "auto")
    guest = client("guest")._build_hf_headers() | {"Accept": "text/html"}
    shown = httpx.get(f"{ward.url}/datasets/{name}", headers=guest).text
    assert "What there is to ask for" in shown
    assert f'action="/datasets/{name}/ask-access"' in shown
    assert httpx.get(f"{ward.url}/datasets/{name}/blob/main/a.txt", headers=guest).status_code == 403
    asked = httpx.post(f"{ward.url}/datasets/{name}/ask-access", headers=guest)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{ward.url}/datasets/{name}")
    assert "for readers" in httpx.get(f"{ward.url}/datasets/{name}/blob/main/a.txt", headers=guest).text
    assert "ask-access" not in httpx.get(f"{ward.url}/datasets/{name}", headers=guest).text


def test_listings_tell_gated_ones_apart(client: As) -> None:
    boss = client("boss")
    name = gated(boss, "listed", "auto")
    boss.create_repo("clinic/open", repo_type="dataset")
    assert name in {each.id for each in boss.list_datasets(author="clinic", gated=True)}
    assert "clinic/open" in {each.id for each in boss.list_datasets(author="clinic", gated=False)}
    boss.update_repo_settings(name, repo_type="dataset", gated=False)
    assert name not in {each.id for each in boss.list_datasets(author="clinic", gated=True)}


def test_a_copy_of_gated_files_takes_a_reader_of_them_and_is_private(client: As, tmp_path: Path) -> None:
    boss, guest = client("boss"), client("guest")
    name = gated(boss, "copied", "manual")
    large = [CommitOperationAdd("large.parquet", b"PAR1" * 9)]
    boss.create_commit(name, large, commit_message="large", repo_type="dataset")
    with pytest.raises(GatedRepoError):
        guest.duplicate_repo(name, "guest/copy", repo_type="dataset")
    boss.grant_access(name, "guest", repo_type="dataset")
    guest.duplicate_repo(name, "guest/copy", repo_type="dataset")
    assert guest.dataset_info("guest/copy").private
    copied = guest.hf_hub_download("guest/copy", "large.parquet", repo_type="dataset", cache_dir=tmp_path)
    assert Path(copied).read_bytes() == b"PAR1" * 9
    assert len(guest.list_repo_commits("guest/copy", repo_type="dataset")) == 1
    with pytest.raises(HfHubHTTPError) as error:
        guest.duplicate_repo(name, "clinic/copy", repo_type="dataset")
    assert error.value.response.status_code == 403
