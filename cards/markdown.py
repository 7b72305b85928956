"""Text from data, descriptors and people inside Markdown: shown as it is, never read as markup."""

import re
from collections.abc import Iterable, Sequence

from globmed.console import visible

#: Every character that CommonMark or GitHub's Markdown may read as markup (https://spec.commonmark.org/0.31.2/#backslash-escapes).
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&@:$])")


def escape(text: str) -> str:
    """Text on one line that Markdown shows as it is; control and invisible characters are left out."""
    return _MARKS.sub(r"\\\1", visible(text))


def code(text: str) -> str:
    """Text as inline code, safe in a table's cell: what could end it is left out."""
    return f"`{visible(text).replace('`', '').replace('|', '')}`"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: int = 0) -> str:
    """A table of cells that are Markdown already; the last ``right`` columns are aligned to the right."""
    rules = ["---"] * (len(header) - right) + ["---:"] * right
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rules, *rows])
