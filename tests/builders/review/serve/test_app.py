"""The review page by plain HTTP: who sees what, and what is kept."""

from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from builders.review.returns import import_returns, sent_items
from builders.review.round import DIMENSIONS, Round
from builders.review.serve.access import INVITATIONS, Reviewer, invite
from builders.review.serve.app import application
from builders.review.serve.pages import marked
from builders.review.serve.saves import Saves, saved_lines
from globmed.errors import UserError

AMINA = Reviewer("swahili", "amina")
GOOD = dict.fromkeys(DIMENSIONS, 4)


@pytest.fixture
def amina(planned: Round) -> TestClient:
    """A browser that opened Amina's invitation."""
    client = TestClient(application(planned))
    assert client.get(f"/i/{invite(planned)[AMINA]}").status_code == 200
    return client


def codes(round_: Round, rater: str = "amina") -> list[str]:
    return round_.read_assignments().filter(rater=rater)["code"].to_list()


def test_without_an_invitation_nothing_is_shown(planned: Round) -> None:
    client = TestClient(application(planned))
    (code, *_) = codes(planned)
    for path in ("/", f"/item/{code}", "/i/guess", "/i/"):
        assert client.get(path).status_code in {403, 404}
    assert client.post(f"/item/{code}", json={"at": 1} | GOOD).status_code == 403


def test_a_token_cannot_be_guessed_and_only_its_hash_is_kept(planned: Round) -> None:
    tokens = invite(planned)
    assert len(set(tokens.values())) == 4
    assert all(len(token) >= 43 for token in tokens.values()), "256 bits"
    kept = (planned.root / INVITATIONS).read_text("utf-8")
    assert not any(token in kept for token in tokens.values())
    again = invite(planned, ["amina"])
    client = TestClient(application(planned))
    assert client.get(f"/i/{tokens[AMINA]}").status_code == 403
    assert client.get(f"/i/{again[AMINA]}").status_code == 200
    assert client.get(f"/i/{tokens[Reviewer('swahili', 'juma')]}").status_code == 200
    with pytest.raises(UserError, match="no rater 'nobody'"):
        invite(planned, ["nobody"])


def test_a_reviewer_sees_and_saves_their_own_items_alone(planned: Round, amina: TestClient) -> None:
    overview = amina.get("/").text
    assert all(code in overview for code in codes(planned))
    for code in codes(planned, "juma") + codes(planned, "ade"):
        assert code not in overview
        assert amina.get(f"/item/{code}").status_code == 404
        assert amina.post(f"/item/{code}", json={"at": 1} | GOOD).status_code == 403
    assert Saves(planned.saves).read() == {}


def test_nothing_tells_who_else_rates_or_why_an_item_is_there(planned: Round, amina: TestClient) -> None:
    items = planned.read_items()
    for code in codes(planned):
        page = amina.get(f"/item/{code}").text
        shown = page.partition("</style>")[2].partition("<script>")[0]
        for secret in ("juma", *items["item"], *items["row"], "critical", 'part"'):
            assert secret not in shown


def test_a_page_asks_this_host_alone_and_is_small(planned: Round, amina: TestClient) -> None:
    for path in ("/", *(f"/item/{code}" for code in codes(planned))):
        answer = amina.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert len(answer.content) < 100_000
        assert int(answer.headers["content-length"]) < 12_000, "compressed"


def test_what_is_saved_is_shown_again(planned: Round, amina: TestClient) -> None:
    (code, *_) = codes(planned)
    name = sent_items(planned)[code]["texts"][0]["name"]
    work = {"at": 5, "edits": {name: "Mpya <b>\n\u202ex"}, "comment": "</textarea><script>alert(1)</script>"} | GOOD
    assert amina.post(f"/item/{code}", json=work).json()["done"] == 1
    page = amina.get(f"/item/{code}").text
    assert "Mpya &lt;b&gt;\n" in page
    assert "<script>alert" not in page
    assert page.count(" checked>") == 3
    assert "1 of 12 items are done" in amina.get("/").text


def test_an_older_save_does_not_undo_a_newer_one(planned: Round, amina: TestClient) -> None:
    (code, *_) = codes(planned)
    amina.post(f"/item/{code}", json={"at": 5, "comment": "new"} | GOOD)
    assert amina.post(f"/item/{code}", json={"at": 4, "comment": "old"} | GOOD).json()["at"] == 5
    assert Saves(planned.saves).read()[code].comment == "new"


