"""The candidate: the exact folder of the dataset repository that a release uploads."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version as installed_version
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from builders.licences.gate import Gate, read_gate
from builders.release.card_figures import dataset_card, write_cards
from builders.release.diff.change_log import change_log, first_entry
from builders.rows.artifacts.folder import BuildFolder
from builders.sources import SOURCES
from builders.sources.audit.errata import register
from builders.sources.source import Source
from cards.draft import Draft
from cards.yanked import with_warning
from globmed.errors import UserError
from globmed.languages import Language, languages
from globmed.records.build import BuildInputs
from globmed.records.manifest import MANIFEST, FileEntry, Manifest, SourceEntry
from globmed.records.record import as_dict, read_file, write_record
from globmed.schema import SPLITS
from globmed.storage.files import files_below, replaced, write_text
from globmed.versions.envelope import Signer
from globmed.versions.numbers import Version
from globmed.versions.published import YANKED
from globmed.versions.statement import write_statement

CHANGES = "CHANGELOG.md"
ERRATA = "errata.csv"
#: The packages whose version can change a byte of a release.
PACKAGES = ("datasets", "duckdb", "globmed", "matplotlib", "numpy", "polars", "pyarrow")


@dataclass(frozen=True, slots=True)
class Plan:
    """The parameters of a release; a draft has a branch in place of a version, and one language (with English).

    Attributes:
        version: the number.
        repository: the dataset repository.
        private: whether it is private.
        gate: the licence gate.
        draft: the draft, if it is one.
        signer: signs the statement of provenance; None leaves it unsigned.
    """

    version: Version
    repository: str
    private: bool
    gate: Gate = field(default_factory=read_gate)
    draft: Draft | None = None
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The earlier versions, as a candidate documents them.

    Attributes:
        previous: the version that it follows, None for the first.
        changes: the whole change log, the candidate's own entry first.
        yanked: the withdrawn versions, each with the reason.
    """

    previous: Version | None
    changes: str
    yanked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """The folder that a release uploads, while it is made: first the rows, then the documents about them."""

    build: BuildFolder
    plan: Plan
    folder: Path

    def write_rows(self) -> Mapping[str, int]:
        """Write the rows that the licence gate allows, ``data/<config>/<split>-<source>.parquet``, and their manifest.

        One file per source: a change in one leaves the others' files unchanged, and they are not uploaded again.

        Returns:
            The number of rows by config, in the order of the languages; configs without rows are left out.

        Raises:
            UserError: nothing was built there, or part of the items and this is no draft; or no row may be published in
                this repository, or for a draft none of its language.
        """
        limit = limit_of(self.build)
        if limit is not None and self.plan.draft is None:
            raise UserError(
                f"{self.build.root} only has the first {limit:,} items: build it without --limit to release it, "
                "or publish a draft"
            )
        rows = _copy_rows(self.wanted(), self.build, self.allowed(), self.folder / "data")
        if self.plan.draft is not None and self.plan.draft.language not in rows:
            raise UserError(
                f"{self.build.root}: no row of {self.plan.draft.language} may be in {self.plan.repository}; see "
                f"`globmed language status --build {self.build.root}`"
            )
        if not rows:
            reasons = ", ".join(f"{source.name} ({reason})" for source, _, reason in self.withheld())
            raise UserError(
                f"{self.build.root}: no row may be published in {self.plan.repository}; withheld: {reasons}"
            )
        self._write_manifest(None)
        return rows

    def write_documents(self, history: History) -> None:
        """Write card, licences, errata and change log beside the rows, the manifest of all files, and its statement."""
        allowed = self.allowed()
        card = dataset_card(
            self.build,
            self.folder / "data",
            self.plan.repository,
            self.plan.version,
            allowed=[_ruled(self.plan, source, allowed[source.name]) for source in self.sources()],
            withheld=self._withheld_on_card(),
            private=self.plan.private,
            draft=self.plan.draft,
        )
        write_cards(card, self.folder, self.build.judged)
        readme = self.folder / "README.md"
        write_text(readme, with_warning(readme.read_text("utf-8"), history.yanked))
        write_text(self.folder / CHANGES, history.changes)
        lines = register(self.build.items, self.build.leaks)
        write_text(self.folder / ERRATA, lines.filter(pl.col("source").is_in(list(allowed))).write_csv())
        if history.yanked:
            write_text(self.folder / YANKED, as_json(dict(history.yanked)))
        self._write_manifest(history.previous)
        write_statement(self.folder, self.plan.signer)

    def allowed(self) -> dict[str, frozenset[str]]:
        """Return the tags that the licence gate allows, by source."""
        return self.plan.gate.allowed(_built(self.build), private=self.plan.private)

    def sources(self) -> list[Source]:
        """Return the sources that may be in the repository, by name."""
        return [source for source in _built(self.build) if source.name in self.allowed()]

    def withheld(self) -> list[tuple[Source, list[str], str]]:
        """Return the built sources that the gate withholds: in which languages (tags), and why."""
        return withheld(self.plan, _built(self.build), configs=self.wanted())

    def wanted(self) -> list[Language]:
        """Return the languages of the build that the plan wants."""
        names = self.plan.draft.configs if self.plan.draft else languages().keys()
        return [entry for name, entry in languages().items() if name in names and (self.build.rows / name).is_dir()]

    def _withheld_on_card(self) -> list[Source]:
        """Return the withheld sources, each with its reason, and with its languages unless all of them are withheld."""
        everywhere = [language.tag for language in self.wanted()]
        return [
            replace(source, publish_reason=reason if tags == everywhere else f"{reason}; in {', '.join(tags)}")
            for source, tags, reason in self.withheld()
        ]

    def _write_manifest(self, previous: Version | None) -> None:
        file = self.folder / MANIFEST
        # The rows have not changed since they were written.
        hashed = read_file(Manifest, file, "release again").files if file.is_file() else {}
        file.unlink(missing_ok=True)
        write_record(file, _manifest(self, previous, hashed), sort_keys=True)


