"""Every signal of a pair of columns at once: which pairs look faulty, by signal."""

import polars as pl

from globmed.languages import Language
from validation.signals import copying, length, negation, repetition, script, truncation
from validation.signals import language as identity
from validation.signals.markup import markup
from validation.signals.numbers import numbers


def flags(source: pl.Series, target: pl.Series, source_language: Language, target_language: Language) -> pl.DataFrame:
    """One Boolean column a signal, a row a pair; what a signal cannot judge is no fault."""
    texts = text_flags(source, target, source_language, target_language)
    return texts.with_columns(numbers=numbers(source, target, source_language, target_language)["critical"])


def text_flags(
    source: pl.Series, target: pl.Series, source_language: Language, target_language: Language
) -> pl.DataFrame:
    """The same without the numbers."""
    a, b = pl.col("source"), pl.col("target")
    frame = pl.DataFrame({"source": source, "target": target})
    return frame.select(
        script=script.script(b, target_language) < script.FAULT_BELOW,
        length=length.length_fault(a, b, target_language),
        copy=copying.copy_fault(a, b),
        truncation=truncation.truncated(a, b, target_language),
        markup=markup(a, b) < 1,
        negation=negation.negation(a, b, source_language, target_language) == 0,
        language=pl.lit(identity.language(target, target_language) < identity.FAULT_BELOW),
        repetition=pl.lit(repetition.repetition(source, target) >= repetition.TIMES),
    ).select(pl.all().fill_null(False))
