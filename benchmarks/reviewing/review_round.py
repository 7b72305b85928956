"""Simulate a review round, one rater on the page, one in XLSX.

Run ``python -m benchmarks.review_round [--items 350]``.

The texts are made up here, and every tenth dose is tenfold in the translation. The page is rated in Chromium, by touch
on a phone and then by mouse, on a line of 400 kbit/s and 400 ms that each device loses once. Then: import, agreement,
apply, the next build, and the card.
"""

import argparse
import json
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import load_workbook
from playwright.sync_api import Page, expect, sync_playwright

from builders.review.agreement import agreement
from builders.review.apply import apply
from builders.review.plan import Wish, plan
from builders.review.returns import import_returns
from builders.review.round import DIMENSIONS, Round
from builders.review.serve.access import Reviewer, invite
from builders.review.serve.saves import saved_lines
from builders.review.sheets import COLUMNS, write_sheets
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from cards.figures import count_configs
from globmed.languages import select
from tests.builders.review.pages import serving
from tests.builders.review.serve.test_browser import PHONE, SLOW_3G
from tests.builders.review.test_agreement import by_coincidences
from tests.builders.review.workbooks.filled import fill
from tests.builders.translate.test_memory import tmx, unit

RATERS = ("amina", "juma")
DRUGS = ("paracetamol", "amoxicillin", "ibuprofen", "metformin", "zinc", "folic acid", "doxycycline", "aspirin")


