"""Users, owners and likes."""

import httpx2 as httpx
import pytest
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from globmed.hub.process import RunningHub
from tests.globmed.hub.routes.conftest import As


def test_likes_are_counted_and_listed_where_their_repository_is_seen(ward: RunningHub, client: As) -> None:
    boss, guest = client("boss"), client("guest")
    for name, private in (("liked/open", False), ("liked/hidden", True)):
        boss.create_repo(name, repo_type="dataset", private=private)
        address = f"{ward.url}/api/datasets/{name}/like"
        assert httpx.post(address, headers=boss._build_hf_headers()).status_code == 200
        assert httpx.post(address, headers=boss._build_hf_headers()).status_code == 200
    assert boss.list_liked_repos("boss").datasets == ["liked/hidden", "liked/open"]
    assert guest.list_liked_repos("boss").datasets == ["liked/open"]
    assert guest.dataset_info("liked/open").likes == 1
    assert [each.username for each in guest.list_repo_likers("liked/open", repo_type="dataset")] == ["boss"]
    assert guest.get_user_overview("boss").num_likes == 1
    boss.unlike("liked/open", repo_type="dataset")
    assert guest.dataset_info("liked/open").likes == 0
    with pytest.raises(RepositoryNotFoundError):
        guest.unlike("liked/hidden", repo_type="dataset")
    with pytest.raises(HfHubHTTPError) as error:
        client("nobody").unlike("liked/open", repo_type="dataset")
    assert error.value.response.status_code == 401


def test_an_overview_counts_what_the_caller_may_read(client: As) -> None:
    boss = client("boss")
    boss.create_repo("owner/open", repo_type="dataset")
    boss.create_repo("owner/hidden", repo_type="dataset", private=True)
    boss.create_repo("owner/model")
    for who, datasets in (("boss", 2), ("guest", 1), ("nobody", 1)):
        seen = client(who).get_organization_overview("owner")
        assert (seen.num_datasets, seen.num_models) == (datasets, 1)
    assert client("guest").get_user_overview("nurse").username == "nurse"
    for who, name, status in (("nobody", "nurse", 401), ("guest", "stranger", 404)):
        with pytest.raises(HfHubHTTPError) as error:
            client(who).get_user_overview(name)
        assert error.value.response.status_code == status


def test_one_lists_ones_own_repositories_with_their_size(client: As) -> None:
    guest = client("guest")
    guest.create_repo("guest/mine", repo_type="dataset")
    guest.upload_file(path_or_fileobj=b"x" * 1000, path_in_repo="a.txt", repo_id="guest/mine", repo_type="dataset")
    (mine,) = [each for each in guest.list_user_repos() if each.id == "guest/mine"]
    assert (mine.type, mine.visibility) == ("dataset", "public")
    assert 1000 < mine.storage < 5000
    assert "guest/mine" in {each.id for each in client("boss").list_user_repos("guest")}


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/api/settings/webhooks", "no webhooks"),
        ("POST", "/api/settings/webhooks", "no webhooks"),
        ("POST", "/api/buckets/boss/things", "no buckets"),
        ("GET", "/api/buckets/boss/things/tree", "no buckets"),
        ("GET", "/api/models/boss/things/lfs-files", "globmed hub erase"),
    ],
)
def test_what_is_not_there_is_told(ward: RunningHub, client: As, method: str, path: str, message: str) -> None:
    answer = httpx.request(method, f"{ward.url}{path}", headers=client("boss")._build_hf_headers())
    assert answer.status_code == 501
    assert message in answer.json()["error"]
