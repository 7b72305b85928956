"""The report as a page and as Markdown, from the same sections."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from bench_recipes.report.cells import Section, Table
from bench_recipes.report.plots import Plot
from globmed.render.markdown import table
from globmed.render.page import render

FOLDER = Path(__file__).parent / "templates"
# Inline SVG in HTML needs no namespace.
_NAMESPACE = re.compile(r' xmlns(:\w+)?="[^"]*"')


def html_page(template: str, values: Mapping[str, object]) -> str:
    """Render a template of this folder; values are escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Markup((FOLDER / "style.css").read_text("utf-8"))  # noqa: S704 -- our own
    return environment.get_template(template).render(values, style=style)


def report_html(title: str, summary: Sequence[str], sections: Sequence[Section], plots: Sequence[Plot]) -> str:
    """Return the report as a self-contained page."""
    inline = {plot.name: _NAMESPACE.sub("", plot.svg) for plot in plots}
    return html_page(
        "report.html.jinja",
        {
            "title": title,
            "summary": summary,
            "sections": sections,
            "plots": {plot.name: plot for plot in plots},
            "inline": {name: Markup(svg) for name, svg in inline.items()},  # noqa: S704 -- XML of Matplotlib
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
