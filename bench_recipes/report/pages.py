"""The report as a page and as Markdown, from the same sections."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bench_recipes.report.cells import Section, Table
from bench_recipes.report.plots import Plot
from globmed.render.html import asset, templates
from globmed.render.markdown import table
from globmed.render.page import render
from globmed.render.svg import inline

FOLDER = Path(__file__).parent / "templates"


def html_page(template: str, values: Mapping[str, object]) -> str:
    """Render a template of this folder; values are escaped."""
    return templates(FOLDER).get_template(template).render(values, style=asset(FOLDER / "style.css"))


def report_html(title: str, summary: Sequence[str], sections: Sequence[Section], plots: Sequence[Plot]) -> str:
    """Return the report as a self-contained page."""
    return html_page(
        "report.html.jinja",
        {
            "title": title,
            "summary": summary,
            "sections": sections,
            "plots": {plot.name: plot for plot in plots},
            "inline": {plot.name: inline(plot.svg) for plot in plots},
        },
    )


def report_markdown(title: str, summary: Sequence[str], sections: Sequence[Section], plots: Sequence[Plot]) -> str:
    """Return the report as Markdown, with links to plots and tables."""
    values: dict[str, Any] = {
        "title": title,
        "summary": summary,
        "sections": sections,
        "plots": {plot.name: plot for plot in plots},
        "made": _table,
    }
    return render("report.md.jinja", values, FOLDER)


def _table(shown: Table) -> Markup:
    return table(shown.frame.columns, shown.rows, numbers_from=shown.texts)
