"""Every signal of a pair of columns at once, and which pairs look faulty by each."""

import polars as pl

from globmed.languages import Language
from validation.signals.numbers.signal import numbers
from validation.signals.text import copying, length, markup, negation, repetition, script, truncation
from validation.signals.text import language as identity


def flags(source: pl.Series, target: pl.Series, source_language: Language, target_language: Language) -> pl.DataFrame:
    """One Boolean column a signal, a row a pair; what a signal cannot judge is no fault."""
    signals = text_signals(source, target, source_language, target_language)
    quantities = numbers(source, target, source_language, target_language)
    return text_faults(source, signals, target_language).with_columns(numbers=quantities["critical"])


def text_signals(
    source: pl.Series, target: pl.Series, source_language: Language, target_language: Language
) -> pl.DataFrame:
    """The signals of the texts but for their numbers, a column each, as `globmed.schema.QUALITY` names them."""
    a, b = pl.col("source"), pl.col("target")
    return pl.DataFrame({"source": source, "target": target}).select(
        negation=negation.negation(a, b, source_language, target_language),
        script=script.script(b, target_language),
        language=pl.lit(identity.language(target, target_language)),
        length_ratio=length.length_ratio(a, b, target_language),
        copy=copying.copied(a, b),
        repetition=pl.lit(repetition.repetition(source, target)),
        truncation=truncation.truncated(a, b, target_language).cast(pl.Float64),
        markup=markup.markup(a, b),
    )


def text_faults(source: pl.Series, signals: pl.DataFrame, target_language: Language) -> pl.DataFrame:
    """The signals that are a fault, a Boolean column each; a signal that could not judge is none."""
    ratio = pl.col("length_ratio")
    return (
        signals.with_columns(source=source)
        .select(
            script=pl.col("script") < script.FAULT_BELOW,
            length=length.length_fault(pl.col("source"), ratio, target_language),
            copy=copying.copy_fault(pl.col("source"), pl.col("copy")),
            truncation=pl.col("truncation") == 1,
            markup=pl.col("markup") < 1,
            negation=pl.col("negation") == 0,
            language=pl.col("language") < identity.FAULT_BELOW,
            repetition=pl.col("repetition") >= repetition.TIMES,
        )
        .select(pl.all().fill_null(False))
    )
