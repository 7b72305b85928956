"""A Markdown page from a template; whatever the template says, the page holds no HTML and no hidden character."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from globmed.errors import UserError
from globmed.render.markdown import code, escaped, fence, image, line, link, percent, prose, table, target, upstream

#: The one link that leaves a page's folder.
BACK = "../README.md"
_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_HTML = re.compile(r"<[A-Za-z/!?]")
_TARGETS = re.compile(r"\]\(([^)]*)\)|^ {0,3}\[[^\]]+\]:(.*)")


def render(template: str, values: Mapping[str, object], folder: Path) -> str:
    """A template of a folder; every value that it prints is escaped.

    Raises:
        UserError: a template that is none, that reaches for what it was not given, or whose page `_check` refuses.
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
        raise UserError(f"{name}{where}: {error}; mend the template") from error
    _check(page, name)
    return page


def _check(page: str, name: str) -> None:
    """Refuse HTML, hidden characters, and links but to https addresses and files of the repository.

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
    """The lines outside of fences, without their code."""
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
        raise UserError(f"{name}: a fence is never closed; mend the template")
