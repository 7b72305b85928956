"""Truncation: a translation that stops before its source does."""

import polars as pl

from globmed.languages import Language
from validation.signals.length import LOW, length_ratio, length_score

#: What a sentence may end with, quotes and brackets aside.
END = r"[.!?…。！？．｡:：;；][\s\"'“”’»)\]）」』]*$"
#: Above this share of the usual length, a text without an end has only lost its full stop.
CUT_BELOW = 1.1
#: Below this score a text is short enough to be cut, where the source has no end to miss.
SHORT = -2.3


def truncated(source: pl.Expr, target: pl.Expr, language: Language) -> pl.Expr:
    """Whether the source ends a sentence and the translation does not, or is much shorter than usual."""
    ends = source.str.contains(END)
    unended = ends & ~target.str.contains(END) & (length_ratio(source, target, language) < CUT_BELOW)
    return unended | (length_score(source, target, language) < pl.when(ends).then(LOW).otherwise(SHORT))
