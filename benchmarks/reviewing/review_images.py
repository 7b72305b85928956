"""Render the pictures of ``docs/reviewing.md``: ``python -m benchmarks.review_images``."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from builders.review.plan import Wish, plan
from builders.review.returns import sent_items
from builders.review.round import Round
from builders.review.serve.access import Reviewer, invite
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.languages import select
from tests.builders.review.pages import serving
from tests.builders.review.serve.test_browser import PHONE
from tests.builders.review.workbooks.filled import with_wrong_doses

ROOT = Path(__file__).parents[2]
SAMPLE, IMAGES = ROOT / "builders" / "sample", ROOT / "docs" / "images"
HAND = PHONE | {"device_scale_factor": 1.5}
DESK: dict[str, Any] = {"viewport": {"width": 960, "height": 720}}


def main() -> None:
    """Take them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        round_ = _planned(Path(folder))
        with serving(round_) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            _take(browser, url, round_, "phone-flag", Reviewer("swahili", "amina"), HAND, _nothing)
            _take(browser, url, round_, "phone-edit", Reviewer("yoruba", "ade"), HAND, _edit)
            _take(browser, url, round_, "desk", Reviewer("yoruba", "bisi"), DESK, _rate)
            browser.close()


def _planned(folder: Path) -> Round:
    """Return a round of the sample with wrong doses in Swahili."""
    languages, plain, faulty = "english,swahili,yoruba", BuildFolder(folder / "plain"), BuildFolder(folder / "faulty")
    build(SAMPLE.parent, [SAMPLE / "tmx"], select(languages), plain.root)
    wrong = with_wrong_doses(plain, folder / "wrong.tmx")
    build(SAMPLE.parent, [wrong, SAMPLE / "tmx"], select(languages), faulty.root)
    raters = {"swahili": ["amina", "juma"], "yoruba": ["ade", "bisi"]}
    plan(faulty, select("swahili,yoruba"), folder / "first", Wish(items=12, twice=1, raters=raters))
    return Round(folder / "first")


def _take(
    browser: Browser,
    url: str,
    round_: Round,
    name: str,
    reviewer: Reviewer,
    device: dict[str, Any],
    work: Callable[[Page], None],
) -> None:
    own = [item for item in sent_items(round_).values() if Reviewer(item["config"], item["rater"]) == reviewer]
    # One with a flag if there is any, and short enough for a picture.
    item = min(own, key=lambda item: (not item["missing"], sum(len(text["source"]) for text in item["texts"])))
    page = browser.new_context(**device).new_page()
    page.goto(f"{url}/i/{invite(round_, [reviewer.rater])[reviewer]}")
    page.goto(f"{url}/item/{item['code']}")
    work(page)
    page.screenshot(path=IMAGES / f"review-{name}.png")
    page.context.close()


def _nothing(page: Page) -> None:
    """As it opens."""


def _edit(page: Page) -> None:
    page.locator("section summary").first.click()
    page.get_by_label("Corrected translation of question").press("End")
    page.wait_for_timeout(500)


def _rate(page: Page) -> None:
    for name, value in (("accuracy", 5), ("fluency", 4), ("completeness", 5)):
        page.locator(f"label:has(input[name={name}][value='{value}'])").click()
    page.locator("#state", has_text="Saved.").wait_for()


if __name__ == "__main__":
    main()
