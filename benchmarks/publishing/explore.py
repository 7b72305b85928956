"""How long the page of `globmed explore` takes over a dataset of full size in Chromium, and what it transfers.

    python -m benchmarks.full_size --rows 500000 --out build/full_size
    python -m benchmarks.publishing.explore [--build build/full_size] [--runs 5]

Each measure begins in a browser that has nothing kept; the page is opened first where one acts on it. Prints the
seconds until the rows or the item stand there (medians), the bytes that were asked for, and the machine's load.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, expect, sync_playwright

#: In the made-up corpus, an item that every language has.
ITEM = "casimedicos%2Ftest%2F000003"
LIMIT = 60_000


def open_list(page: Page) -> None:
    """Open the page, until its first rows are shown."""
    page.goto("./")
    page.locator(".found li").first.wait_for(timeout=LIMIT)


def choose_language(page: Page) -> None:
    """Choose a language in the form."""
    page.get_by_label("Language").select_option("swahili")
    page.locator(".found li", has_text="Swahili").first.wait_for(timeout=LIMIT)


def choose_source_and_task(page: Page) -> None:
    """Open a link to a source and a task."""
    page.goto("./#source=medqa&task=mcqa")
    page.locator(".found li", has_text="medqa/").first.wait_for(timeout=LIMIT)


def search_language(page: Page) -> None:
    """Search all texts of a language for one that is not in them."""
    page.goto("./#language=english&text=zzzzq")
    expect(page.get_by_role("status")).to_contain_text("No rows", timeout=LIMIT)
    expect(page.get_by_role("button", name="Search further")).to_have_count(0)


def open_item(page: Page) -> None:
    """Open an item, until it is there in its first language."""
    page.goto(f"./#item={ITEM}")
    page.locator(".side h2").first.wait_for(timeout=LIMIT)


def open_whole_item(page: Page) -> None:
    """Open an item, until it is there in twelve languages."""
    page.goto(f"./#item={ITEM}")
    expect(page.locator(".side h2")).to_have_count(12, timeout=LIMIT)


#: Each measure with what is done before it.
MEASURES: dict[str, tuple[Callable[[Page], None] | None, Callable[[Page], None]]] = {
    "first rows": (None, open_list),
    "an item in its first language, from a link": (None, open_item),
    "an item in 12 languages, from a link": (None, open_whole_item),
    "a language": (open_list, choose_language),
    "a source and a task": (open_list, choose_source_and_task),
    "an item in 12 languages, from the list": (open_list, open_whole_item),
    "a text that no row of a language has": (open_list, search_language),
}


def main() -> None:
    """Measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/full_size"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    command = [sys.executable, "-m", "globmed", "explore", "--build", str(options.build), "--port", "0"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, sync_playwright() as playwright:
        assert process.stdout is not None
        told = process.stdout.readline()
        print(f"{told.strip()} (ready after {time.perf_counter() - start:.1f} s)")
        program = shutil.which("chromium") or playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        print("| what | seconds | MB |\n|---|--:|--:|")
        for name in MEASURES:
            _measure(name, browser, told.rpartition(" at ")[2].partition(";")[0], options.runs)
        process.terminate()
    print(f"load (1 min): {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _measure(name: str, browser: Browser, address: str, runs: int) -> None:
    before, act = MEASURES[name]
    seconds, sizes = [], []
    for _ in range(runs):
        context = browser.new_context(base_url=address)
        page = context.new_page()
        received: list[int] = []
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event, kept=received: kept.append(event["encodedDataLength"]))
        if before is not None:
            before(page)
        start = time.perf_counter()
        act(page)
        seconds.append(time.perf_counter() - start)
        page.wait_for_load_state("networkidle")
        sizes.append(sum(received))
        context.close()
    print(f"| {name} | {median(seconds):.2f} | {median(sizes) / 1e6:.1f} |", flush=True)


if __name__ == "__main__":
    main()
