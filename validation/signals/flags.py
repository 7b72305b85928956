"""All signals of a pair of columns, and which pairs look faulty by each."""

import polars as pl

from globmed.languages import Language
from globmed.schema import SIGNALS
from validation.signals.numbers.signal import numbers
from validation.signals.signal import Texts
from validation.signals.text import TEXT_SIGNALS


def flags(source: pl.Series, target: pl.Series, source_language: Language, target_language: Language) -> pl.DataFrame:
    """Return one Boolean column per signal, a row per pair; false if a signal cannot judge a pair."""
    texts = Texts(pl.DataFrame({"source": source, "target": target}), source_language, target_language)
    quantities = numbers(source, target, source_language, target_language)
    return text_faults(texts, text_signals(texts)).with_columns(numbers=quantities["critical"])


def text_signals(texts: Texts) -> pl.DataFrame:
    """Measure every signal but numbers, a column each, named as in `globmed.schema.QUALITY`."""
    return texts.pairs.select(**{name: signal.measure(texts) for name, signal in TEXT_SIGNALS.items()})


def text_faults(texts: Texts, signals: pl.DataFrame) -> pl.DataFrame:
    """Return which signals are a fault, one Boolean column per reason; false if a signal could not judge."""
    return pl.concat([texts.pairs, signals], how="horizontal").select(
        **{
            SIGNALS[name].reason or name: signal.fault(pl.col(name), texts).fill_null(False)
            for name, signal in TEXT_SIGNALS.items()
        }
    )
