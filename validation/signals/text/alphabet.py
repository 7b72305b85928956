"""Alphabet: texts and patterns in ASCII letters, in which words are found many times as fast.

Unicode's word boundary takes Rust's regular expressions off their fast path in every text that is not ASCII. Where
each letter of a pattern is written as one of ASCII's, in the text as well, ASCII's boundary stands in the same places.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import polars as pl

#: Letters, marks and digits that are not ASCII's.
FOREIGN = r"[\w&&[^\x00-\x7F]]"
#: Stands for those that no pattern has. The other capitals stand for one letter each: texts are in lower case.
UNKNOWN, KNOWN = ascii_uppercase[-1], ascii_uppercase[:-1]
ANY_CASE = "(?i)"


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Letters of a language's patterns that are not ASCII's, each written as the capital in the same place."""

    letters: tuple[str, ...]

    def text(self, text: pl.Expr) -> pl.Expr:
        """Return texts as the patterns of `pattern` search them."""
        known = list(KNOWN[: len(self.letters)])
        lower = text.str.to_lowercase()
        return (lower.str.replace_many(list(self.letters), known) if known else lower).str.replace_all(FOREIGN, UNKNOWN)

    def pattern(self, pattern: str) -> str:
        """Return a pattern in any case as one that matches the same in a text of `text`."""
        known = str.maketrans("".join(self.letters), KNOWN[: len(self.letters)])
        return pattern.replace(ANY_CASE, "").translate(known).replace(r"\b", r"(?-u:\b)")


def alphabet_of(patterns: Sequence[str]) -> Alphabet:
    """Return the alphabet of patterns in any case and in lower case.

    Raises:
        ValueError: a pattern has a capital, a range of other letters than ASCII's, or more of them than capitals.
    """
    text = "".join(patterns).replace(ANY_CASE, "")
    letters = tuple(sorted(set(pl.select(pl.lit(text).str.extract_all(FOREIGN)).item())))
    of_letters = f"[{''.join(letters)}]"
    ranges = letters and (re.search(f"{of_letters}-[^\\]]", text) or re.search(rf"\w-{of_letters}", text))
    if ranges or len(letters) > len(KNOWN) or re.search(r"(?<!\\)[A-Z]", text):
        raise ValueError(f"no alphabet of ASCII for these patterns: {patterns}")
    return Alphabet(letters)