@pytest.mark.parametrize(
    "work",
    [
        {},
        [],
        {"at": -1},
        {"at": True},
        {"at": 2**60},
        {"at": 1, "accuracy": 6},
        {"at": 1, "accuracy": True},
        {"at": 1, "accuracy": "5"},
        {"at": 1, "edits": {"nothing": "x"}},
        {"at": 1, "edits": {"question": 1}},
        {"at": 1, "comment": "x" * 40_000},
        {"at": 1, "comment": "x" * 600_000},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(planned: Round, amina: TestClient, work: Any) -> None:
    (code, *_) = codes(planned)
    assert amina.post(f"/item/{code}", json=work).status_code == 400
    assert amina.post(f"/item/{code}", content=b"{\xff").status_code == 400
    assert amina.post(f"/item/{code}", content=b'{"at": 1, "comment": "\\ud800"}').status_code == 400
    assert Saves(planned.saves).read() == {}


def test_another_site_cannot_save_in_a_reviewers_name(planned: Round, amina: TestClient) -> None:
    (code, *_) = codes(planned)
    work = {"at": 1} | GOOD
    for sent in ({"Origin": "https://example.org"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert amina.post(f"/item/{code}", json=work, headers=sent).status_code == 403
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert amina.post(f"/item/{code}", json=work, headers=own).status_code == 200, "a form without script"
    assert amina.post(f"/item/{code}", json=work, headers={"Origin": "http://testserver"}).status_code == 200


def test_a_browser_without_script_can_work_too(planned: Round, amina: TestClient) -> None:
    first, second, *_ = codes(planned)
    text = sent_items(planned)[first]["texts"][0]
    edit = {f"edit-{text['name']}": text["translation"] + "\r\nZaidi"}
    form = {"at": "1", "comment": ""} | edit | dict.fromkeys(DIMENSIONS, "3")
    answer = amina.post(f"/item/{first}", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/item/{second}")
    assert Saves(planned.saves).read()[first].edits == {text["name"]: text["translation"] + "\nZaidi"}
    assert amina.post(f"/item/{first}", data=form | {"fluency": "x"}).status_code == 400


def test_an_edit_that_breaks_a_number_is_told_at_once_and_not_taken(planned: Round, amina: TestClient) -> None:
    sent = sent_items(planned)
    code, text = next(
        (code, text)
        for code in codes(planned)
        for text in sent[code]["texts"]
        if "mg" in text["source"] and not sent[code]["missing"]
    )
    edit = {text["name"]: text["translation"] + " 9876 mg"}
    answer = amina.post(f"/item/{code}", json={"at": 1, "edits": edit} | GOOD).json()
    assert "9876" in answer["warning"]
    checked = import_returns(planned, [], saved_lines(planned), partial=True)
    assert [finding.reason for finding in checked.refused] == ["edit_breaks_number"]
    amina.post(f"/item/{code}", json={"at": 2} | GOOD)
    assert not import_returns(planned, [], saved_lines(planned), partial=True).findings


def test_an_edit_that_changes_another_fact_is_told_at_once(planned: Round, amina: TestClient) -> None:
    sent = sent_items(planned)
    code = next(code for code in codes(planned) if not sent[code]["missing"])
    (name, *_) = (text["name"] for text in sent[code]["texts"])
    answer = amina.post(f"/item/{code}", json={"at": 1, "edits": {name: "请问这个病人现在应该怎样处理"}} | GOOD).json()
    assert "Please check: the text is in another script." in answer["warning"]
    as_sent = {name: sent[code]["texts"][0]["translation"]}
    assert "Please check" not in amina.post(f"/item/{code}", json={"at": 2, "edits": as_sent} | GOOD).json()["warning"]


def test_what_was_saved_is_imported_like_a_sheet(planned: Round, amina: TestClient) -> None:
    first, *others = codes(planned)
    amina.post(f"/item/{first}", json={"at": 1, "comment": "begun"})
    refused = import_returns(planned, [], saved_lines(planned))
    assert {finding.reason for finding in refused.refused} == {"rating_missing", "item_missing"}
    for code in (first, *others):
        amina.post(f"/item/{code}", json={"at": 2} | GOOD)
    assert not import_returns(planned, [], saved_lines(planned)).findings
    assert planned.read_ratings()["code"].sort().to_list() == sorted([first, *others])
    assert set(planned.read_ratings()["accuracy"]) == {4}


@pytest.mark.parametrize(
    ("text", "numbers", "terms", "expected"),
    [
        ("Take 5 mg, not 50 mg", ["5"], [], 'Take <mark class="number">5</mark> mg, not 50 mg'),
        ("<5 mg & more", ["5"], [], '&lt;<mark class="number">5</mark> mg &amp; more'),
        ("Fever and chills", [], ["fever"], '<mark class="term">Fever</mark> and chills'),
        ("nothing <b>", [], [], "nothing &lt;b&gt;"),
        ("a.c abc", [], ["a.c"], '<mark class="term">a.c</mark> abc'),
    ],
)
def test_numbers_and_terms_are_marked_and_everything_is_escaped(
    text: str, numbers: list[str], terms: list[str], expected: str
) -> None:
    assert marked(text, numbers, terms) == expected


def test_a_text_of_any_kind_stays_text_on_the_page(planned: Round) -> None:
    evil = '"><img src=x onerror=alert(1)></textarea><script>alert(1)</script>{{ 7*7 }}'
    items = planned.read_items()
    texts = pl.lit([{"name": "question", "source": evil, "translation": evil}], dtype=items.schema["texts"])
    items.with_columns(texts=texts, missing=pl.lit([evil]), terms=pl.lit([evil]), agreed=pl.lit([evil])).write_parquet(
        planned.items
    )
    client = TestClient(application(planned))
    page = client.get(f"/i/{invite(planned)[AMINA]}").text
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert "49" not in page.partition("</style>")[2].partition("<script>")[0]


def test_direction_and_language_are_stated(planned: Round, amina: TestClient) -> None:
    page = amina.get(f"/item/{codes(planned)[0]}").text
    assert '<p class="text" lang="en" dir="ltr">' in page
    assert '<p class="text" lang="sw" dir="ltr">' in page