def limit_of(build: BuildFolder) -> int | None:
    """Return the number of items that a build was limited to; None for all.

    Raises:
        UserError: nothing was built there.
    """
    if not build.report.is_file():
        raise UserError(f"{build.root}: nothing was built there; run `globmed build --out {build.root}` first")
    return inputs_of(build).limit


def inputs_of(build: BuildFolder) -> BuildInputs:
    """Read the inputs of a build.

    Raises:
        UserError: another version of the project built it.
    """
    return read_file(BuildInputs, build.inputs, f"run `globmed build --out {build.root}` again")


def build_candidate(build: BuildFolder, plan: Plan, out: Path, history: History | None = None) -> Path:
    """Make the candidate folder from scratch, replacing the one that is there.

    Raises:
        UserError: as `Candidate.write_rows`.
    """
    with replaced(out) as partial:
        candidate = Candidate(build, plan, partial)
        rows = candidate.write_rows()
        candidate.write_documents(history or History(None, change_log(plan.version, first_entry(rows)), {}))
    return out


def withheld(plan: Plan, built: Sequence[Source], configs: Sequence[Language]) -> list[tuple[Source, list[str], str]]:
    """Return what the licence gate withholds of the sources: in which languages (tags), and why."""
    allowed = plan.gate.allowed(built, private=plan.private)
    found: dict[tuple[str, str], list[str]] = {}
    for source in built:
        for language in configs:
            if language.tag not in allowed.get(source.name, frozenset()):
                ruling = plan.gate.ruling(source, language.tag)
                twice = plan.gate.allows(source, language.tag, private=plan.private)
                reason = f"{source.same_records_as} has the same records" if twice else ruling.reason
                found.setdefault((source.name, reason), []).append(language.tag)
    return [(SOURCES[name], tags, reason) for (name, reason), tags in found.items()]


def _built(build: BuildFolder) -> list[Source]:
    """Return the sources of the build that have items, by name, each at the revision that was built."""
    items = (
        pl.scan_parquet(build.items / "items.parquet", glob=False).select(pl.col("source").unique().sort()).collect()
    )
    report = json.loads((build.items / "items.json").read_text("utf-8"))["sources"]
    return [replace(SOURCES[name], revision=report[name]["revision"]) for name in items["source"]]


def _copy_rows(
    configs: Iterable[Language], build: BuildFolder, allowed: Mapping[str, frozenset[str]], data: Path
) -> Mapping[str, int]:
    rows = Counter[str]()
    for language in configs:
        for built in sorted((build.rows / language.name).glob("*.parquet")):
            if language.tag in allowed.get(built.stem.partition("-")[2], ()):
                (data / language.name).mkdir(parents=True, exist_ok=True)
                shutil.copyfile(built, data / language.name / built.name)
                rows[language.name] += pq.read_metadata(built).num_rows
    return +rows


def _ruled(plan: Plan, source: Source, tags: Iterable[str]) -> Source:
    """Return a source with the licences and the reason that the gate gives its texts in some languages."""
    tags = sorted(tags)
    reasons = dict.fromkeys(plan.gate.ruling(source, tag).reason for tag in tags)
    return replace(source, licence=" / ".join(plan.gate.licences(source, tags)), publish_reason="; ".join(reasons))


def _manifest(candidate: Candidate, previous: Version | None, hashed: Mapping[str, FileEntry]) -> Manifest:
    """Return the manifest: versions; SHA-256, size in bytes and rows of every file; upstreams; package versions.

    Args:
        candidate: the candidate that it describes.
        previous: the version before.
        hashed: known entries of files, by path.
    """
    plan, folder = candidate.plan, candidate.folder
    data = {path: pq.read_metadata(path).num_rows for path in (folder / "data").glob("*/*.parquet")}
    report = json.loads((candidate.build.items / "items.json").read_text("utf-8"))
    return Manifest(
        version=str(plan.version),
        previous=str(previous) if previous else None,
        repository=plan.repository,
        private=plan.private,
        configs={
            config.name: {split: rows for split in SPLITS if (rows := _rows(data, config.name, split))}
            for config in candidate.wanted()
            if any(path.parent.name == config.name for path in data)
        },
        files={
            name: hashed.get(name) or FileEntry.of(path, data.get(path))
            for path in files_below(folder)
            for name in [path.relative_to(folder).as_posix()]
        },
        sources={
            source.name: SourceEntry(
                upstream=source.upstream,
                revision=source.revision,
                licences=plan.gate.licences(source, candidate.allowed()[source.name]),
                files=report["sources"][source.name]["sha256"],
            )
            for source in candidate.sources()
        },
        inputs=as_dict(inputs_of(candidate.build)),
        packages=package_versions(),
        draft=plan.draft.branch if plan.draft else None,
    )


def package_versions() -> dict[str, str]:
    """Return the installed versions of `PACKAGES`."""
    return {name: installed_version(name) for name in PACKAGES}


def _rows(data: Mapping[Path, int], config: str, split: str) -> int:
    return sum(rows for path, rows in data.items() if path.parent.name == config and path.name.startswith(f"{split}-"))


def as_json(value: object) -> str:
    """Return JSON in the format of the dataset repository: sorted keys, one per line."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
