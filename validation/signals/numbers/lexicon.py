"""A language's words for numbers, units and comparisons, read from ``lexicon/<config name>.toml``."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from globmed.languages import Language
from validation.signals.fold import fold_text

LONG_VOWEL = re.compile(r"([aeiou])\1+")
#: A number in the pattern of a role, in the syntax of Rust and of Python.
NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"


@dataclass(frozen=True, slots=True)
class Entry:
    """The meanings of a word or phrase; it may have several ("second", "mil")."""

    values: frozenset[Decimal] = frozenset()
    magnitude: Decimal | None = None
    units: frozenset[str] = frozenset()
    each: frozenset[str] = frozenset()  # units that a word names as a rate: "daily"
    before: str = ""  # a comparison before the number, "<" or ">"
    after: str = ""
    month: int = 0
    joiner: bool = False
    per: bool = False
    minus: bool = False

    @property
    def numeric(self) -> bool:
        """Return whether this can be (part of) a number."""
        return bool(self.values) or self.magnitude is not None


@dataclass(frozen=True, slots=True)
class Glue:
    """The parts of compound number words: prefix, pieces with joiners between them, ending."""

    pieces: Mapping[str, Entry]
    prefixes: tuple[str, ...]
    joiners: Mapping[str, int]  # 1 adds the pieces on either side, -1 takes the smaller off
    endings: tuple[str, ...]
    adjacent: bool  # pieces may follow each other with no joiner
    hyphens: bool  # hyphens are allowed anywhere inside
    free_prefix: int  # from this length on, a piece may have any prefix (0: never)
    long_vowels: bool  # doubled vowels count as one, since writers differ

    def plain(self, word: str) -> str:
        """Normalize a word for looking up its pieces."""
        word = word.lower().replace("-", "")
        return LONG_VOWEL.sub(r"\1", word) if self.long_vowels else word


@dataclass(frozen=True, slots=True)
class Counted:
    """Digits that are too common as syllables to count, unless a counter follows."""

    digits: str
    counters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's file, with the signs that all languages share; every key is folded."""

    boundaries: str
    decimal: str
    thousands: str
    ordinals: tuple[str, ...]
    decade: str
    clock: str
    clock_shift: int
    unit_before: frozenset[str]
    unit_gap: str  # pattern of the text allowed between a unit and the number after it
    leads: tuple[str, ...]  # words allowed there
    whole: str  # pattern of the text before the number of a whole: "of 100"
    whole_behind: str  # pattern of the text after it
    dated: str  # pattern of the text before a year, and before no other number
    magnitude_first: bool
    base: Decimal | None
    reorders: str  # which numbers a translation may give in another order: "", "units" or "all"
    ranges: frozenset[str]  # text between the ends of a range
    counted: "Counted | None"
    words: Mapping[str, Entry]  # in lower case
    signs: Mapping[str, Entry]  # letter case as given
    attached: Mapping[str, Decimal]
    vague: frozenset[str]  # number words that need not be a number in another language: both, a pair
    strict: frozenset[str]
    glue: Glue | None
    months: Mapping[str, int]  # by their names as written
    roles: Mapping[str, str]  # pattern of each thing that a number may count or date, with the number in it

    @property
    def takes(self) -> bool:
        """Return whether number words subtract from the next ten (Yoruba); then two in a row never make one number."""
        return self.glue is not None and -1 in self.glue.joiners.values()


@cache
def lexicon(language: Language) -> Lexicon:
    """Return the lexicon of a language."""
    own, common = _read(f"lexicon/{language.name}.toml"), _read("common.toml")
    glue, counted = own.get("glue"), own.get("counted")
    leads = _folded(own.get("leads", ""))
    before, words, months = own.get("unit_before", ""), _words(own), dict(_months(own))
    return Lexicon(
        boundaries=own["boundaries"],
        decimal=own["decimal"],
        thousands=own["thousands"] + "'",
        ordinals=_folded(own.get("ordinals", "")),
        decade=own.get("decade", ""),
        clock=own.get("clock", ""),
        clock_shift=own.get("clock_shift", 0),
        unit_before=frozenset(own["units"] if before == "all" else _split(before)),
        unit_gap="[ -]?" + "".join(rf"|[ ]{lead}[ -]?" for lead in leads),
        leads=leads,
        whole=own.get("whole", ""),
        whole_behind=own.get("whole_behind", ""),
        dated=own.get("dated", ""),
        magnitude_first=own.get("magnitude_first", False),
        base=Decimal(own["base"]) if "base" in own else None,
        reorders=own.get("reorders", ""),
        counted=Counted(fold_text(counted["digits"]), _folded(counted["counters"])) if counted else None,
        ranges=frozenset(_folded(common["ranges"]["signs"])) | frozenset(_folded(own["ranges"].lower())),
        words=words,
        signs=_signs(common, _split(own.get("no_units", ""))),
        attached=MappingProxyType(_values(common["attached_magnitudes"])),
        vague=frozenset(_folded(own.get("vague", ""))),
        strict=frozenset(_split(common["strict"]["units"])),
        glue=_glue(glue, words) if glue else None,
        months=MappingProxyType(months),
        roles=MappingProxyType(_roles(own.get("roles", {}), months)),
    )


