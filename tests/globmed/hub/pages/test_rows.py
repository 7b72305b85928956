"""Pages of rows: what they show, how they filter, and what becomes of damaged and hostile files."""

from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from globmed.hub.process import RunningHub
from tests.globmed.hub.conftest import NewRepository
from tests.globmed.hub.operating.test_operating import blob, flip
from tests.globmed.hub.pages.made import HOSTILE, other, parquet, row
from tests.globmed.hub.pages.reading import Element, Page, client, read

CARD = """---
configs:
- config_name: english
  data_files:
  - split: train
    path: data/english/train-*.parquet
  - split: test
    path: data/english/test-*.parquet
- config_name: yoruba
  data_files:
  - split: train
    path: data/yoruba/train-*.parquet
---
# Rows
"""


def publish(api: HfApi, name: str, files: dict[str, bytes]) -> None:
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    api.create_commit(name, operations, commit_message="rows", repo_type="dataset")


@pytest.fixture(scope="session")
def url(server: RunningHub, api: HfApi) -> str:
    """The page of rows of a dataset in two languages."""
    name = "clinic/rows"
    api.create_repo(name, repo_type="dataset")
    files = {
        "README.md": CARD.encode(),
        "data/english/train-made.parquet": parquet([row(number, "en") for number in range(120)]),
        "data/english/test-made.parquet": parquet([row(500, "en", question="About Insulin; 50 %")]),
        "data/yoruba/train-made.parquet": parquet([row(number, "yo", question="Ìbéèrè") for number in range(120)]),
    }
    publish(api, name, files)
    return f"{server.url}/datasets/{name}/rows/main"


def shown(page: Page) -> list[str]:
    """Return the texts of the rows."""
    return [each.text.strip() for each in page.all("th") if each.attributes["scope"] == "row"]


def said(page: Page) -> str:
    (status,) = [each for each in page.elements if each.attributes.get("role") == "status"]
    return status.text


def test_rows_are_shown_a_page_at_a_time(url: str) -> None:
    first = read(f"{url}?split=train")
    assert said(first) == "Rows 1 to 50 of 120."
    (following,) = [each for each in first.all("a") if each.attributes.get("rel") == "next"]
    second = read(urljoin(url, following.attributes["href"]))
    assert shown(second)[0] == "Question 50 in en"
    assert said(read(f"{url}?split=train&p=2")) == "Rows 101 to 120 of 120."
    assert said(read(f"{url}?split=train&p=9")) == "120 rows; this page has none."
    assert said(read(f"{url}?config=*")) == "Rows 1 to 50 of 241."


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        ({"config": "*", "language": "yo"}, 120),
        ({"config": "*", "source": "other", "language": "en", "split": "train"}, 60),
        ({"config": "*", "status": "reviewed"}, 6),
        ({"config": "*", "task": "nli"}, 0),
        ({"config": "yoruba", "text": "ìBÉÈRÈ", "p": "2"}, "Rows 101 to 120 of 120."),
        ({"config": "*", "text": "insulin; 50 %"}, 1),
        ({"config": "*", "text": ".*"}, 0),
        ({"config": "*", "text": "' OR 1=1 --"}, 0),
        ({"config": "*", "text": "NO <script>"}, "Rows 1 to 50 of more."),
        ({"config": "*", "text": "made/train/119"}, 2),
        ({"file": "data/english/test-made.parquet"}, 1),
        ({"config": "none"}, 0),
        ({"text": "Question", "p": "9"}, "This page has no rows."),
    ],
)
def test_rows_are_searched_and_filtered(url: str, asked: dict[str, str], total: int | str) -> None:
    expected = f"Rows 1 to {min(50, total)} of {total}." if isinstance(total, int) and total else total or "No rows."
    assert said(read(f"{url}?{urlencode(asked)}")) == expected


def test_filters_offer_the_values_that_there_are(url: str) -> None:
    offered = [each.text for each in read(f"{url}?config=*").all("option")]
    for each in ("english", "yoruba", "train", "test", "en (121)", "yo (120)", "other (121)", "reviewed (6)"):
        assert each in offered


def test_texts_have_the_language_and_direction_that_they_are_in(url: str) -> None:
    page = read(f"{url}?config=yoruba")
    (first, *_) = [each for each in page.all("span") if each.text == "Ìbéèrè"]
    assert (first.attributes["lang"], first.attributes["dir"]) == ("yo", "ltr")


def test_an_item_is_shown_in_all_its_languages(url: str) -> None:
    listed = read(f"{url}?config=yoruba")
    (link,) = [each.attributes["href"] for each in listed.all("a") if each.attributes["href"].endswith("%2F7")]
    page = read(urljoin(url, link))
    assert page.all("h1")[0].text == "made/train/7"
    sides = page.all("article")
    assert ["Question 7 in en" in each.text for each in sides] == [True, False]
    yoruba = " ".join(sides[1].text.split())
    for each in (
        "critical",
        "Ìbéèrè",
        f"no {HOSTILE}",
        "numbers: 5 mg became 50 mg",
        "0.500",
        "engineargos",
        "raters2",
    ):
        assert each in yoruba
    assert "a number, unit or comparison was changed" in yoruba
    spoken = [each.attributes for each in page.all("div") if each.text == "Ìbéèrè"]
    assert [(each["lang"], each["dir"]) for each in spoken] == [("yo", "ltr")]
    right: list[Element] = [each for each in page.all("li") if each.attributes.get("class") == "right"]
    assert len(right) == 2
    read(urljoin(url, "../item/main?id=nothing"), status=404)


