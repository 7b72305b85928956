"""The review page in Chromium, as a clinician has it: on a phone by touch, on a desk by keyboard, on a bad line."""

import re
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from builders.review.returns import import_returns, sent_items
from builders.review.round import DIMENSIONS, Round
from builders.review.serve.access import Reviewer, invite
from builders.review.serve.saves import Saves, saved_lines
from tests.builders.review.pages import serving

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
#: "Slow 3G" of WebPageTest: 400 kbit/s both ways, 400 ms there and back.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def opened(context: BrowserContext, url: str, round_: Round, rater: str = "amina") -> Page:
    page = context.new_page()
    page.goto(f"{url}/i/{invite(round_, [rater])[Reviewer('swahili', rater)]}")
    return page


def throttle(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    return session


@pytest.mark.slow
def test_by_touch_on_a_phone_over_a_line_that_breaks_nothing_is_lost(planned: Round, browser: Browser) -> None:
    sent = sent_items(planned)
    with serving(planned) as url:
        context = browser.new_context(**PHONE)
        page = opened(context, url, planned)
        line = throttle(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for place in range(12):
            expect(page.locator("h1")).to_have_text(f"Item {place + 1} of 12", timeout=15_000)
            for name in DIMENSIONS:
                page.locator(f"label:has(input[name={name}][value='{place % 5 + 1}'])").tap()
            if place == 4:
                expect(page.locator("#state")).to_have_text("Saved.", timeout=15_000)
                line.send("Network.emulateNetworkConditions", SLOW_3G | {"offline": True})
            page.get_by_label("Comment").fill(f"place {place}")
            if place in {4, 5}:
                expect(page.locator("#state")).to_contain_text("kept on this device", timeout=15_000)
            if place == 5:
                line.send("Network.emulateNetworkConditions", SLOW_3G)
            page.get_by_role("button").tap()
        expect(page.locator("h1")).to_have_text("Swahili review", timeout=15_000)
        expect(page.locator("#state")).to_have_text("Saved.", timeout=15_000)
        expect(page.get_by_text("12 of 12 items are done.")).to_be_visible()
        context.close()
    saves = Saves(planned.saves).read()
    expected = [code for code, item in sent.items() if item["rater"] == "amina"]
    assert {code: (saves[code].ratings["accuracy"], saves[code].comment) for code in expected} == {
        code: (sent[code]["place"] % 5 + 1, f"place {sent[code]['place']}") for code in expected
    }
    assert all(each.startswith(url) for each in asked), "no request leaves the host"
    assert not import_returns(planned, [], saved_lines(planned)).findings


def test_work_that_could_not_be_sent_is_there_after_a_new_start(planned: Round, browser: Browser) -> None:
    with serving(planned) as url:
        context = browser.new_context()
        page = opened(context, url, planned)
        address = page.url
        context.set_offline(True)
        page.get_by_label("Comment").fill("typed without a line")
        expect(page.locator("#state")).to_contain_text("kept on this device")
        page.close()
        context.set_offline(False)
        again = context.new_page()
        again.goto(address)
        expect(again.get_by_label("Comment")).to_have_value("typed without a line")
        expect(again.locator("#state")).to_have_text("Saved.")
        context.close()
    assert [work.comment for work in Saves(planned.saves).read().values()] == ["typed without a line"]


def test_by_keyboard_alone_on_a_desk(planned: Round, browser: Browser) -> None:
    with serving(planned) as url:
        context = browser.new_context()
        page = opened(context, url, planned)
        assert "/i/" not in page.url, "the invitation does not stay in the address bar"
        keys = page.keyboard
        for name, moves in (("accuracy", 3), ("fluency", 4), ("completeness", 1)):
            page.locator(f"input[name={name}][value='1']").focus()
            keys.press("Space")
            for _ in range(moves):
                keys.press("ArrowRight")
        summary = page.locator("summary").first
        summary.focus()
        keys.press("Enter")
        keys.press("Tab")
        keys.press("Control+End")
        keys.type(" Ẹ̀kọ́")
        keys.press("Control+Enter")
        expect(page.locator("h1")).to_have_text("Item 2 of 12")
        expect(page.locator("#state")).to_have_text("Saved.")
        context.close()
    (work,) = Saves(planned.saves).read().values()
    assert list(work.ratings.values()) == [4, 5, 2]
    assert [text.endswith(" Ẹ̀kọ́") for text in work.edits.values()] == [True]


def test_without_script_the_form_is_sent_and_kept(planned: Round, browser: Browser) -> None:
    with serving(planned) as url:
        context = browser.new_context(java_script_enabled=False)
        page = opened(context, url, planned)
        for name in DIMENSIONS:
            page.locator(f"label:has(input[name={name}][value='4'])").click()
        page.get_by_role("button").click()
        expect(page).to_have_title(re.compile("Item 2 of 12"))
        context.close()
    (work,) = Saves(planned.saves).read().values()
    assert work.done


def test_axe_finds_nothing_serious(planned: Round, browser: Browser) -> None:
    with serving(planned) as url:
        for options in (PHONE, {}):
            # What axe adds to a page, the page's own policy would refuse.
            context = browser.new_context(**options, bypass_csp=True)
            page = opened(context, url, planned)
            page.locator("summary").first.click()
            item = Axe().run(page).response["violations"]
            page.goto(url)
            violations = item + Axe().run(page).response["violations"]
            context.close()
            assert [each["id"] for each in violations if each["impact"] in {"serious", "critical"}] == []


def test_the_first_view_on_slow_3g_takes_less_than_a_second(planned: Round, browser: Browser) -> None:
    token = invite(planned, ["amina"])[Reviewer("swahili", "amina")]
    with serving(planned) as url:
        seconds = []
        for _ in range(3):
            context = browser.new_context(**PHONE)
            page = context.new_page()
            throttle(page)
            begun = time.perf_counter()
            page.goto(f"{url}/i/{token}", wait_until="commit")
            expect(page.get_by_role("button")).to_be_visible()
            seconds.append(time.perf_counter() - begun)
            context.close()
    assert min(seconds) < 1, f"{seconds}: a busy machine takes longer than the line, and never less"
