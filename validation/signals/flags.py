"""Every signal of a pair of columns at once, and which pairs look faulty by each."""

import polars as pl

from globmed.languages import Language
from globmed.schema import SIGNALS
from validation.signals.numbers.signal import numbers
from validation.signals.signal import Texts
from validation.signals.text import TEXT_SIGNALS


def flags(source: pl.Series, target: pl.Series, source_language: Language, target_language: Language) -> pl.DataFrame:
    """One Boolean column a signal, a row a pair; what a signal cannot judge is no fault."""
    texts = Texts(pl.DataFrame({"source": source, "target": target}), source_language, target_language)
    quantities = numbers(source, target, source_language, target_language)
    return text_faults(texts, text_signals(texts)).with_columns(numbers=quantities["critical"])


def text_signals(texts: Texts) -> pl.DataFrame:
    """The signals of the texts but for their numbers, a column each, as `globmed.schema.QUALITY` names them."""
    return texts.pairs.select(**{name: signal.measure(texts) for name, signal in TEXT_SIGNALS.items()})


def text_faults(texts: Texts, signals: pl.DataFrame) -> pl.DataFrame:
    """Which of the signals are a fault, a Boolean column each by its reason; one that could not judge is none."""
    return pl.concat([texts.pairs, signals], how="horizontal").select(
        **{
            SIGNALS[name].reason or name: signal.fault(pl.col(name), texts).fill_null(False)
            for name, signal in TEXT_SIGNALS.items()
        }
    )
