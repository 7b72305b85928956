"""The languages of the dataset, read from ``languages.toml``."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from globmed.errors import UserError

ENGLISH = "english"


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


@cache
def languages() -> "MappingProxyType[str, Language]":
    """Every language by config name, in the order of the list."""
    text = files("globmed").joinpath("languages.toml").read_text("utf-8")
    return MappingProxyType({name: _language(name, entry) for name, entry in tomllib.loads(text).items()})


def language(name_or_tag: str) -> Language:
    """The language of a config name (``swahili``) or BCP-47 tag (``sw``).

    Raises:
        UserError: no such language; the message names the known ones.
    """
    known = languages()
    for entry in known.values():
        if name_or_tag in (entry.name, entry.tag):
            return entry
    raise UserError(f"unknown language {name_or_tag!r}; known: {', '.join(known)}")


def select(names: str | Iterable[str] | None) -> tuple[Language, ...]:
    """The languages that a comma-separated list or an iterable names, each once; all of them for None.

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


def _language(name: str, entry: dict[str, Any]) -> Language:
    expected = {field.name for field in fields(Language)} - {"name"}
    if entry.keys() != expected:
        raise UserError(
            f"languages.toml: [{name}] has {sorted(entry)}, expected the keys {sorted(expected)}: mend the entry"
        )
    return Language(name=name, **entry)
