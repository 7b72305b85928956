"""The fixed texts of the cards, from the TOML files of this folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from globmed.errors import UserError
from globmed.schema import SIGNALS

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Statements:
    """``statements.toml``: statements that hold for every version."""

    paper_title: str
    paper_address: str
    paper_differs: str
    intended: list[str]
    not_clinical: list[str]
    not_intended: list[str]
    limitations: list[str]
    biases: list[str]
    collection: str
    collection_type: list[str]
    translation: str
    signals: str
    review: str
    sensitive: str
    impact: str
    maintenance: str
    model_intended: list[str]
    model_limitations: list[str]


@dataclass(frozen=True, slots=True)
class Abstract:
    """An entry of ``abstracts.toml``."""

    abstract: str
    reviewed: bool
    limits: list[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code of ``quality``: whether it is critical, and what it means."""

    critical: bool
    meaning: str


@cache
def statements() -> Statements:
    """Return the statements that hold for every version."""
    entry = _read("statements.toml")
    _check("statements.toml", entry, Statements)
    return Statements(**entry)


@cache
def abstracts() -> Mapping[str, Abstract]:
    """Return the languages' abstracts and limits by config name."""
    entries = _read("abstracts.toml")
    for name, entry in entries.items():
        _check(f"abstracts.toml: [{name}]", entry, Abstract)
    return MappingProxyType({name: Abstract(**entry) for name, entry in entries.items()})


@cache
def reasons() -> Mapping[str, Reason]:
    """Return the explained reason codes, critical ones first: of a signal that has several, and of the others."""
    several = _read("reasons.toml")
    single = [signal for signal in SIGNALS.values() if signal.reason]
    return MappingProxyType(
        {
            code: Reason(critical, meaning)
            for critical, codes in ((True, several["critical"]), (False, several["other"]))
            for code, meaning in (codes | {s.reason: s.meaning for s in single if s.critical is critical}).items()
        }
    )


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / file).read_text("utf-8"))


def _check(where: str, entry: Mapping[str, Any], expected: type) -> None:
    wanted = {field.name for field in fields(expected)}
    if entry.keys() != wanted:
        raise UserError(f"{where} has {sorted(entry)}, expected the keys {sorted(wanted)}: correct the entry")
