"""Render a Markdown page from a template; whatever the template, the page has no HTML and no hidden character."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from globmed.errors import UserError
from globmed.render.markdown import code, escaped, fence, image, line, link, percent, prose, table, target, upstream

#: The only link allowed to leave a page's folder.
BACK = "../README.md"
_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_HTML = re.compile(r"<[A-Za-z/!?]")
_TARGETS = re.compile(r"\]\(([^)]*)\)|^ {0,3}\[[^\]]+\]:(.*)")


def render(template: str, values: Mapping[str, object], folder: Path) -> str:
    """Render a template of a folder; every value that it prints is escaped.

    Raises:
        UserError: an invalid template, one that accesses anything it was not given, or a page that `_check` refuses.
    """
    name = f"{folder.name}/{template}"
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "link": link,
        "image": image,
        "table": table,
        "fence": fence,
        "percent": percent,
        "upstream": upstream,
    }
    environment.filters |= {"code": code, "prose": prose, "count": lambda number: f"{number:,}"}
    try:
        page = environment.get_template(template).render(values)
    except (jinja2.TemplateError, UnicodeDecodeError) as error:
        where = f", line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else ""
        raise UserError(f"{name}{where}: {error}; correct the template") from error
    _check(page, name)
    return page


def _check(page: str, name: str) -> None:
    """Refuse HTML, hidden characters, and links to anything but https addresses and files of the repository.

    Raises:
        UserError: there is one.
    """
    for each in page.split("\n"):
        line(each, name)
    for each in _text(page, name):
        if found := _HTML.search(each):
            raise UserError(f"{name}: the page has HTML, {each[found.start() :][:40]!r}; write Markdown")
        for places in _TARGETS.findall(each):
            for place in filter(None, places):
                if place.strip() != BACK:
                    target(place.strip())


def _text(page: str, name: str) -> Iterator[str]:
    """Yield the lines outside of code fences, without inline code."""
    marks = ""
    for each in page.split("\n"):
        found = _FENCE.match(each)
        if marks:
            marks = "" if each.strip() == marks else marks
        elif found:
            marks = found[1]
        else:
            yield _CODE.sub("", each)
    if marks:
        raise UserError(f"{name}: a fence is never closed; correct the template")
