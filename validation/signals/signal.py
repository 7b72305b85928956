"""The definition of a signal about a text as a whole: its measure, and which values are a fault."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from globmed.languages import Language

#: The columns of `Texts.pairs`, for those who measure with expressions.
SOURCE, TARGET = pl.col("source"), pl.col("target")


@dataclass(frozen=True, slots=True)
class Texts:
    """Pairs of a text and its translation, as columns ``source`` and ``target``."""

    pairs: pl.DataFrame
    source_language: Language
    target_language: Language


@dataclass(frozen=True, slots=True)
class TextSignal:
    """One signal.

    Attributes:
        name: as `globmed.schema.SIGNALS` has it.
        measure: the signal's value for every pair; null where it cannot judge.
        fault: whether a value (a column) is a fault of the translation.
    """

    name: str
    measure: Callable[[Texts], pl.Expr]
    fault: Callable[[pl.Expr, Texts], pl.Expr]
