"""Sizes of texts: their characters, by how much each tells, and how long translations into a language usually are."""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from globmed.languages import Language

#: Information of a character in hundredths of an ideograph, by ISO 15924 code, where texts mix the two.
#: Whole numbers, since sums of others depend on their order, and that on the threads.
MIXED = ((r"\p{Han}", 100), (r"\p{Hiragana}", 60), (r"[\p{Katakana}ー]", 40), (r"\p{Latin}", 30), (r"\p{N}", 45))
WEIGHTS = {"Hans": MIXED, "Hant": MIXED, "Jpan": MIXED}
OTHERS = r"[^\p{L}\p{N}\p{M}]", 30
#: The length of a text varies by the spread of its language times the square root of 1 + this over its characters.
SHORT_VARY = 40


def characters(text: pl.Expr) -> pl.Expr:
    """Count the characters of a text without combining accents, since writers of Yoruba differ in them."""
    return text.str.replace_all(r"\p{M}", "").str.len_chars()


def written(text: pl.Expr, language: Language) -> pl.Expr:
    """Return the length of a text in characters, weighted by their information in the language's script."""
    weights = WEIGHTS.get(language.script)
    if weights is None:
        return characters(text)
    return pl.sum_horizontal(text.str.count_matches(kind) * weight for kind, weight in (*weights, OTHERS)) / 100


@cache
def usual(language: Language) -> dict[str, float] | None:
    """Return what ``python -m benchmarks.lengths`` fits; else None.

    ``mean`` and ``spread`` of the log ratio, the score below which a text is ``short``, and the one above which a text
    with a sentence more than its source is ``longer``.
    """
    text = files("validation.signals").joinpath("text/lexicon/lengths.toml").read_text("utf-8")
    return tomllib.loads(text).get(language.name)
