"""Portuguese and Spanish told apart, which a language identifier that expects one of them takes for each other."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter

from globmed.languages import Language

#: A longer text needs one word or ending that only one of the two has; a shorter one needs this many.
SHORT = 2


def similar_share(text: str, expected: Language, *, short: bool) -> float | None:
    """Return the share of the expected language in what only it or its similar language has.

    Args:
        text: in either language.
        expected: the language it should be in.
        short: whether the text is too short for a language identifier.

    Returns:
        From 0 to 1; None if no similar language is listed, or the text has nothing that only this one has, or too
        little that only one of the two has.
    """
    marks = _marks()
    if expected.tag not in marks:
        return None
    of_own, of_other = marks[expected.tag]
    other = len(of_other.findall(text))
    if not other:
        return None
    own = len(of_own.findall(text))
    return own / (own + other) if own + other >= (SHORT if short else 1) else None


@cache
def _marks() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return what marks a language and what marks its similar one, by tag."""
    entries = tomllib.loads(files("globmed.languages").joinpath("similar.toml").read_text("utf-8"))
    patterns = {tag: _pattern(entry["words"].split(), entry["pattern"]) for tag, entry in entries.items()}
    return {tag: (patterns[tag], patterns[entry["against"]]) for tag, entry in entries.items()}


def _pattern(words: list[str], more: str) -> re.Pattern[str]:
    """Return the pattern of words and of what else marks a language; it is searched by the first letter."""
    by_letter = groupby(sorted(word for word in words if len(word) > 1), key=itemgetter(0))
    listed = [f"[{letter.upper()}{letter}](?:{'|'.join(word[1:] for word in of)})" for letter, of in by_letter]
    letters = [word for word in words if len(word) == 1]
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(listed + letters)})(?![\w-])|{more}")
