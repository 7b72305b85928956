"""What clients other than huggingface_hub ask for: raw files, HEAD, conditional requests, other origins, conditions."""

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from globmed.hub.process import RunningHub
from tests.globmed.hub.conftest import NewRepository

CARDS = {
    "first": "---\nlicense: mit\nlanguage: [sw, yo]\ntags: [medical]\ntask_categories: [question-answering]\n---\n",
    "second": "---\nlicense: mit\nlanguage: sw\n---\n",
    "third": "# no metadata\n",
}


@pytest.fixture(scope="module")
def name(api: HfApi, new_repository: NewRepository) -> str:
    name = new_repository()
    operations = [CommitOperationAdd("plain.txt", b"plain"), CommitOperationAdd("large.parquet", b"PAR1" * 100)]
    api.create_commit(name, operations, commit_message="c", repo_type="dataset")
    return name


@pytest.fixture(scope="module")
def shelf(api: HfApi) -> str:
    """An owner with three repositories, whose cards differ."""
    for short, card in CARDS.items():
        api.create_repo(f"shelf/{short}", repo_type="dataset")
        added = [CommitOperationAdd("README.md", card.encode())]
        api.create_commit(f"shelf/{short}", added, commit_message="card", repo_type="dataset")
    api.create_commit(
        "shelf/first", [CommitOperationAdd("later.txt", b"1")], commit_message="later", repo_type="dataset"
    )
    return "shelf"


@pytest.mark.parametrize("revision", ["main", "HEAD"])
@pytest.mark.parametrize("way", ["resolve", "raw"])
def test_a_file_is_there_at_head_too_and_what_is_not_there_is_not(
    server: RunningHub, name: str, way: str, revision: str
) -> None:
    base = f"{server.url}/datasets/{name}/{way}/{revision}"
    assert httpx.head(f"{base}/plain.txt").status_code == 200
    assert httpx.get(f"{base}/plain.txt").content == b"plain"
    missing = httpx.head(f"{base}/nothing.txt")
    assert (missing.status_code, missing.headers["x-error-code"]) == (404, "EntryNotFound")


def test_raw_is_what_git_has(server: RunningHub, name: str, api: HfApi) -> None:
    raw = httpx.get(f"{server.url}/datasets/{name}/raw/main/large.parquet")
    assert raw.text.startswith("version https://git-lfs.github.com/spec/v1\noid sha256:")
    (entry,) = api.get_paths_info(name, ["large.parquet"], repo_type="dataset")
    assert raw.headers["etag"].strip('"') == entry.blob_id  # type: ignore[union-attr]
    assert "x-linked-etag" not in raw.headers


def test_a_part_of_a_pointer_tells_the_size_of_all_of_it(server: RunningHub, name: str) -> None:
    address = f"{server.url}/datasets/{name}/raw/main/large.parquet"
    whole = httpx.get(address).content
    for asked, part in (("0-0", whole[:1]), ("5-", whole[5:]), ("5-99999", whole[5:])):
        answer = httpx.get(address, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-range"].endswith(f"/{len(whole)}")
    for asked in ("999-", "-5", "1-2,4-5", "9-3"):
        answer = httpx.get(address, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.content) == (200, whole)


def test_head_is_no_name_for_a_branch(api: HfApi, name: str) -> None:
    assert api.dataset_info(name, revision="HEAD").sha == api.dataset_info(name).sha
    with pytest.raises(Exception, match="Invalid reference name 'HEAD'"):
        api.create_branch(name, branch="HEAD", repo_type="dataset")


@pytest.mark.parametrize("path", ["plain.txt", "large.parquet"])
def test_what_the_client_has_is_not_sent_again(server: RunningHub, name: str, path: str) -> None:
    address = f"{server.url}/datasets/{name}/resolve/main/{path}"
    etag = httpx.get(address).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = httpx.get(address, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert httpx.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_every_answer_has_a_request_id(server: RunningHub) -> None:
    for path in ("/api/datasets", "/nothing"):
        ids = {httpx.get(server.url + path).headers["x-request-id"] for _ in range(2)}
        assert len(ids) == 2
    answer = httpx.get(f"{server.url}/api/datasets", headers={"X-Request-Id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"


def test_pages_of_other_origins_read_and_do_not_write(server: RunningHub, name: str) -> None:
    address = f"{server.url}/datasets/{name}/resolve/main/plain.txt"
    origin = {"Origin": "https://elsewhere.example"}
    for answer in (httpx.get(address, headers=origin), httpx.head(f"{address}x", headers=origin)):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "X-Error-Code" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
    asked = origin | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization,range"}
    allowed = httpx.options(address, headers=asked)
    assert (allowed.status_code, allowed.headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS")
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    assert httpx.options(f"{server.url}/api/repos/create", headers=origin).status_code == 404
    written = httpx.post(f"{server.url}/api/repos/create", json={}, headers=origin)
    assert "access-control-allow-origin" not in written.headers


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, "first second third"),
        ({"search": "SEC"}, "second"),
        ({"language": "sw"}, "first second"),
        ({"language": ["sw", "yo"]}, "first"),
        ({"filter": "license:mit"}, "first second"),
        ({"filter": ["medical", "license:mit"]}, "first"),
        ({"task_categories": "question-answering"}, "first"),
        ({"filter": "nothing"}, ""),
        ({"gated": True}, ""),
        ({"gated": False}, "first second third"),
        ({"sort": "last_modified"}, "first third second"),
        ({"sort": "created_at"}, "third second first"),
        ({"sort": "created_at", "limit": 1}, "third"),
        ({"sort": "downloads"}, "first second third"),
    ],
)
def test_listings_fulfil_their_conditions(api: HfApi, shelf: str, conditions: dict[str, str], found: str) -> None:
    listed = [info.id.removeprefix("shelf/") for info in api.list_datasets(author=shelf, **conditions)]  # type: ignore[arg-type]
    assert listed == found.split()


def test_a_condition_that_is_not_known_is_no_answer(server: RunningHub) -> None:
    for query, message in (
        ("num_parameters=min:6B", "does not list by num_parameters"),
        ("sort=beauty", "expected lastModified"),
        ("sort=createdAt&direction=up", "expected -1 or 1"),
        ("limit=many", "expected a number"),
    ):
        answer = httpx.get(f"{server.url}/api/models?{query}")
        assert (answer.status_code, message in answer.json()["error"]) == (400, True), query


def test_tags_come_from_the_card(api: HfApi, shelf: str) -> None:
    assert api.dataset_info("shelf/first").tags == [
        *("medical", "language:sw", "sw", "language:yo", "yo", "license:mit", "task_categories:question-answering")
    ]


def test_a_listing_leads_from_page_to_page(server: RunningHub, shelf: str) -> None:
    first = httpx.get(f"{server.url}/api/datasets?author={shelf}&limit=2")
    later = httpx.get(first.links["next"]["url"])
    assert [len(each.json()) for each in (first, later)] == [2, 1]
    assert "next" not in later.links
