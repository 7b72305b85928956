"""Rendered cards, read the way that a page shows them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable("table")


def parts(card: str) -> tuple[dict[str, object], str]:
    """Return the YAML front matter and the Markdown below it."""
    _, front_matter, body = card.split("---\n", 2)
    found: dict[str, object] = yaml.safe_load(front_matter)
    return found, body


def tokens(markdown: str) -> Iterator[Token]:
    """Yield every token, those within lines too."""
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def kinds(markdown: str) -> set[str]:
    return {token.type for token in tokens(markdown)}


def links(markdown: str) -> list[str]:
    return [str(token.attrs["href"]) for token in tokens(markdown) if token.type == "link_open"]


def images(markdown: str) -> list[tuple[str, str]]:
    """Path and alternative text of every image."""
    return [(str(token.attrs["src"]), text(token)) for token in tokens(markdown) if token.type == "image"]


def headings(markdown: str) -> list[str]:
    parsed = PARSER.parse(markdown)
    return [parsed[at + 1].content for at, token in enumerate(parsed) if token.type == "heading_open"]


def fences(markdown: str, language: str) -> list[str]:
    return [token.content for token in PARSER.parse(markdown) if token.type == "fence" and token.info == language]


def text(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


def tables(markdown: str) -> dict[str, list[list[list[str]]]]:
    """Return every table by the heading that it stands under, a list a line, the header first."""
    found: defaultdict[str, list[list[list[str]]]] = defaultdict(list)
    heading, parsed = "", PARSER.parse(markdown)
    for token, following in zip(parsed, [*parsed[1:], None], strict=True):
        if token.type == "heading_open" and following:
            heading = following.content
        elif token.type == "table_open":
            found[heading].append([])
        elif token.type == "tr_open":
            found[heading][-1].append([])
        elif token.type in ("th_open", "td_open") and following:
            found[heading][-1][-1].append(text(following))
    return dict(found)


def by_name(table: Sequence[Sequence[str]]) -> dict[str, dict[str, str]]:
    """Return a table's cells by the first of the line and the header."""
    header, *lines = table
    return {line[0]: dict(zip(header[1:], line[1:], strict=True)) for line in lines}


def number(cell: str) -> int:
    return int(cell.replace(",", ""))
