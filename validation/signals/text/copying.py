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
RUN = r"[\p{L}\p{M}'’]+"
PIECES = rf"{RUN}|[\p{{N}}.,;:!?()]"
LOWER = r"^[\p{Ll}'’]+$"
PAIRS, PART = 2, 0.2


def copied(pairs: pl.DataFrame) -> pl.Series:
    """Return the share of the source's pairs of neighbouring words that the translation has; null for no pair.

    Args:
        pairs: ``source`` and ``target``.
    """
    words, kept = pl.col("source").list, pl.col("source").list.set_intersection("target").list
    share = pl.when(words.len() > 0).then(kept.len() / words.len())
    return pairs.select(_pairs(SOURCE), _pairs(TARGET)).select(copy=share)["copy"]


def copy_fault(source: pl.Expr, share: pl.Expr) -> pl.Expr:
    """Return whether a text with this share copied was left untranslated."""
    return (share > FAULT_ABOVE) & (source.str.count_matches(WORD) >= WORDS)


def part_copied(pairs: pl.DataFrame) -> pl.Series:
    """Return whether a part of the text, be it a few words, is still the source.

    Args:
        pairs: ``source`` and ``target``.
    """
    shared = pl.col("source").list.set_intersection("target").list.len()
    # Few translations share the two words at least that pairs are made of; finding these is faster.
    likely = pairs.select(_words(SOURCE), _words(TARGET)).select(likely=shared >= PAIRS)["likely"]
    found = pairs.select(_running(pl.when(likely).then(text)) for text in (SOURCE, TARGET))
    counts = found.select(kept=shared, said=pl.col("source").list.len())
    enough = (pl.col("kept") >= PAIRS) & (pl.col("kept") >= PART * pl.col("said"))
    return counts.select(part=enough.fill_null(False))["part"]


def _words(text: pl.Expr) -> pl.Expr:
    return text.str.extract_all(RUN)


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
    measure=lambda texts: pl.lit(copied(texts.pairs)),
    fault=lambda share, texts: copy_fault(SOURCE, share) | pl.lit(part_copied(texts.pairs)),
)