def has_lexicon(language: Language) -> bool:
    """Return whether the language has a lexicon file."""
    return files("validation.signals.numbers").joinpath("lexicon", f"{language.name}.toml").is_file()


def _read(name: str) -> dict[str, Any]:
    text = files("validation.signals.numbers").joinpath(name).read_text("utf-8")
    return tomllib.loads(text)


def _split(listed: str) -> tuple[str, ...]:
    return tuple(item for part in listed.split(",") if (item := part.strip()))


def _folded(listed: str) -> tuple[str, ...]:
    return tuple(fold_text(item) for item in _split(listed))


def _values(table: dict[str, str]) -> dict[str, Decimal]:
    return {item: Decimal(value) for value, listed in table.items() for item in _split(listed)}


def _glue(entry: dict[str, Any], words: Mapping[str, Entry]) -> Glue:
    adding, taking = _folded(entry.get("adding", "")), _folded(entry.get("taking", ""))
    glue = Glue(
        pieces=words,
        prefixes=_folded(entry.get("prefixes", "")),
        joiners=MappingProxyType({**dict.fromkeys(adding, 1), **dict.fromkeys(taking, -1)}),
        endings=_folded(entry.get("endings", "")),
        adjacent=entry.get("adjacent", False),
        hyphens=entry.get("hyphens", False),
        free_prefix=entry.get("free_prefix", 0),
        long_vowels=entry.get("long_vowels", False),
    )
    pieces = {glue.plain(word): meaning for word, meaning in words.items() if meaning.numeric and " " not in word}
    return replace(glue, pieces=MappingProxyType(pieces))


def _words(own: dict[str, Any]) -> "MappingProxyType[str, Entry]":
    words: dict[str, Entry] = {}
    for phrase, meaning in _meanings(own):
        key = fold_text(phrase).lower()
        words[key] = replace(words.get(key, Entry()), **meaning)
    for unit, listed in own["units"].items():
        for key in _folded(listed.lower()):
            entry = words.get(key, Entry())
            words[key] = replace(entry, units=entry.units | {unit})
    for unit, listed in own.get("each", {}).items():
        for key in _folded(listed.lower()):
            entry = words.get(key, Entry())
            words[key] = replace(entry, each=entry.each | {unit})
    return MappingProxyType(words)


def _meanings(own: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    values = own["words"].items()
    for phrase in {phrase for _, listed in values for phrase in _split(listed)}:
        yield phrase, {"values": frozenset(Decimal(v) for v, listed in values if phrase in _split(listed))}
    for phrase, value in _values(own["magnitudes"]).items():
        yield phrase, {"magnitude": value}
    for table, sign in (("less", "<"), ("more", ">")):
        for side in ("before", "after"):
            for phrase in _split(own[table][side]):
                yield phrase, {side: sign}
    for phrase, month in _months(own):
        yield phrase, {"month": month}
    for flag, listed in (("joiner", own["joiners"]), ("per", own["per"]), ("minus", own["minus"]["words"])):
        for phrase in _split(listed):
            yield phrase, {flag: True}


def _months(own: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for names in own.get("months", {}).values():
        for month, phrase in enumerate(names.split(","), start=1):
            if phrase.strip():
                yield fold_text(phrase.strip()), month


def _roles(patterns: dict[str, str], months: Mapping[str, int]) -> dict[str, str]:
    """Return the patterns with # as a number and @ as a month's name."""
    month = f"(?:{'|'.join(sorted(months, key=len, reverse=True))})"
    return {role: fold_text(p).replace("#", NUMBER).replace("@", month) for role, p in patterns.items()}


def _signs(common: dict[str, Any], words: Sequence[str]) -> "MappingProxyType[str, Entry]":
    """Return the entry of each sign that is no word of the language."""
    signs: dict[str, Entry] = {}
    for unit, listed in common["symbols"].items():
        for sign in (each for each in _folded(listed) if each not in words):
            entry = signs.get(sign, Entry())
            signs[sign] = replace(entry, units=entry.units | {unit})
    for comparison, listed in common["comparisons"].items():
        for sign in _folded(listed):
            signs[sign] = Entry(before=comparison)
    return MappingProxyType(signs)
