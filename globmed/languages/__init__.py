"""The languages of the dataset, read from ``languages.toml``."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from globmed.errors import UserError, unknown

ENGLISH = "english"
#: Allowed contents of the fields: names go into paths, tags into YAML, everything onto cards.
_FORMS = {
    "name": re.compile(r"[a-z][a-z_]{0,63}"),
    "tag": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"),
    "iso639_3": re.compile(r"[a-z]{3}"),
    "script": re.compile(r"[A-Z][a-z]{3}"),
    "glottocode": re.compile(r"[a-z0-9]{4}[0-9]{4}"),
    "tier": re.compile(r"high|low"),
    "route": re.compile(r"source|argos|train"),
    "native_name": re.compile(r".{1,64}"),
    "digits": re.compile(r"\d{10}"),
    "decimal_mark": re.compile(r"[.,٫]"),
    "reviewers": re.compile(r"\d{1,3}"),
}


#: Scripts that are written from right to left (ISO 15924).
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"})


@dataclass(frozen=True, slots=True)
class Language:
    """One entry of the list; ``name`` is the config name, the others are documented in the TOML file."""

    name: str
    tag: str
    iso639_3: str
    script: str
    glottocode: str
    tier: Literal["high", "low"]
    route: Literal["source", "argos", "train"]
    native_name: str
    digits: str
    decimal_mark: str
    reviewers: int

    @property
    def english_name(self) -> str:
        """The name as a sentence has it."""
        return self.name.replace("_", " ").title()

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """The direction of its script, as HTML names it."""
        return "rtl" if self.script in _RIGHT_TO_LEFT else "ltr"


@cache
def languages() -> "MappingProxyType[str, Language]":
    """Return every language by config name, in the order of the list."""
    return read_languages(files(__package__).joinpath("languages.toml").read_text("utf-8"))


def read_languages(text: str) -> "MappingProxyType[str, Language]":
    """Return the languages of a list, the text of a ``languages.toml``.

    Raises:
        UserError: as `read_language`.
    """
    return MappingProxyType({name: read_language(name, entry) for name, entry in tomllib.loads(text).items()})


def language(name_or_tag: str) -> Language:
    """Return the language of a config name (``swahili``) or BCP-47 tag (``sw``).

    Raises:
        UserError: no such language; the message names the known ones.
    """
    known = languages()
    for entry in known.values():
        if name_or_tag in (entry.name, entry.tag):
            return entry
    also = {name: entry.name for entry in known.values() for name in (entry.native_name, entry.iso639_3, entry.tag)}
    raise unknown("language", name_or_tag, known, also)


def select(names: str | Iterable[str] | None) -> tuple[Language, ...]:
    """Return the languages that a comma-separated list or an iterable names, each once; all of them for None.

    Raises:
        UserError: an unknown language, or none at all.
    """
    if names is None:
        return tuple(languages().values())
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",") if name.strip()]
    chosen = tuple(dict.fromkeys(language(name) for name in names))
    if not chosen:
        raise UserError(f"no language was named; known: {', '.join(languages())}")
    return chosen


def read_language(name: str, entry: dict[str, Any]) -> Language:
    """Return an entry of the list.

    Raises:
        UserError: a missing or unknown key, or a value that is not allowed in a path or on a card.
    """
    expected = {field.name for field in fields(Language)} - {"name"}
    if entry.keys() != expected:
        raise UserError(
            f"languages.toml: [{name}] has {sorted(entry)}, expected the keys {sorted(expected)}: correct the entry"
        )
    for key, value in (("name", name), *entry.items()):
        if not is_sound(key, value):
            raise UserError(f"languages.toml: [{name[:40]!r}] has {key} = {str(value)[:60]!r}: correct the entry")
    return Language(name=name, **entry)


def is_sound(field: str, value: object) -> bool:
    """Return whether a value is allowed in a field of an entry."""
    return (
        type(value) is (int if field == "reviewers" else str)
        and _FORMS[field].fullmatch(str(value)) is not None
        and (field != "native_name" or _is_words(str(value)))
        and (field != "digits" or [unicodedata.decimal(digit) for digit in str(value)] == list(range(10)))
    )


def _is_words(text: str) -> bool:
    """Return whether a text consists of letters with their marks, and characters that join words."""
    return all(unicodedata.category(mark)[0] in "LM" or mark in " ()'‘’-" for mark in text)