def test_the_address_of_the_public_hubs_viewer_leads_to_the_rows(url: str) -> None:
    moved = client().get(urljoin(url, "../viewer/yoruba/train"))
    assert moved.status_code == 307
    assert urljoin(url, moved.headers["location"]) == f"{url}?config=yoruba&split=train"


def test_other_files_are_shown_with_their_columns(
    server: RunningHub, api: HfApi, new_repository: NewRepository
) -> None:
    name = new_repository()
    odd = {'a"b': [1, 2], "text_0": ["One", HOSTILE], "review": ["good", "bad"], "c": [[1], None]}
    publish(api, name, {"x.parquet": other(**odd)})
    url = f"{server.url}/datasets/{name}/rows/main"
    page = read(url)
    assert [each.text for each in page.all("th")] == list(odd)
    assert [each.text for each in page.all("td")] == ["1", "One", "good", "[1]", "2", HOSTILE, "bad", ""]
    assert said(read(f"{url}?text=one")) == "Rows 1 to 1 of 1."
    assert "no column `id`" in read(urljoin(url, "../item/main?id=1")).text()


def test_files_of_different_columns_are_shown_together(
    server: RunningHub, api: HfApi, new_repository: NewRepository
) -> None:
    name = new_repository()
    publish(api, name, {"a.parquet": other(x=[1]), "b.parquet": other(x=[2], y=["two"])})
    page = read(f"{server.url}/datasets/{name}/rows/main")
    assert [each.text for each in page.all("td")] == ["1", "", "2", "two"]


def test_long_texts_ids_and_names_are_cut(server: RunningHub, api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    long = {"id": ["i" * 300_000, "short"], "question": ["q" * 300_000] * 2, "n" * 5_000: ["x" * 300_000] * 2}
    publish(api, name, {"train.parquet": other(**long)})
    url = f"{server.url}/datasets/{name}"
    assert len(read(f"{url}/rows/main").source) < 30_000
    item = read(f"{url}/item/main?id=short")
    assert "q ..." in item.text()
    assert len(item.source) < 100_000


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"x" * 5000])
def test_a_file_that_is_not_parquet_is_said_to_be_none(
    server: RunningHub, api: HfApi, new_repository: NewRepository, content: bytes
) -> None:
    name = new_repository()
    publish(api, name, {"train.parquet": content})
    page = read(f"{server.url}/datasets/{name}/rows/main")
    assert "The Parquet files cannot be read" in page.text()
    assert "blobs" not in page.text(), "where the server keeps it is nobody's business"


def test_every_damage_of_a_file_costs_a_page_and_not_the_server(
    server: RunningHub, api: HfApi, new_repository: NewRepository
) -> None:
    """The upload itself is damaged: its hash is right."""
    name = new_repository()
    sound = parquet([row(number, "en") for number in range(50)])
    files = {}
    for number, place in enumerate(range(4, len(sound) - 8, len(sound) // 5)):
        damaged = bytearray(sound)
        damaged[place : place + 4] = b"\xff\xff\xff\x7f"
        files[f"train-{number}.parquet"] = bytes(damaged)
    publish(api, name, files)
    for path in files:
        page = read(f"{server.url}/datasets/{name}/rows/main?file={path}")
        assert said(page)
    assert said(read(f"{server.url}/datasets/{name}/rows/main"))


@pytest.mark.slow
def test_rows_that_are_too_large_are_not_shown(server: RunningHub, api: HfApi, new_repository: NewRepository) -> None:
    """Some kilobytes that become half a gigabyte."""
    name = new_repository()
    large = other(text=[letter * 64_000_000 for letter in "abcdefgh"])
    assert len(large) < 2_000_000
    publish(api, name, {"train.parquet": large})
    page = read(f"{server.url}/datasets/{name}/rows/main")
    assert "more time or memory than a page may" in page.text()


def test_a_damaged_file_is_left_out_and_named_until_it_is_uploaded_again(
    server: RunningHub, api: HfApi, new_repository: NewRepository, storage: Any
) -> None:
    name = new_repository()
    good, bad = parquet([row(1, "en")]), parquet([row(2, "en", question=name)])
    publish(api, name, {"train-good.parquet": good, "train-bad.parquet": bad})
    flip(blob(storage, api, name, "train-bad.parquet"))
    page = read(f"{server.url}/datasets/{name}/rows/main")
    assert said(page) == "Rows 1 to 1 of 1."
    assert "Without train-bad.parquet" in page.text()
    assert "damaged" in page.text()
    publish(api, name, {"train-bad.parquet": bad})
    page = read(f"{server.url}/datasets/{name}/rows/main")
    assert said(page) == "Rows 1 to 2 of 2."
    assert "damaged" not in page.text()


def test_a_dataset_without_parquet_says_so(server: RunningHub, new_repository: NewRepository) -> None:
    page = read(f"{server.url}/datasets/{new_repository()}/rows/main")
    assert "no Parquet files" in page.text()
