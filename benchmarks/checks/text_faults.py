"""Faults of a text as a whole, planted into good translations to measure which of them the signals catch."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from random import Random

import polars as pl

from benchmarks.checks.challenge import read_challenge
from benchmarks.checks.faults import Fault
from globmed.languages import ENGLISH, Language
from globmed.languages import language as globmed_language
from validation.signals.numbers.lexicon import lexicon
from validation.signals.text.negation import cues

DENIALS = Path(__file__).with_name("denials.toml")


def truncate(random: Random, source: str, text: str, language: Language) -> str | None:
    """Cut off the last third."""
    return text[: len(text) * 2 // 3].rstrip() if len(text) >= 30 else None


def cut_whole(random: Random, source: str, text: str, language: Language) -> str | None:
    """Leave the last third out, and end the rest with a full stop."""
    kept = _whole_words(text[: len(text) * 2 // 3], language)
    return kept.rstrip(" ,;:、，；：。.") + _stop(language) if len(text) >= 30 and kept else None


def go_on(random: Random, source: str, text: str, language: Language) -> str | None:
    """Add a sentence that the source does not have: a right one of the challenge set."""
    space = " " if _spaced(language) else ""
    return text.rstrip() + space + random.choice(_sentences(language)) if len(text) >= 30 else None


def leave_half(random: Random, source: str, text: str, language: Language) -> str | None:
    """Return the first half of the translation, and the second of the source."""
    words, kept = source.split(), _whole_words(text[: len(text) // 2], language)
    return f"{kept} {' '.join(words[len(words) // 2 :])}" if len(words) >= 8 and kept else None


def leave_untranslated(random: Random, source: str, text: str, language: Language) -> str | None:
    """Return the source in place of the translation."""
    return source if len(source.split()) >= 5 else None


def repeat(random: Random, source: str, text: str, language: Language) -> str | None:
    """Repeat a piece of two to five words four times."""
    spaced = lexicon(language).boundaries != "none"
    words = text.split() if spaced else list(text)
    if len(words) < 8:
        return None
    size = random.randint(2, 5)
    at = random.randrange(len(words) - size)
    piece = words[at : at + size]
    return (" " if spaced else "").join(words[:at] + piece * 4 + words[at + size :])


def drop_negation(random: Random, source: str, text: str, language: Language) -> str | None:
    """Take back one denial, where the source denies."""
    return _replaced(text, _denials(language)["affirm"]) if _denies(source) else None


def add_negation(random: Random, source: str, text: str, language: Language) -> str | None:
    """Deny once, where the source does not."""
    return None if _denies(source) else _replaced(text, _denials(language)["deny"])


def _denies(source: str) -> bool:
    found = cues(globmed_language(ENGLISH))
    assert found is not None
    strong, _ = found.count(pl.lit(source))
    return bool(pl.select(strong > 0).item())


def _replaced(text: str, pairs: list[list[str]]) -> str | None:
    """Return a text with the first pattern that it has replaced; composed, since a tone mark apart ends a word."""
    text = unicodedata.normalize("NFC", text)
    for pattern, replacement in pairs:
        if re.search(pattern, text):
            return re.sub(pattern, replacement, text, count=1)
    return None


def _spaced(language: Language) -> bool:
    return lexicon(language).boundaries != "none"


def _whole_words(text: str, language: Language) -> str:
    return text.rpartition(" ")[0] if _spaced(language) else text


def _stop(language: Language) -> str:
    return "." if _spaced(language) else "。"


@cache
def _denials(language: Language) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = tomllib.loads(DENIALS.read_text("utf-8"))[language.name]
    return found


@cache
def _sentences(language: Language) -> list[str]:
    """Return translations of the challenge set that are sentences of some length."""
    good = read_challenge(language)["good"]
    return good.filter(good.str.len_chars() >= (25 if _spaced(language) else 12)).to_list()


TEXT_FAULTS: dict[str, Fault] = {
    "truncated": truncate,
    "cut_whole": cut_whole,
    "gone_on": go_on,
    "half_left": leave_half,
    "untranslated": leave_untranslated,
    "repeated": repeat,
    "negation_dropped": drop_negation,
    "negation_added": add_negation,
}
