"""The licence gate: decides from descriptors and recorded decisions how each source may be published in each language.

The strictest answer counts: texts under a licence that is unknown, in conflict or without permission for translations
    stay local, as do those of a second descriptor of the same records, until a decision with a reason is recorded.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.licences.decisions import DECISIONS, Decision, Publish, read_decisions
from builders.sources import SOURCES
from builders.sources.source import Source
from globmed.languages import languages

TERMS = Path(__file__).with_name("terms.toml")


@dataclass(frozen=True, slots=True)
class Terms:
    """A licence; ``translations`` is whether it permits the distribution of derived texts."""

    name: str
    url: str
    translations: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling on a source's texts in one language: whether they may be published, under which licence, and why."""

    publish: Publish
    licence: str
    reason: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """The licences' terms by SPDX id, and the recorded decisions."""

    terms: Mapping[str, Terms]
    decisions: tuple[Decision, ...]

    def ruling(self, source: Source, tag: str) -> Ruling:
        """Return how a source's texts in a language (BCP-47 tag) may be published."""
        for decision in self.decisions:
            if decision.covers(source.name, tag):
                return Ruling(decision.publish, decision.licence or source.licence, decision.reason, decision)
        if source.publish == "local":
            return Ruling("local", source.licence, source.publish_reason)
        terms = self.terms.get(source.licence)
        if terms is not None and not terms.translations and tag not in source.languages:
            return Ruling("local", source.licence, f"{source.licence} allows no translations to be passed on")
        if source.publish == "public" and terms is None:
            return Ruling("local", source.licence, f"what {source.licence} allows is not known here")
        return Ruling(source.publish, source.licence, source.publish_reason)

    def allows(self, source: Source, tag: str, *, private: bool) -> bool:
        """Return whether a public, or a private, repository may hold a source's texts in a language."""
        publish = self.ruling(source, tag).publish
        return publish == "public" or (private and publish == "private")

    def allowed(self, sources: Sequence[Source], *, private: bool) -> dict[str, frozenset[str]]:
        """Return the tags in which each source may be in one repository together; sources without any are left out."""
        tags = [language.tag for language in languages().values()]
        found = {
            source.name: frozenset(tag for tag in tags if self.allows(source, tag, private=private))
            for source in sources
        }
        return {
            source.name: free
            for source in sources
            if (free := found[source.name] - found.get(source.same_records_as or "", frozenset()))
        }

    def licences(self, source: Source, tags: Iterable[str]) -> dict[str, list[str]]:
        """Return the tags of a source's texts by licence."""
        found: dict[str, list[str]] = {}
        for tag in sorted(tags):
            found.setdefault(self.ruling(source, tag).licence, []).append(tag)
        return found


def read_gate(decisions: Path | None = None) -> Gate:
    """Return the gate with the decisions of a file.

    Raises:
        UserError: as for `read_decisions`.
    """
    terms = {name: Terms(**entry) for name, entry in tomllib.loads(TERMS.read_text("utf-8")).items()}
    tags = [language.tag for language in languages().values()]
    return Gate(terms, read_decisions(decisions or DECISIONS, list(SOURCES), tags, list(terms)))
