"""Great Expectations' Data Docs as pages that open without a network.

Its own pages load styles and scripts from content delivery networks, and its index is empty without them. Here each
page keeps its content, in plain tables with one small style sheet, and the index is our own.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from globmed.render.html import templates
from globmed.render.svg import inline
from validation.expectations.plots import Plot
from validation.expectations.verdict import Verdict

PAGES = Path(__file__).with_name("pages")
_BODY = re.compile(r'<div id="section-1".*(?=<footer)', re.DOTALL)
_DROPPED = re.compile(r"<script.*?</script>|<link[^>]*>|<img[^>]*>|<a\s+data-toggle=.*?</a>", re.DOTALL)


def make_offline(site: Path, verdict: Verdict, plots: Sequence[Plot]) -> None:
    """Rewrite the pages below ``site`` and its index, which shows the plots."""
    shutil.rmtree(site / "static")
    pages = {path.relative_to(site).parts[1]: path for path in site.glob("validations/**/*.html")}
    for page in (*pages.values(), *site.glob("expectations/*.html")):
        home = "../" * len(page.relative_to(site).parts[:-1]) + "index.html"
        note = f'<p><a href="{home}">All suites and severities</a>; on this page a warning counts as failed.</p>\n'
        page.write_text(_page(page.stem, note + _content(page.read_text("utf-8"))), "utf-8")
    index = (
        templates(PAGES)
        .get_template("index.html.jinja")
        .render(
            verdict=verdict.word,
            rows=verdict.rows,
            configs=verdict.configs,
            summary=verdict.summary(),
            expectations=verdict.expectations,
            not_run=verdict.not_run,
            pages={suite: path.relative_to(site).as_posix() for suite, path in pages.items()},
            plots=[(inline(plot.svg), plot.says) for plot in plots],
        )
    )
    (site / "index.html").write_text(_page("Validation", index), "utf-8")


def _content(html: str) -> str:
    """Return the content of a Great Expectations page, without its frame."""
    found = _BODY.search(html)
    if found is None:
        raise RuntimeError("a page of Data Docs has no section-1: its layout changed with the version")
    body = _DROPPED.sub("", found[0])
    for _ in range(body.count("</div>") - body.count("<div")):
        body = body[: body.rindex("</div>")]
    return body


def _page(title: str, body: str) -> str:
    style = (PAGES / "style.css").read_text("utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>\n{style}</style></head>\n<body>\n{body}\n</body>\n</html>\n"
    )
