"""HTML pages from the project's own templates, scripts and styles; every other value is escaped."""

import base64
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup

#: The icon of the pages that people open in a browser.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">'
    '<path fill="#0b5345" d="M3 0h2v3h3v2H5v3H3V5H0V3h3z"/></svg>'
)


def templates(folder: Path) -> jinja2.Environment:
    """Return the templates of a folder; one that uses a name that it was not given raises."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(file: Path) -> Markup:
    """Return a style or a script of the project, to stand in a page as it is."""
    return Markup(file.read_text("utf-8").strip())  # noqa: S704 -- our own file


def digest(text: str) -> str:
    """Return the source that allows this style or script alone in a Content-Security-Policy.

    The format is that of https://www.w3.org/TR/CSP3/#grammardef-hash-source, without its quotes.
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
