"""Recorded decisions on licences: by whom, for which texts, and why."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from globmed.errors import UserError

DECISIONS = Path(__file__).with_name("decisions.toml")
Publish = Literal["public", "private", "local"]
_REQUIRED = {"source": str, "publish": str, "reason": str, "decided_by": str, "date": date}


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry; without ``languages``, it covers all of them. ``licence`` is null for texts that must stay local."""

    source: str
    languages: tuple[str, ...]
    publish: Publish
    licence: str | None
    reason: str
    decided_by: str
    date: date

    def covers(self, source: str, tag: str) -> bool:
        """Return whether the decision is about a source's texts in a language."""
        return self.source == source and (not self.languages or tag in self.languages)


def read_decisions(
    path: Path, sources: Sequence[str], tags: Sequence[str], licences: Sequence[str]
) -> tuple[Decision, ...]:
    """Return every decision of a file.

    Args:
        path: a TOML file of ``[[decision]]`` tables.
        sources: the known names.
        tags: the known languages.
        licences: those with known terms.

    Raises:
        UserError: unreadable, an unknown name, a missing or unknown key, or two decisions on the same texts.
    """
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("decision", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path}: {error}; correct the file") from error
    if not isinstance(entries, list):
        raise UserError(f"{path}: found one decision table, expected a list: write [[decision]]")
    known = {"source": sources, "languages": tags, "licence": licences, "publish": get_args(Publish)}
    decisions = tuple(_decision(f"{path}: decision {n}", entry, known) for n, entry in enumerate(entries, 1))
    for n, one in enumerate(decisions, 1):
        if any(one.source == other.source and _overlap(one, other) for other in decisions[: n - 1]):
            raise UserError(f"{path}: decision {n} is a second one on the same texts of {one.source}: remove one")
    return decisions


def _overlap(one: Decision, other: Decision) -> bool:
    return not one.languages or not other.languages or bool(set(one.languages) & set(other.languages))


def _decision(place: str, entry: Mapping[str, Any], known: Mapping[str, Sequence[str]]) -> Decision:
    for name, kind in _REQUIRED.items():
        if not isinstance(entry.get(name), kind) or not entry[name]:
            raise UserError(f"{place} has {name} = {entry.get(name)!r}, expected a {kind.__name__}: complete it")
    if unknown := entry.keys() - _REQUIRED.keys() - {"languages", "licence"}:
        raise UserError(f"{place} has the key {min(unknown)!r}, expected those that the file's head explains")
    languages = entry.get("languages", [])
    chosen = [("source", entry["source"]), ("publish", entry["publish"]), *(("languages", each) for each in languages)]
    if entry["publish"] != "local" or "licence" in entry:
        chosen.append(("licence", entry.get("licence")))
    for name, value in chosen:
        if value not in known[name]:
            raise UserError(f"{place} has {name} {value!r}, expected one of {', '.join(known[name])}")
    return Decision(
        source=entry["source"],
        languages=tuple(languages),
        publish=entry["publish"],
        licence=entry.get("licence"),
        reason=entry["reason"],
        decided_by=entry["decided_by"],
        date=entry["date"],
    )
