"""Length: a translation's length against the usual length of translations into its language."""

import math

import polars as pl

from globmed.languages import Language
from validation.signals.sentences import sentences
from validation.signals.signal import SOURCE, TARGET, TextSignal
from validation.signals.sizes import SHORT_VARY, characters, usual, written

#: Limits in units of the language's spread; short texts vary more, just by chance.
LOW, HIGH = -3.5, 3.5
#: Shorter sources are not judged by length: a term of two words may be two characters of Chinese.
SHORTEST = 30
#: A sentence more than the source has is one too many where a short text is longer than usual by this ratio.
LONG_RATIO = 1.4


def length_ratio(source: pl.Expr, target: pl.Expr, language: Language) -> pl.Expr:
    """Return the characters of the translation over the expected number; 1 is usual, null for an empty source.

    This and the functions below are null too where the usual length of the language has not been measured.
    """
    known, length = usual(language), characters(source)
    if known is None:
        return pl.lit(None, pl.Float64)
    expected = length * math.exp(known["mean"])
    return pl.when(length > 0).then(written(target, language) / expected)


def length_fault(source: pl.Expr, ratio: pl.Expr, language: Language) -> pl.Expr:
    """Return whether a translation of this length ratio is too short or too long for its language."""
    return ~length_score(source, ratio, language).is_between(LOW, HIGH)


def continued(source: pl.Expr, target: pl.Expr, ratio: pl.Expr, language: Language) -> pl.Expr:
    """Return whether a translation has more sentences than its source, and more to say."""
    known, score = usual(language), length_score(source, ratio, language)
    if known is None:
        return pl.lit(None, pl.Boolean)
    longer = pl.when(score.is_null()).then(ratio > LONG_RATIO).otherwise(score > known["longer"])
    return longer & (sentences(target) > sentences(source))


def length_score(source: pl.Expr, ratio: pl.Expr, language: Language) -> pl.Expr:
    """Return a length's deviation in units of the language's spread; below 0 is short, null for a short source."""
    known, length = usual(language), characters(source)
    if known is None:
        return pl.lit(None, pl.Float64)
    spread = known["spread"] * (1 + SHORT_VARY / length).sqrt()
    return pl.when(length >= SHORTEST).then(ratio.log() / spread)


SIGNAL = TextSignal(
    "length_ratio",
    measure=lambda texts: length_ratio(SOURCE, TARGET, texts.target_language),
    fault=lambda ratio, texts: (
        length_fault(SOURCE, ratio, texts.target_language) | continued(SOURCE, TARGET, ratio, texts.target_language)
    ),
)
