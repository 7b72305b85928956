"""Figures as SVG with the colours of the reader's light or dark theme; the same figure always gives the same bytes.

Figures have a background of their own, so that they are legible on a site whose theme differs from the reader's.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.style import context

# Inline SVG in HTML needs no namespace.
_NAMESPACE = re.compile(r' xmlns(:\w+)?="[^"]*"')
# Drawn in this colour, which is then replaced by the theme's.
INK = "#1a1a1a"
_STYLE = """<style>
:root { color-scheme: light dark; color: #1a1a1a; }
.page { fill: #ffffff; }
@media (prefers-color-scheme: dark) { :root { color: #e8e8e8; } .page { fill: #121212; } }
text { font-family: system-ui, sans-serif !important; }
</style>
<rect class="page" width="100%" height="100%"/>"""
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "globmed",
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,  # a dollar is a dollar
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def settings() -> Iterator[None]:
    """Use fixed settings of matplotlib in the block, independent of the user's own."""
    with context(["default", _SETTINGS], after_reset=True):
        yield


def to_svg(figure: Figure, name: str, title: str, says: str) -> str:
    """Return the figure as SVG with theme colours and text for screen readers; ``name`` makes its ids unique."""
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    buffer = StringIO()
    no_metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=no_metadata, transparent=True)
    drawn = buffer.getvalue()[buffer.getvalue().index("<svg") :].replace(INK, "currentColor")
    described = (
        f'<title id="{name}-title">{escape(title)}</title>\n<desc id="{name}-desc">{escape(says)}</desc>\n{_STYLE}'
    )
    attributes = f'<svg role="img" aria-labelledby="{name}-title {name}-desc"'
    # Neither title nor description may be interpreted as a replacement pattern.
    return re.sub(r"<svg([^>]*)>", lambda found: f"{attributes}{found[1]}>\n{described}", drawn, count=1)


def inline(svg: str) -> Markup:
    """Return a figure of `to_svg` as it stands in an HTML page."""
    return Markup(_NAMESPACE.sub("", svg))  # noqa: S704 -- XML of Matplotlib
