"""Negation: a source that denies needs a translation that denies.

Only cues that hardly any translation drops are asked for (not, no, never, without); any cue of the target
language answers them. Antonyms ("not many" as "few") are false alarms: it ranks, it never
certifies.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from globmed.languages import Language
from validation.signals.fold import fold


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns of the cues that deny beyond doubt, and of all; some languages are read folded."""

    strong: str
    every: str
    idle: str  # words that only look like a denial: "whether or not"
    folded: bool


def negation(source: pl.Expr, target: pl.Expr, source_language: Language, target_language: Language) -> pl.Expr:
    """1 where both deny or neither does, 0 where only the source does, 0.5 where only the target does."""
    target = fold(target) if cues(target_language).folded else target
    source = source.str.replace_all(cues(source_language).idle, " ")
    denies = source.str.contains(cues(source_language).strong)
    affirms = ~source.str.contains(cues(source_language).every)
    denied = target.str.contains(cues(target_language).every)
    denied_strongly = target.str.contains(cues(target_language).strong)
    return pl.when(denies & ~denied).then(0.0).when(affirms & denied_strongly).then(0.5).otherwise(1.0)


@cache
def cues(language: Language) -> Cues:
    """The cues of a language."""
    entry = tomllib.loads(files("validation.signals").joinpath("negation.toml").read_text("utf-8"))[language.name]
    strong, folded = f"(?i){entry['strong']}", entry.get("folded", False)
    return Cues(strong, f"{strong}|{entry['weak']}", f"(?i){entry.get('idle', '$')}", folded)
