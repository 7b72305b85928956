"""What HTML pages are made with: values are escaped, our own files stand as they are, and nothing else may run."""

from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup

from globmed.render.html import asset, digest, templates
from globmed.render.svg import inline


def test_values_are_escaped_and_our_own_style_is_not(tmp_path: Path) -> None:
    template = "<style>{{ style }}</style>\n  {% if True %}\n{{ text }}\n  {% endif %}\n"
    (tmp_path / "page.html.jinja").write_text(template)
    (tmp_path / "style.css").write_text("p > a { color: red }\n")
    page = templates(tmp_path).get_template("page.html.jinja")
    made = page.render(text="<script>alert(1)</script>", style=asset(tmp_path / "style.css"))
    assert made == "<style>p > a { color: red }</style>\n&lt;script&gt;alert(1)&lt;/script&gt;\n"
    with pytest.raises(jinja2.UndefinedError):
        page.render(style="")


def test_the_digest_is_that_of_the_standard() -> None:
    """The example of https://www.w3.org/TR/CSP3/#external-hash."""
    assert digest("alert('Hello, world.');") == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="


def test_an_inline_figure_has_no_namespace() -> None:
    shown = inline('<svg xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg" width="1"><a/>')
    assert shown == Markup('<svg width="1"><a/>')
