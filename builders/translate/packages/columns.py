"""Recognize a first row of parallel text that names its columns."""

import re
from collections.abc import Sequence

import langcodes

from globmed.languages.tags import listed_language, standard_tag

SIDES = {
    "source": 0, "src": 0, "original": 0, "input": 0, "from": 0,
    "target": 1, "tgt": 1, "trg": 1, "translation": 1, "translated": 1, "output": 1, "to": 1,
}  # fmt: skip
#: Other words in a column's name: "Source text", "sw_sentence", "English (string)".
FILLER = frozenset({"text", "sentence", "segment", "string", "language", "lang", "column", "side"})


def columns_named(cells: Sequence[str], direction: tuple[str, str]) -> tuple[int, int] | None:
    """Return the indices of source and target in a row that names its columns; None for any other row.

    A column is named by its language (``sw``, ``swa``, ``Swahili``) or its side (``source``, ``tgt``), in any letter
    case; if it has both, the language counts. Other columns are allowed.

    Args:
        cells: the cells of the first row.
        direction: the language tags of source and target.
    """
    sides = [_side(cell, direction) for cell in cells]
    return (sides.index(0), sides.index(1)) if sides.count(0) == sides.count(1) == 1 else None


def _side(cell: str, direction: tuple[str, str]) -> int | None:
    """Return the side that a cell names: 0 for the source, 1 for the target."""
    whole = _of_language(cell.casefold().strip(" \"'#"), direction)
    if whole is not None:
        return whole
    words = _words(cell)
    languages = [_of_language(word, direction) for word in words]
    sides = [SIDES.get(word) for word in words]
    if any(side is None and language is None for side, language in zip(sides, languages, strict=True)):
        return None
    found = {side for side in languages if side is not None} or {side for side in sides if side is not None}
    return found.pop() if len(found) == 1 else None


def _words(cell: str) -> set[str]:
    """Return the words of a cell that can name its side; ``sourceText`` is two words."""
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell).casefold())
    return {word for word in words if word not in FILLER and word.removesuffix("s") not in FILLER}


def _of_language(name: str, direction: tuple[str, str]) -> int | None:
    """Return the side whose language has this name or code; None if no side or both sides match."""
    fit = [side for side, tag in enumerate(direction) if name in _names(tag) or standard_tag(name) == standard_tag(tag)]
    if not fit and len(name) <= 6:  # a code with a region: en-us
        fit = [side for side, tag in enumerate(direction) if _language(name) == _language(tag)]
    return fit[0] if len(fit) == 1 else None


def _language(code: str) -> str:
    return standard_tag(code).partition("-")[0]


def _names(tag: str) -> set[str]:
    language, listed = langcodes.Language.get(standard_tag(tag)), listed_language(tag)
    names = {language.display_name("en"), language.language_name("en"), language.autonym()}
    if listed is not None:
        names |= {listed.english_name, listed.native_name}
    return {name.casefold() for name in names}
