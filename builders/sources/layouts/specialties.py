"""Specialties: the upstreams' labels of their fields of medicine, mapped to one list, ``specialties.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from builders.sources.layouts.answers import word


def specialty(source: str, subject: str | None) -> str | None:
    """Return the field of medicine that a source means by a label; None if it is in no entry of the list."""
    if subject is None:
        return None
    known = _specialties()
    return known.get((source, word(subject))) or known.get(("", word(subject)))


@cache
def _specialties() -> Mapping[tuple[str, str], str]:
    """Return the names by source (empty: any) and label.

    Raises:
        ValueError: two entries have a label.
    """
    entries = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    known: dict[tuple[str, str], str] = {}
    for entry in entries.values():
        by_source = {"": [entry["name"].lower(), *entry.get("labels", ())], **entry.get("of", {})}
        for key in ((source, word(label)) for source, labels in by_source.items() for label in labels):
            if known.setdefault(key, entry["name"]) != entry["name"]:
                raise ValueError(f"specialties.toml: {key[1]!r} is in {known[key]} and in {entry['name']}")
    return known
