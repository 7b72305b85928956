"""Negation: a source that denies needs a translation that denies, as often, and one that affirms one that affirms.

Only cues that hardly any translation drops or puts in are asked for (not, no, never, without); any cue of the other
language answers them. Antonyms ("not many" as "few") are false alarms: the signal ranks, it never
certifies.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from globmed.languages import Language
from validation.signals.signal import SOURCE, TARGET, TextSignal


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns of the cues that deny beyond doubt, and of all; some languages are read composed."""

    strong: str
    every: str
    idle: str  # words that only look like a denial: "whether or not"
    composed: bool

    def read(self, text: pl.Expr) -> pl.Expr:
        """Return a text as the patterns expect it."""
        return text.str.normalize("NFC") if self.composed else text


def negation(source: pl.Expr, target: pl.Expr, source_language: Language, target_language: Language) -> pl.Expr:
    """Return 1 where both deny or neither does, 0 where the source denies more often, 0.5 where only the target does.

    Null where the cues of either language are not known.
    """
    here, there = cues(source_language), cues(target_language)
    if here is None or there is None:
        return pl.lit(None, pl.Float64)
    source, target = here.read(source), there.read(target)
    source = source.str.replace_all(here.idle, " ")
    target = target.str.replace_all(there.idle, " ")
    denials = source.str.count_matches(here.strong)
    lost = denials > target.str.count_matches(there.every)
    added = (denials == 0) & (target.str.count_matches(there.strong) > source.str.count_matches(here.every))
    return pl.when(lost).then(0.0).when(added).then(0.5).otherwise(1.0)


@cache
def cues(language: Language) -> Cues | None:
    """Return the cues of a language; None where they are not listed."""
    entry = tomllib.loads(files("validation.signals.text").joinpath("lexicon/negation.toml").read_text("utf-8")).get(
        language.name
    )
    if entry is None:
        return None
    strong, composed = f"(?i){entry['strong']}", entry.get("composed", False)
    return Cues(strong, f"{strong}|{entry['weak']}", f"(?i){entry.get('idle', '$')}", composed)


SIGNAL = TextSignal(
    "negation",
    measure=lambda texts: negation(SOURCE, TARGET, texts.source_language, texts.target_language),
    fault=lambda agreement, texts: agreement < 1,
)
