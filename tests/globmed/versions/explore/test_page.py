"""The page in Chromium, over real Parquet files: filters, search, one item, links, a phone and a desk, axe-core."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from huggingface_hub import HfApi
from playwright.sync_api import Browser, Page, expect

from tests.globmed.versions.explore.conftest import REPOSITORY, Explored
from tests.globmed.versions.explore.made import DOSE, HOSTILE, LANGUAGES, rows

pytestmark = pytest.mark.slow

ROWS = pl.concat([rows(config).with_columns(config=pl.lit(config)) for config in LANGUAGES])
#: Of every filter a value, and which rows it leaves.
FILTERS = {
    "language=swahili": pl.col("config") == "swahili",
    "task=mcqa": pl.col("task") == "mcqa",
    "source=exam": pl.col("source") == "exam",
    "specialty=Pediatrics": pl.col("specialty") == "Pediatrics",
    "specialty=(none)": pl.col("specialty").is_null(),
    "origin=postedited": pl.col("origin") == "postedited",
    "status=reviewed": pl.col("review").struct.field("status") == "reviewed",
    "reasons=number_changed": pl.col("quality").struct.field("reasons").list.len() > 0,
    "split=train": pl.col("source") == "ward",
    "language=yoruba&source=exam": (pl.col("config") == "yoruba") & (pl.col("source") == "exam"),
    "origin=human": pl.lit(False),
}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="module", params=["served", "static"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """The page in one of its forms; addresses are relative to it."""
    context = browser.new_context(base_url=request.getfixturevalue(request.param), **DESK)
    yield context.new_page()
    context.close()


def look(page: Page, address: str) -> None:
    """Open an address of the page as somebody who was sent it does."""
    page.goto("about:blank")
    page.goto(f"./#{address}")
    expect(page.get_by_role("status")).not_to_have_text(re.compile("Loading|Reading|Searching"))
    expect(page.get_by_text("Reading …")).to_have_count(0)


@pytest.mark.parametrize("page", ["served"], indirect=True)
@pytest.mark.parametrize("conditions", FILTERS)
def test_a_filter_leaves_the_rows_that_fulfil_it(page: Page, conditions: str) -> None:
    wanted = ROWS.filter(FILTERS[conditions])
    look(page, conditions)
    assert f"of {wanted.height}." in page.get_by_role("status").inner_text() or not wanted.height
    shown = page.locator(".found li").all_inner_texts()
    assert len(shown) == min(wanted.height, 25)
    ids = set(wanted["id"])
    assert all(any(id_ in text for id_ in ids) for text in shown)


def test_a_choice_in_the_form_is_in_the_address_and_counts_what_is_left(page: Page) -> None:
    look(page, "")
    page.get_by_label("Language").select_option("swahili")
    expect(page.get_by_role("status")).to_have_text("Rows 1 to 25 of 31.")
    assert urlsplit(page.url).fragment == "language=swahili"
    assert page.get_by_label("Source").locator("option").all_inner_texts() == ["all", "exam (11)", "ward (20)"]
    assert "Yoruba – Èdè Yorùbá (16)" in page.get_by_label("Language").locator("option").all_inner_texts()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("status")).to_have_text("Rows 26 to 31 of 31.")
    page.get_by_role("link", name="Clear all").click()
    expect(page.get_by_role("status")).to_have_text(f"Rows 1 to 25 of {ROWS.height}.")


def test_a_search_finds_texts_in_any_column_and_nothing_else(page: Page) -> None:
    look(page, "")
    page.get_by_label("Text contains").fill("ZEBRA")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_have_text("Rows 1 to 2 of 2.")
    assert all("exam/test/21" in text for text in page.locator(".found li").all_inner_texts())
    look(page, "text=zebra&language=yoruba")
    assert page.get_by_role("status").inner_text().startswith("No rows")
    look(page, "text=on+the+ward&page=2")
    assert page.get_by_role("status").inner_text().startswith("Rows 26 to 50")


def test_markup_in_a_text_stays_text(page: Page) -> None:
    for address in ("text=question+07", f"item={quote('ward/train/07', safe='')}"):
        look(page, address)
        assert HOSTILE in page.locator("main").inner_text()
        assert page.locator("main img, main script").count() == 0
        assert "hacked" not in page.title()


def test_an_item_is_side_by_side_with_its_key_provenance_signals_and_review(page: Page) -> None:
    look(page, f"item={quote(DOSE, safe='')}")
    sides = page.locator(".side")
    assert [text.split("\n")[0] for text in sides.all_inner_texts()] == [
        "English originalreviewed",
        "Swahili – Kiswahili posteditedreviewed",
        "Yoruba – Èdè Yorùbá posteditedreviewed",
    ]
    assert sides.nth(1).locator(".spoken").first.get_attribute("lang") == "sw"
    assert sides.nth(1).locator(".right").inner_text().split() == ["B", "750", "mg", "answer"]
    assert sides.locator("mark").all_inner_texts() == ["500"]
    assert "number changed" in sides.nth(1).inner_text()
    for summary in sides.nth(1).locator("summary").all():
        summary.click()
    told = sides.nth(1).inner_text()
    for each in ("CC-BY-4.0", "clinic/questions", "0123abc", "0.500", "accuracy", "4.5"):
        assert each in told


def test_an_item_that_is_linked_to_is_opened_and_an_unknown_one_is_told(page: Page) -> None:
    look(page, "language=swahili&task=mcqa")
    page.locator(".found a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(DOSE)
    assert urlsplit(page.url).fragment == f"item={quote(DOSE, safe='')}"
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("status")).to_have_text("Rows 1 to 1 of 1.")
    look(page, "item=no/such/item")
    assert "has no item no/such/item" in page.get_by_role("status").inner_text()


def test_rows_are_read_in_ranges_and_from_the_hub_or_the_page_alone(page: Page, explored: Explored) -> None:
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    look(page, "language=swahili")
    data = [status for url, status in answers if "/data/" in url and status not in (302, 307)]
    assert data
    assert set(data) == {206}
    own = {urlsplit(page.url).netloc, urlsplit(explored.access.endpoint).netloc}
    assert {urlsplit(url).netloc for url, _ in answers} <= own


def test_what_cannot_be_read_is_told_and_can_be_tried_again(page: Page) -> None:
    page.route("**/data/**", lambda route: route.abort())
    page.goto("about:blank")
    page.goto("./#task=mcqa")
    expect(page.get_by_role("alert")).to_contain_text("could not be read")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status")).to_have_text("Rows 1 to 3 of 3.")


def test_a_report_opens_a_discussion_that_names_the_item(browser: Browser, served: str, explored: Explored) -> None:
    context = browser.new_context(
        base_url=served,
        http_credentials={
            "username": "aisha",
            "password": explored.access.token or "",
            "origin": explored.access.endpoint,
        },
    )
    page = context.new_page()
    look(page, f"item={quote(DOSE, safe='')}")
    address = page.get_by_role("link", name="Report an error").get_attribute("href")
    assert address is not None
    assert address.startswith(f"{explored.repository}/discussions/new?")
    filled = parse_qs(urlsplit(address).query)
    assert filled["title"] == [f"Error in {DOSE}"]
    assert explored.commit in filled["description"][0]
    page.goto(address)
    page.get_by_role("link", name="Log in", exact=True).last.click()
    assert page.get_by_label("Title").input_value() == f"Error in {DOSE}"
    page.get_by_label("Text").fill(f"{filled['description'][0]}\nIn Swahili, 500 should be 250.")
    page.get_by_role("button", name="Open the discussion").click()
    page.wait_for_url(f"{explored.repository}/discussions/1")
    api = HfApi(endpoint=explored.access.endpoint, token=explored.access.token)
    opened = api.get_discussion_details(REPOSITORY, 1, repo_type="dataset")
    assert opened.title == f"Error in {DOSE}"
    assert "500 should be 250" in str(opened.events[0])
    context.close()


@pytest.mark.parametrize(("device", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_it_is_read_on_a_phone_and_a_desk_in_light_and_dark(
    browser: Browser, served: str, device: dict[str, Any], scheme: Any
) -> None:
    # What axe adds to a page, the page's own policy would refuse.
    context = browser.new_context(base_url=served, **device, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for address in ("", "language=swahili&text=ward", f"item={quote(DOSE, safe='')}", "item=none"):
        look(page, address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], address
        found = Axe().run(page).response["violations"]
        assert [(address, each["id"], each["nodes"][0]["html"]) for each in found] == []
    context.close()
