"""The records of a build: ``report.json``, its figures, and ``inputs.json``, the contents that it was made from.

The ``report.json`` of ``globmed bench report`` is another one, see `globmed.records.comparison`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from globmed.records.record import Record


@dataclass(frozen=True)
class BuildReport(Record):
    """The figures of a build, as tables of rows; see `builders.rows.report` for their columns.

    Attributes:
        coverage: rows and absent English items by config, source, split and task.
        provenance: rows by config, origin, engine and package.
        memory: the units of the translation memory, `builders.translate.memory.MemoryReport`.
        leaks: items left out of train, by source.
        withheld: translations that are in no split, by config, source and reason.
        pivot: items born in another language than English, by source and language: how many, how many of them are in
            English, and of how many the English is withheld.
    """

    coverage: Sequence[Mapping[str, Any]]
    provenance: Sequence[Mapping[str, Any]]
    memory: Mapping[str, Any]
    leaks: Sequence[Mapping[str, Any]]
    withheld: Sequence[Mapping[str, Any]]
    pivot: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class CodeRecord(Record):
    """The code of the stages.

    Attributes:
        version: the project's.
        commit: the one that last changed this code; None without Git, or if it has uncommitted changes.
        sha256: of the code.
        plugins: the version of every package that adds sources, by name.
    """

    version: str
    commit: str | None
    sha256: str
    plugins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BuildInputs(Record):
    """The inputs of a build by content, without local paths; the manifest has them.

    Attributes:
        sources: the SHA-256 of every upstream file, by source and path.
        memory: the SHA-256 of every TMX file.
        memory_origin: of TMX files that state none.
        reviews: the SHA-256 of every file of reviews.
        languages: config names.
        limit: the number of items; None for all.
        engines: the identity of the translation engine by tag, by ``<tag>-back`` of that which translates back,
            and by ``<tag>-pivot`` of that which translates items born in a language into English.
        glossaries: the SHA-256 of every glossary, by config.
        round_trip: whether it was translated back.
        estimator: the identity of the estimator.
        search: the parameters of the search; None without an engine.
    """

    sources: Mapping[str, Mapping[str, str]]
    memory: Sequence[str]
    memory_origin: str | None
    reviews: Sequence[str]
    languages: Sequence[str]
    limit: int | None
    engines: Mapping[str, str]
    glossaries: Mapping[str, str]
    round_trip: bool
    estimator: str | None
    search: Mapping[str, Any] | None
    code: CodeRecord
