"""Negation: a source that denies needs a translation that denies.

Only cues that hardly any translation drops are asked for (not, no, never, without); any cue of the target
language answers them. Antonyms ("not many" as "few") are false alarms: the signal ranks, it never
certifies.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from globmed.languages import Language
from validation.signals.fold import fold
from validation.signals.signal import SOURCE, TARGET, TextSignal


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns of the cues that deny beyond doubt, and of all; some languages are read folded."""

    strong: str
    every: str
    idle: str  # words that only look like a denial: "whether or not"
    folded: bool


def negation(source: pl.Expr, target: pl.Expr, source_language: Language, target_language: Language) -> pl.Expr:
    """Return 1 where both deny or neither does, 0 where only the source does, 0.5 where only the target does.

    Null where the cues of either language are not known.
    """
    here, there = cues(source_language), cues(target_language)
    if here is None or there is None:
        return pl.lit(None, pl.Float64)
    target = fold(target) if there.folded else target
    source = source.str.replace_all(here.idle, " ")
    denies = source.str.contains(here.strong)
    affirms = ~source.str.contains(here.every)
    denied = target.str.contains(there.every)
    denied_strongly = target.str.contains(there.strong)
    return pl.when(denies & ~denied).then(0.0).when(affirms & denied_strongly).then(0.5).otherwise(1.0)


@cache
def cues(language: Language) -> Cues | None:
    """Return the cues of a language; None where they are not listed."""
    entry = tomllib.loads(files("validation.signals.text").joinpath("lexicon/negation.toml").read_text("utf-8")).get(
        language.name
    )
    if entry is None:
        return None
    strong, folded = f"(?i){entry['strong']}", entry.get("folded", False)
    return Cues(strong, f"{strong}|{entry['weak']}", f"(?i){entry.get('idle', '$')}", folded)


SIGNAL = TextSignal(
    "negation",
    measure=lambda texts: negation(SOURCE, TARGET, texts.source_language, texts.target_language),
    fault=lambda agreement, texts: agreement == 0,
)
