"""Copying: how much of a translation is still the source."""

import polars as pl

from validation.signals.signal import SOURCE, TARGET, TextSignal

#: Shorter words are shared by chance; names and gene symbols must stay.
WORD = r"[\p{Latin}]{4,}"
#: Above this share of copied words, and with at least as many words, a text was left untranslated.
FAULT_ABOVE = 0.8
WORDS = 4
#: A part was left untranslated where as many pairs of words in lower case, which no name has, were copied, and they
#: are this share of the source's. Words of another script, numbers and punctuation part them.
PIECES = r"[\p{L}\p{M}'’]+|[\p{N}.,;:!?()]"
LOWER = r"^[\p{Ll}'’]+$"
PAIRS, PART = 2, 0.2


def copied(source: pl.Expr, target: pl.Expr) -> pl.Expr:
    """Return the share of the source's pairs of neighbouring words that the translation has; null for no pair."""
    words, kept = _pairs(source), _pairs(target)
    return pl.when(words.list.len() > 0).then(words.list.set_intersection(kept).list.len() / words.list.len())


def copy_fault(source: pl.Expr, share: pl.Expr) -> pl.Expr:
    """Return whether a text with this share copied was left untranslated."""
    return (share > FAULT_ABOVE) & (source.str.count_matches(WORD) >= WORDS)


def part_copied(source: pl.Expr, target: pl.Expr) -> pl.Expr:
    """Return whether a part of the text, be it a few words, is still the source."""
    said = _running(source)
    kept = said.list.set_intersection(_running(target)).list.len()
    return (kept >= PAIRS) & (kept >= PART * said.list.len())


def _pairs(text: pl.Expr) -> pl.Expr:
    """Return the distinct pairs of neighbouring words."""
    words = text.str.to_lowercase().str.extract_all(WORD)
    return words.list.eval(pl.element() + " " + pl.element().shift(-1)).list.drop_nulls().list.unique()


def _running(text: pl.Expr) -> pl.Expr:
    """Return the distinct pairs of neighbouring words in lower case with nothing but a space between."""
    word = pl.element()
    both = word.str.contains(LOWER) & word.shift(-1).str.contains(LOWER)
    pairs = pl.when(both).then(word + " " + word.shift(-1))
    return text.str.extract_all(PIECES).list.eval(pairs).list.drop_nulls().list.unique()


SIGNAL = TextSignal(
    "copy",
    measure=lambda texts: copied(SOURCE, TARGET),
    fault=lambda share, texts: copy_fault(SOURCE, share) | part_copied(SOURCE, TARGET),
)
