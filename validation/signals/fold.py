"""Folding: the one spelling in which texts and lexicon entries are compared.

Accents and dots are removed (Yoruba is written with and without them), full-width and superscript forms become
ASCII, and the many kinds of spaces and quotes become one each. Letter case stays: the caller judges "mg" and "Mg".
"""

import re
import unicodedata
from functools import cache

import polars as pl

#: Applied in order, before and after the Unicode normalisation; the same to Python and to Rust.
BEFORE = (
    (r"&(?:amp;)?lt;", "<"),
    (r"&(?:amp;)?gt;", ">"),
    (r"([⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"^\1"),  # NFKD alone would make "103" of "10³"
    (r"º", "°"),  # the ordinal sign is often used for a degree
    (r"([0-9]) ?½", r"\1.5"),
    (r"([0-9]) ?¼", r"\1.25"),
    (r"([0-9]) ?¾", r"\1.75"),
    (r"½", "0.5"),
    (r"([①-⑳])", r"(\1)"),  # a list, not a number with the text after it
    (r"([ (=<>≤≥])\.([0-9])", r"\g<1>0.\2"),  # p = .03
    (r"´", "'"),  # NFKD would make a space and an accent of it
    (r"[\u200b-\u200f\u2060\ufeff\u00ad]+", ""),
    *2 * ((r"([0-9])[\u00a0\u2007\u2009\u202f]([0-9]{3})", r"\1'\2"),),  # such a space groups thousands
    (r"([0-9])，", r"\1, "),
)
AFTER = (
    (r"[\u0300-\u036f]+", ""),
    (r"[’‘ʼ`′]", "'"),
    (r"ß", "ss"),
    (r"[ŋη]", "n"),
    (r"[\u2010\u2011]", "-"),
    (r"\s+", " "),
    (r"\bmm (?:de |of )?Hg\b", "mmHg"),
    (r"\bcm H2O\b", "cmH2O"),
)


def fold(text: pl.Expr) -> pl.Expr:
    """Fold a column."""
    for pattern, replacement in BEFORE:
        text = text.str.replace_all(pattern, _rust(replacement))
    text = text.str.normalize("NFKD")
    for pattern, replacement in AFTER:
        text = text.str.replace_all(pattern, _rust(replacement))
    return text.str.normalize("NFC")


def fold_text(text: str) -> str:
    """Fold one string, with the result of `fold`."""
    for pattern, replacement in _compiled(BEFORE):
        text = pattern.sub(replacement, text)
    text = unicodedata.normalize("NFKD", text)
    for pattern, replacement in _compiled(AFTER):
        text = pattern.sub(replacement, text)
    return unicodedata.normalize("NFC", text)


def _rust(replacement: str) -> str:
    return replacement.replace(r"\g<1>", "${1}").replace(r"\1", "${1}").replace(r"\2", "${2}")


@cache
def _compiled(steps: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in steps)
