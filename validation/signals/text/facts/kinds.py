"""Kinds of facts, and how a language says each, from ``lexicon/<config name>.toml``."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from globmed.languages import Language
from validation.signals.fold import fold_text
from validation.signals.numbers.lexicon import has_lexicon, lexicon
from validation.signals.numbers.tokens import any_of

IDLE = "idle"
NEVER = "$^"


@dataclass(frozen=True, slots=True)
class Kind:
    """Facts of one kind as a language says them: a pattern of each, of all, and of what only looks like one."""

    facts: Mapping[str, str]
    any: str
    idle: str = NEVER


@cache
def kinds(language: Language) -> Mapping[str, Kind]:
    """Return the kinds of facts of a language by name; none where its words are not listed."""
    path = files("validation.signals.text.facts").joinpath("lexicon", f"{language.name}.toml")
    if not (path.is_file() and has_lexicon(language)):
        return MappingProxyType({})
    tables = tomllib.loads(path.read_text("utf-8"))
    apart = lexicon(language).boundaries == "word"
    return MappingProxyType({name: _kind(table, apart) for name, table in tables.items()})


def split(listed: str) -> list[str]:
    """Return the folded phrases of a comma-separated list."""
    return [fold_text(phrase.strip()) for phrase in listed.split(",")]


def _pattern(phrases: Iterable[str], apart: bool) -> str:
    """Return the pattern of phrases in any case, the longest first; ``*`` stands for the rest of a word."""
    longest_first = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return f"(?i){'|'.join(_word(phrase, apart) for phrase in longest_first)}"


def _kind(table: Mapping[str, str], apart: bool) -> Kind:
    listed = {name: split(phrases) for name, phrases in table.items()}
    idle = listed.pop(IDLE, [])
    return Kind(
        MappingProxyType({name: _pattern(phrases, apart) for name, phrases in listed.items()}),
        _pattern((phrase for phrases in listed.values() for phrase in phrases), apart),
        _pattern(idle, apart) if idle else NEVER,
    )


def _word(phrase: str, apart: bool) -> str:
    words = any_of([phrase]).replace(r"\*", r"\w*")
    before = r"\b" if apart and phrase[0].isalnum() else ""
    behind = r"\b" if apart and phrase[-1].isalnum() else ""
    return f"{before}{words}{behind}"
