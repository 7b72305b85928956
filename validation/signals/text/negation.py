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
from validation.signals.text.alphabet import Alphabet, alphabet_of


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns of the cues that deny beyond doubt, and of all; some languages are read composed."""

    strong: str
    every: str
    idle: str  # words that only look like a denial: "whether or not"
    composed: bool
    alphabet: Alphabet | None  # in which the patterns are written

    def count(self, text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        """Return how many cues of a text deny beyond doubt, and how many cues it has."""
        text = text.str.normalize("NFC") if self.composed else text
        text = (self.alphabet.text(text) if self.alphabet else text).str.replace_all(self.idle, " ")
        return text.str.count_matches(self.strong), text.str.count_matches(self.every)


def negation(source: pl.Expr, target: pl.Expr, source_language: Language, target_language: Language) -> pl.Expr:
    """Return 1 where both deny or neither does, 0 where the source denies more often, 0.5 where only the target does.

    Null where the cues of either language are not known.
    """
    here, there = cues(source_language), cues(target_language)
    if here is None or there is None:
        return pl.lit(None, pl.Float64)
    denials, cues_here = here.count(source)
    denials_there, cues_there = there.count(target)
    lost, added = denials > cues_there, (denials == 0) & (denials_there > cues_here)
    return pl.when(lost).then(0.0).when(added).then(0.5).otherwise(1.0)


@cache
def cues(language: Language) -> Cues | None:
    """Return the cues of a language; None where they are not listed."""
    entry = tomllib.loads(files("validation.signals.text").joinpath("lexicon/negation.toml").read_text("utf-8")).get(
        language.name
    )
    if entry is None:
        return None
    strong, idle = f"(?i){entry['strong']}", f"(?i){entry.get('idle', '$')}"
    patterns = strong, f"{strong}|{entry['weak']}", idle
    alphabet = alphabet_of(patterns) if r"\b" in strong else None
    strong, every, idle = (alphabet.pattern(pattern) if alphabet else pattern for pattern in patterns)
    return Cues(strong, every, idle, entry.get("composed", False), alphabet)


SIGNAL = TextSignal(
    "negation",
    measure=lambda texts: negation(SOURCE, TARGET, texts.source_language, texts.target_language),
    fault=lambda agreement, texts: agreement < 1,
)
