"""Markdown from untrusted strings: the one place for escaping and refusing.

Every ``{{ value }}`` of a template passes through `escaped`; intended Markdown is `markupsafe.Markup`.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from markupsafe import Markup

from globmed.errors import UserError

#: Characters that can start or end markup in Markdown or HTML, at any place.
_SPECIAL = re.compile(r"[&<>|`*\[\]~\\$\"]|(?<![^\W_])_|_(?![^\W_])")
#: Characters that start a list, a heading's underline or a rule at the beginning of a line.
_LEADING = re.compile(r"^[-+=:#]|^\d+(?=[.)](?:\s|$))")
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_PLAIN_URL = re.compile(r"https://[A-Za-z0-9./_~%?=&#+:@-]+", re.ASCII)
_PLAIN_PATH = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
_PLAIN_CODE = re.compile(r"[\w ./:@+,%=()-]+")


def line(text: str, what: str = "a text of the card") -> str:
    """Return the text itself, if it is one line without hidden characters.

    Raises:
        UserError: it has a line end, a control character, a lone surrogate or one that changes the text direction.
    """
    for character in text:
        if unicodedata.category(character) in _CONTROL or character in _BIDI:
            raise UserError(f"{what}: {text[:60]!r} has the character U+{ord(character):04X}; remove it from the entry")
    return text


def name(text: str, what: str) -> str:
    """Return a name that is safe in paths and code: lower-case ASCII letters, digits, ``_``.

    Raises:
        UserError: any other name.
    """
    if _NAME.fullmatch(text) is None:
        raise UserError(f"{what} {text[:60]!r}: expected a name of a-z, 0-9 and _; correct the entry")
    return text


def repository(text: str) -> str:
    """Return a repository's name on the Hub.

    Raises:
        UserError: not ``owner/name``.
    """
    if _REPOSITORY.fullmatch(text) is None or ".." in text or "--" in text:
        raise UserError(f"repository {text[:100]!r}: expected owner/name")
    return text


def escaped(value: object) -> Markup:
    """Return a value as text for a line or a table cell: nothing in it is Markdown, HTML or a new column.

    Raises:
        UserError: as `line`.
    """
    if isinstance(value, Markup):
        return value
    text = line(str(value)).strip()
    text = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text)
    return _made(_LEADING.sub(_leading, text))


def _made(text: str) -> Markup:
    """Return Markdown composed by this module, all parts of which are already escaped or checked."""
    return Markup(text)  # noqa: S704 -- as it says


def _leading(found: re.Match[str]) -> str:
    first = found[0]
    return f"&#{ord(first[0])};{first[1:]}"


def code(value: object) -> Markup:
    """Return a value as code; plain text if it has characters other than those of names, paths and versions."""
    text = line(str(value))
    plain = _PLAIN_CODE.fullmatch(text) and text == text.strip()
    return _made(f"`{text}`") if plain else escaped(text)


def prose(text: str) -> Markup:
    """Return a sentence in which `` `code` `` is the only Markdown."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escaped(text)
    made = [code(part) if number % 2 else _spaced(part) for number, part in enumerate(parts)]
    return Markup("").join(made)


def _spaced(part: str) -> Markup:
    """Return text next to code, with its spaces preserved."""
    before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return _made(f"{before}{escaped(part)}{after if part.strip() else ''}")


def link(label: object, place: str) -> Markup:
    """Return a link to an https address or to a file of the repository.

    Raises:
        UserError: any other target.
    """
    return _made(f"[{escaped(label)}]({target(place)})")


def image(label: object, path: str) -> Markup:
    """Return an image of a file in the repository.

    Raises:
        UserError: the path leads outside.
    """
    return _made(f"![{escaped(label)}]({inside(path)})")


def inside(path: str) -> str:
    """Return a relative path, checked to stay in the repository.

    Raises:
        UserError: any other.
    """
    parts = PurePosixPath(path).parts
    if _PLAIN_PATH.fullmatch(path) is None or any(part.startswith(".") for part in parts):
        raise UserError(f"path {path[:100]!r}: expected a file inside the repository; correct the entry")
    return path


def target(place: str) -> str:
    """Return an https address, or a path that stays in the repository.

    Raises:
        UserError: any other.
    """
    if not place.startswith("https://"):
        return inside(place)
    if _PLAIN_URL.fullmatch(place) is None or not urlsplit(place).hostname:
        raise UserError(f"address {place[:100]!r}: expected https://...; correct the entry")
    return place


def upstream(address: str) -> Markup:
    """Return a link to a source's upstream: ``owner/name`` on the Hub, or an https address.

    Raises:
        UserError: neither.
    """
    if _REPOSITORY.fullmatch(address):
        return link(address, f"https://huggingface.co/datasets/{repository(address)}")
    if not address.startswith("https://"):
        raise UserError(
            f"upstream {address[:100]!r}: expected owner/name on the Hub or https://...; correct the descriptor"
        )
    return link(address.removeprefix("https://"), address)


def table(header: Sequence[object], rows: Sequence[Sequence[object]], *, numbers_from: int | None = None) -> Markup:
    """Return a Markdown table; the columns from ``numbers_from`` on are numbers, flush right.

    Numbers get thousands separators; everything else passes `escaped`.
    """
    count = len(header)
    if any(len(row) != count for row in rows):
        raise ValueError("a row of a card's table has another number of cells than its header")
    start = count if numbers_from is None else numbers_from
    lines = [header, *rows]
    made = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in lines]
    made.insert(1, "|" + "---|" * start + "---:|" * (count - start))
    return _made("\n".join(made))


def fence(text: str, language: str = "") -> Markup:
    """Return lines of code or BibTeX in a fence that they cannot close.

    Raises:
        UserError: a control character other than tabs and line ends.
    """
    body = "\n".join(line(each.replace("\t", "    ")) for each in text.strip("\n").split("\n"))
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    marks = "`" * max(3, longest + 1)
    return _made(f"{marks}{language}\n{body}\n{marks}")


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal; a dash if the whole is 0."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else escaped(value)
