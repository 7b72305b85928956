"""The pages in Chromium: on a phone and a desk, in light and dark, by axe-core, and with nothing from elsewhere."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.globmed.hub.pages.conftest import Published

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PLACES = (
    *("", "/tree/main", "/blob/main/README.md", "/commit/{changed}", "/versions", "/discussions/1", "/tree/none"),
    *("/rows/main?config=*", "/item/main?id=made%2Ftrain%2F1"),
)


@pytest.mark.parametrize(("device", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_pages_are_read_on_a_phone_and_a_desk_in_light_and_dark(
    browser: Browser, published: Published, device: dict[str, Any], scheme: Any
) -> None:
    # What axe adds to a page, the page's own policy would refuse. Readers need no script.
    context = browser.new_context(**device, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for place in PLACES:
        page.goto(published.url + place.format(changed=published.changed))
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{place}: tables and texts scroll inside themselves"
        found = Axe().run(page).response["violations"]
        assert [(place, each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] != "minor"] == []
    context.close()
    assert all(each.startswith(published.hub.url) for each in asked)


def test_nothing_is_refused_that_a_page_needs(browser: Browser, published: Published) -> None:
    """The page's own policy is in force: whatever it refuses is told on the console."""
    context = browser.new_context(http_credentials={"username": "x", "password": published.hub.token})
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text))
    page.goto(f"{published.url}/blob/main/README.md")
    assert told == []
    assert page.evaluate("getComputedStyle(document.querySelector('header')).display") == "flex"
    assert page.evaluate("document.querySelector('.card img').naturalWidth") > 0
    context.close()
