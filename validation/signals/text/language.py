"""Language: the share of a text that a language identifier assigns to the expected language."""

import polars as pl

from globmed.languages import Language
from globmed.languages.identify import FAULT_BELOW, share
from validation.signals.signal import TextSignal

__all__ = ["FAULT_BELOW", "language"]


def language(target: pl.Series, expected: Language) -> pl.Series:
    """Return the share of each text that is in the expected language, from 0 to 1; null where it is too short."""
    shares = {text: share(text, expected) for text in target.unique()}
    return pl.Series("language", [shares[text] for text in target], pl.Float64)


SIGNAL = TextSignal(
    "language",
    measure=lambda texts: pl.lit(language(texts.pairs["target"], texts.target_language)),
    fault=lambda share, texts: share < FAULT_BELOW,
)
