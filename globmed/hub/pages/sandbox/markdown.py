"""Markdown of cards and comments as HTML that is safe to show: nothing runs, and nothing is asked of another host.

markdown-it-py reads it as CommonMark with tables, and nh3 (ammonia) keeps the elements and attributes listed here. The
Content-Security-Policy of pages forbids the same once more.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from posixpath import join, normpath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.storage.cards import body

#: Longer HTML is not shown.
MOST_CHARACTERS = 1024 * 1024
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TAGS = _HEADINGS | {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt"),
    *("em", "figcaption", "figure", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "ruby", "rt"),
    *("rp", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "u", "ul", "var"),
}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
} | {heading: {"id"} for heading in _HEADINGS}
#: A table is wider than a phone: it scrolls by itself.
_SCROLL = '<div class="scroll" tabindex="0" role="region" aria-label="Table">\n<table>\n'
_ALIGN = re.compile(r"text-align:(left|right|center)")
#: Ids of a card must not be those of the page around it.
PREFIX = "card-"


def render(text: str, links: str, images: str, folder: str = "") -> str:
    """Return a file's Markdown, without front matter, as HTML.

    Args:
        text: the file.
        links: where relative links lead: the address of the revision's files, ending in a slash.
        images: the same for its images.
        folder: the file's own, in the repository.

    Raises:
        UnfitError: the HTML is too long.
    """
    return _html(body(text), _Places(links, images, folder))


def render_all(texts: Sequence[str], links: str, images: str) -> list[str]:
    """Return several comments as HTML."""
    return [_html(text, _Places(links, images, "")) for text in texts]


class _Places:
    """Where the links and images of a text lead."""

    def __init__(self, links: str, images: str, folder: str) -> None:
        self._links, self._images, self._folder = links, images, folder

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """Return an attribute as it may stand; None if it may not."""
        if name == "id":
            return PREFIX + value.removeprefix(PREFIX)
        if name == "href":
            return self._link(value.strip())
        if name == "src":
            return self._inside(self._images, value.strip())
        return value

    def _link(self, target: str) -> str | None:
        if target.startswith("#"):
            return f"#{PREFIX}{target[1:].removeprefix(PREFIX)}"
        if target.lower().startswith(("https://", "http://", "mailto:")):
            return target
        return self._inside(self._links, target)

    def _inside(self, base: str, target: str) -> str | None:
        """Return the address of a path in the repository; None for what leads anywhere else."""
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        if parts.scheme or parts.netloc or not parts.path or target.startswith(("//", "\\", "/\\")):
            return None
        path = normpath(join("/", self._folder, unquote(parts.path).lstrip("/")))
        fragment = f"#{PREFIX}{quote(parts.fragment)}" if parts.fragment else ""
        return f"{base}{quote(path.lstrip('/'))}{fragment}"


def _html(text: str, places: _Places) -> str:
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    reader.add_render_rule("table_open", lambda *_: _SCROLL)
    reader.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    tokens = reader.parse(text)
    _prepare(tokens)
    return _clean(reader.renderer.render(tokens, reader.options, {}), places)


def _prepare(tokens: list[Token]) -> None:
    """Move headings below the page's own, name them as GitHub does, and align cells without style attributes."""
    seen: Counter[str] = Counter()
    for number, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        if token.type == "heading_open":
            name = _slug(tokens[number + 1].content)
            again = seen[name]
            seen[name] += 1
            token.attrSet("id", f"{name}-{again}" if again else name)
        elif token.type in ("td_open", "th_open"):
            aligned = _ALIGN.fullmatch(str(token.attrs.pop("style", "")))
            if aligned:
                token.attrSet("align", aligned[1])


def _slug(heading: str) -> str:
    kept = (char for char in heading.lower() if char in " -_" or unicodedata.category(char)[0] in "LMN")
    return "".join(kept).strip().replace(" ", "-")


def _clean(html: str, places: _Places) -> str:
    options: dict[str, Any] = {
        "tags": _TAGS,
        "clean_content_tags": {"script", "style"},
        "attributes": _ATTRIBUTES,
        "attribute_filter": places.attribute,
        "allowed_classes": {"div": {"scroll"}},
        "tag_attribute_values": {"div": {"tabindex": {"0"}, "role": {"region"}, "aria-label": {"Table"}}},
        "url_schemes": {"http", "https", "mailto"},
        "link_rel": "nofollow noopener noreferrer",
    }
    cleaned = nh3.clean(html, **options)
    if len(cleaned) > MOST_CHARACTERS:
        raise UnfitError("It is too long to be shown.")
    return cleaned
