"""The request of a build, stored with it: `release` repeats it, `rebuild` proves it from the manifest."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders.rows.artifacts.code import code_of, commit_of
from builders.rows.artifacts.stage import fingerprint
from builders.rows.evidence import NOTHING, Wanted, back_machine
from builders.rows.reviews import record_files
from builders.sources import PLUGINS, SOURCES
from builders.translate.memory import memory_files
from globmed.errors import UserError
from globmed.languages import ENGLISH, Language, language
from globmed.records.build import BuildInputs, CodeRecord
from globmed.storage.files import sha256, write_text
from globmed.storage.plugins import packages_of

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine
    from builders.translate.packages.package import Package


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of `builders.rows.build.build`, except for the output folder."""

    sources: Path
    memory: tuple[Path, ...]
    languages: tuple[Language, ...]
    memory_origin: str | None
    machine: "Machine | None"
    evidence: Wanted = NOTHING
    limit: int | None = None

    def write(self, path: Path) -> None:
        """Write it as JSON, with absolute paths."""
        kept = {
            "sources": str(self.sources.absolute()),
            "memory": [str(each.absolute()) for each in self.memory],
            "languages": [each.name for each in self.languages],
            "memory_origin": self.memory_origin,
            "machine": None if self.machine is None else asdict(self.machine),
            "evidence": asdict(self.evidence),
            "limit": self.limit,
        }
        write_text(path, json.dumps(kept, indent=1, default=_absolute) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Request":
        """Read the request of a build.

        Raises:
            UserError: there is none, or this version did not write it.
        """
        try:
            kept = json.loads(path.read_text("utf-8"))
            return cls(
                sources=Path(kept["sources"]),
                memory=tuple(Path(each) for each in kept["memory"]),
                languages=tuple(language(name) for name in kept["languages"]),
                memory_origin=kept["memory_origin"],
                machine=None if kept["machine"] is None else _machine(kept["machine"]),
                evidence=_wanted(kept["evidence"]),
                limit=kept["limit"],
            )
        except FileNotFoundError as error:
            root = path.parent
            raise UserError(f"{root}: nothing was built there; run `globmed build --out {root}` first") from error
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{path} is no request of a build ({error}); run `globmed build` again") from error

    def packages(self) -> "dict[str, Package]":
        """Return the newest installed package from English into each language that has one, by tag."""
        if self.machine is None or not self.machine.packages.is_dir():
            return {}
        from builders.translate.packages.package import newest_packages

        found = newest_packages(self.machine.packages, source=language(ENGLISH).tag)
        return {each.tag: found[each.tag] for each in self.languages if each.tag in found}

    def pivot_packages(self) -> "dict[str, Package]":
        """Return the newest installed package into English from each language that a source was born in, by tag."""
        if self.machine is None or not self.machine.packages.is_dir():
            return {}
        from builders.translate.packages.package import newest_packages

        english = language(ENGLISH).tag
        here = [each for each in SOURCES.values() if (self.sources / each.folder).is_dir()]
        # Also of a source that publishes English: an item of it may have none.
        born = sorted({tag for each in here for tag, text in each.languages.items() if text.origin == "original"})
        found = {tag: newest_packages(self.machine.packages, source=tag).get(english) for tag in born if tag != english}
        return {tag: package for tag, package in found.items() if package is not None}

    def back_package(self, target: Language) -> "Package | None":
        """Return the newest package from a language into English, where a round trip is wanted and it is installed."""
        if not self.evidence.round_trip or self.machine is None or target.name == ENGLISH:
            return None
        from builders.translate.packages.package import newest_packages

        return newest_packages(self.machine.packages, source=target.tag).get(language(ENGLISH).tag)

    def estimator(self, target: Language) -> str | None:
        """Return the model that estimates the translations into a language; None for English, or if none is wanted."""
        return None if target.name == ENGLISH else self.evidence.estimator

    def inputs(self, items_report: Path) -> BuildInputs:
        """Return the inputs of the rows by content, for the manifest, so without local paths.

        Args:
            items_report: the report of the items stage.
        """
        report = json.loads(items_report.read_text("utf-8"))
        glossaries = {each.name: self.evidence.glossary(each) for each in self.languages}
        return BuildInputs(
            sources={name: entry["sha256"] for name, entry in report["sources"].items()},
            memory=sorted(sha256(path) for path in memory_files(self.memory).paths),
            memory_origin=self.memory_origin,
            reviews=sorted(sha256(path) for each in self.languages for path in record_files(self.memory, each)),
            languages=[each.name for each in self.languages],
            limit=self.limit,
            engines=self._engines(),
            glossaries={name: sha256(path) for name, path in glossaries.items() if path},
            round_trip=self.evidence.round_trip,
            estimator=self.evidence.model_identity(),
            search=None if self.machine is None else asdict(self.machine.search),
            code=_code(),
        )

    def _engines(self) -> dict[str, str]:
        machine = self.machine
        if machine is None:
            return {}
        back = {each.tag: self.back_package(each) for each in self.languages}
        pivots = {f"{tag}-pivot": machine.identity(package) for tag, package in self.pivot_packages().items()}
        return (
            pivots
            | {tag: machine.identity(package) for tag, package in self.packages().items()}
            | {f"{tag}-back": back_machine(machine).identity(package) for tag, package in back.items() if package}
        )


def _code() -> CodeRecord:
    files = code_of("builders.rows.stages", "builders.sources")
    return CodeRecord(installed_version("globmed"), commit_of(files), fingerprint((), {}, files), packages_of(PLUGINS))


def _machine(kept: Mapping[str, Any]) -> "Machine":
    from builders.translate.machine.engine import Hardware, Search
    from builders.translate.machine.machine import Machine
    from builders.translate.machine.runners import Cluster

    return Machine(
        packages=Path(kept["packages"]),
        store=Path(kept["store"]),
        search=Search(**kept["search"]),
        hardware=Hardware(**kept["hardware"]),
        cluster=None if kept["cluster"] is None else Cluster(**kept["cluster"]),
    )


def _wanted(kept: Mapping[str, Any]) -> Wanted:
    return Wanted(Path(kept["glossaries"]) if kept["glossaries"] else None, kept["round_trip"], kept["estimator"])


def _absolute(value: object) -> str:
    if isinstance(value, Path):
        return str(value.absolute())
    raise TypeError(f"{type(value).__name__} in a request")
