"""Report and leaderboard in Chromium, opened from a file: read on a phone, sorted by keyboard, nothing is fetched."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.bench_recipes.report.conftest import HOSTILE, MODELS

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Iterator[Page]:
    """Yield a page that asked for itself alone, and at which no script of a name ran."""
    context = browser.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert (asked, faults) == ([file.as_uri()], [])


def names(page: Page) -> list[str]:
    return page.locator("#board tbody th").all_inner_texts()


def test_the_board_is_sorted_by_keyboard(browser: Browser, leaderboard: Path) -> None:
    with opened(browser, leaderboard / "index.html") as page:
        assert names(page)[:2] == ["best-70b", "middle"]
        assert HOSTILE in names(page)
        expect(page.locator("th[aria-sort=descending]")).to_have_text("All languages, %")
        size = page.get_by_role("button", name="Size, B")
        size.focus()
        page.keyboard.press("Enter")
        assert names(page) == ["guesses", "small-2b", HOSTILE, "best-70b", "middle"], "no size comes last"
        expect(page.locator("th[aria-sort=ascending]")).to_have_text("Size, B")
        expect(size).to_be_focused()
        page.keyboard.press("Space")
        assert names(page)[0] == "best-70b"
        assert names(page)[-1] == "middle"


def test_the_board_is_filtered(browser: Browser, leaderboard: Path) -> None:
    with opened(browser, leaderboard / "index.html") as page:
        everywhere = page.locator("#board tbody tr").first.inner_text()
        page.get_by_label("Language", exact=True).select_option("zulu")
        expect(page.locator("th[aria-sort=descending]")).to_have_text("zulu, %")
        assert page.locator("#board tbody tr").first.inner_text() != everywhere
        page.get_by_label("Language", exact=True).select_option("")
        page.get_by_label("Languages").select_option("low")
        headings = page.locator("#board thead th").all_inner_texts()
        assert headings[4:] == ["swahili", "wolof", "yoruba", "zulu"]
        page.get_by_label("Task").select_option("yesno")
        page.get_by_label("Size to, billions").fill("7")
        assert set(names(page)) == {"guesses", "small-2b", HOSTILE}
        expect(page.locator("#count")).to_have_text(f"3 of {len(MODELS)} models")


@pytest.mark.parametrize("name", ["report", "leaderboard"])
def test_it_is_read_on_a_phone_in_light_and_dark(browser: Browser, report: Path, leaderboard: Path, name: str) -> None:
    file = report / "report.html" if name == "report" else leaderboard / "index.html"
    for scheme in ("light", "dark"):
        # What axe adds to a page, the page's own policy would refuse.
        with opened(browser, file, **PHONE, color_scheme=scheme, bypass_csp=True) as page:
            wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1], "tables and plots scroll inside themselves"
            violations = Axe().run(page).response["violations"]
            assert [each["id"] for each in violations if each["impact"] in {"serious", "critical"}] == []