def main() -> None:
    """Run the round and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=350)
    wanted = parser.parse_args().items
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(_simulate(Path(folder), wanted), indent=1))


def _simulate(root: Path, wanted: int) -> dict[str, Any]:
    memory = _write_sources(root, wanted + wanted // 7)
    built = BuildFolder(root / "build")
    build(root / "sources", memory, select("english,swahili"), built.root)
    wish = Wish(items=wanted, twice=1, raters={"swahili": RATERS}, version="0.1.0")
    plan(built, select("swahili"), root / "round", wish)
    round_ = Round(root / "round")
    write_sheets(round_)
    given = {"juma": _rate_sheet(round_.sheets / "swahili-juma.xlsx")}
    begun = time.perf_counter()
    given["amina"], outside = _rate_page(round_)
    minutes = (time.perf_counter() - begun) / 60
    checked = import_returns(round_, [round_.sheets / "swahili-juma.xlsx"], saved_lines(round_))
    assert not checked.refused, checked.refused[:3]
    ratings = round_.read_ratings()
    before = _withheld(built)
    applied = apply(round_, memory[0])
    build(root / "sources", memory, select("english,swahili"), built.root)
    (config,) = [each for each in count_configs(built.rows) if each.language.name == "swahili"]
    return {
        "items": wanted,
        "ratings given": sum(map(len, given.values())),
        "ratings lost or changed": _lost(given, ratings),
        "requests to other hosts": outside,
        "minutes on the page": round(minutes, 1),
        "alpha": {row["dimension"]: row["alpha"] for row in agreement(round_).alphas.filter(raters="all").to_dicts()},
        "largest difference from an independent alpha": _difference(round_),
        "edits": applied.entries.filter("edited").height,
        "withheld rows before and after": [before, _withheld(built)],
        "rows reviewed on the card": config.reviews,
        "origins on the card": config.origins,
    }


def _write_sources(root: Path, rows: int) -> list[Path]:
    """Items and their translations; every tenth dose is tenfold in the translation."""
    folder = root / "sources" / "sample"
    folder.mkdir(parents=True)
    empty = dict.fromkeys(("context", "premise", "hypothesis", "options", "answer"))
    items, units = [], []
    for n in range(rows):
        drug, dose, hours = DRUGS[n % len(DRUGS)], 50 + 5 * (n // len(DRUGS)), n % 20 + 4
        question = f"How much {drug} may an adult of {40 + n % 50} kg take within {hours} hours (case {_letters(n)})?"
        answer = f"At most {dose} mg of {drug} every {hours} hours."
        items.append({"id": f"case-{n}", "split": "train", "task": "lfqa", "question": question, "long_answer": answer})
        who = f"Mtu mzima mwenye kilo {40 + n % 50}"
        asked = f"{who} anaweza kumeza {drug} kiasi gani ndani ya saa {hours} (kisa {_letters(n)})?"
        wrong = f"Si zaidi ya mg {dose * 10 if n % 10 == 0 else dose} za {drug} kila saa {hours}."
        units += [unit(question, asked, origin="machine"), unit(answer, wrong, origin="machine")]
    (folder / "items.jsonl").write_text("".join(json.dumps(item | empty) + "\n" for item in items), "utf-8")
    (root / "memory").mkdir()
    tmx(root / "memory" / "given.tmx", *units)
    return [root / "memory"]


def _letters(number: int) -> str:
    """Return a name of a case that has no digits, which a mended dose could be taken for."""
    return "".join(chr(ord("A") + int(digit)) for digit in f"{number:04}")


def _mended(text: str, flagged: str) -> str:
    for number in flagged.partition("only in the translation: ")[2].split(", "):
        text = re.sub(rf"\b{number}\b", number[:-1], text) if number else text
    return text


def _rate_sheet(path: Path) -> dict[str, list[int]]:
    """Fill the XLSX as a rater does, mending what is flagged."""
    book, given = load_workbook(path), {}
    for cells in list(book["review"].iter_rows(min_row=2)):
        row = {name: cell.value for name, cell in zip(COLUMNS, cells, strict=True)}
        seen = {"source": re.sub(r"\n?\[\w+\] ", " ", row["source"]).strip()}
        fill(seen, "juma")
        row |= {name: seen[name] for name in DIMENSIONS}
        row["edit"] = _mended(row["edit"], row["flagged"] or "")
        given[row["item"]] = [int(row[name]) for name in DIMENSIONS]
        for name, cell in zip(COLUMNS, cells, strict=True):
            cell.value = int(row[name]) if name in DIMENSIONS else row[name]
    book.save(path)
    return given


def _rate_page(round_: Round) -> tuple[dict[str, list[int]], int]:
    """Rate on the page, half on a phone and half on a desk; also the number of requests that left the host."""
    token = invite(round_, ["amina"])[Reviewer("swahili", "amina")]
    total = round_.read_assignments().filter(rater="amina").height
    given: dict[str, list[int]] = {}
    asked: list[str] = []
    with serving(round_) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for device, places in ((PHONE, range(total // 2)), ({}, range(total // 2, total))):
            page = browser.new_context(**device).new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"{url}/i/{token}")
            given |= _rate_items(page, places, total, "tap" if device else "click")
            page.context.close()
        browser.close()
    return given, sum(not each.startswith(url) for each in asked)


def _rate_items(page: Page, places: range, total: int, press: str) -> dict[str, list[int]]:
    """Rate the items at these places, on a slow line that is lost in the middle of them."""
    given: dict[str, list[int]] = {}
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    for place in places:
        expect(page.locator("h1")).to_have_text(f"Item {place + 1} of {total}", timeout=30_000)
        lost = place == places[len(places) // 2]
        if lost:
            # The next page is here before the line is lost.
            page.wait_for_timeout(3000)
            line.send("Network.emulateNetworkConditions", SLOW_3G | {"offline": True})
        code = page.locator("main").get_attribute("data-code") or ""
        given[code] = _rate_item(page, press)
        getattr(page.get_by_role("button"), press)()
        if lost:
            expect(page.locator("#state")).to_contain_text("No connection", timeout=30_000)
            line.send("Network.emulateNetworkConditions", SLOW_3G)
    expect(page.locator("#state")).to_have_text("Saved.", timeout=60_000)
    return given


def _rate_item(page: Page, press: str) -> list[int]:
    row: dict[str, Any] = {"source": " ".join(page.locator("p.text[lang=en]").all_inner_texts())}
    fill(row, "amina")
    for name in DIMENSIONS:
        getattr(page.locator(f"label:has(input[name={name}][value='{row[name]}'])"), press)()
    flags = page.locator("p.flag").first
    if flags.is_visible():
        getattr(page.locator("section summary").last, press)()
        box = page.locator("textarea[data-sent]").last
        box.fill(
            _mended(box.input_value(), flags.inner_text().replace("In the translation", "translation").rstrip(". "))
        )
    return [int(row[name]) for name in DIMENSIONS]


def _lost(given: dict[str, dict[str, list[int]]], ratings: pl.DataFrame) -> int:
    taken = {row[0]: list(row[1:]) for row in ratings.select("code", *DIMENSIONS).iter_rows()}
    return sum(taken.get(code) != values for each in given.values() for code, values in each.items())


def _difference(round_: Round) -> float:
    """Return the largest difference of alpha from that of the coincidence matrix."""
    ratings = round_.read_ratings()
    found = {row["dimension"]: row["alpha"] for row in agreement(round_).alphas.filter(raters="all").to_dicts()}
    tables = {name: ratings.pivot("rater", index="item", values=name).drop("item").to_dicts() for name in DIMENSIONS}
    return max(abs(float(found[name]) - (by_coincidences(table) or 0)) for name, table in tables.items())


def _withheld(built: BuildFolder) -> int:
    rows = pl.read_parquet(built.root / "assembled" / "swahili.parquet")
    return int((rows["quality"].struct.field("critical") & (rows["origin"] == "machine")).sum())


if __name__ == "__main__":
    main()
