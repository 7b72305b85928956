"""What a build was asked for, kept beside it: `release` asks the same again, `rebuild` proves it from the manifest."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders.rows.evidence import NOTHING, Wanted
from builders.rows.reviews import record_files
from builders.rows.stage import fingerprint
from builders.translate.memory import tmx_files
from globmed.errors import UserError
from globmed.languages import Language, language
from globmed.storage.files import sha256, write_text

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of `builders.rows.build.build`, but for the folder that it writes."""

    sources: Path
    memory: tuple[Path, ...]
    languages: tuple[Language, ...]
    memory_origin: str | None
    machine: "Machine | None"
    evidence: Wanted = NOTHING
    limit: int | None = None

    def write(self, path: Path) -> None:
        """Keep it as JSON, with absolute paths."""
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
        """The request of a build.

        Raises:
            UserError: there is none, or it is not one that this version wrote.
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

    def inputs(self, items_report: Path, engines: Mapping[str, str], code: tuple[Path, ...]) -> dict[str, Any]:
        """What the rows depend on, by content: for the manifest, and so without a path of this machine.

        Args:
            items_report: the report of the items stage.
            engines: the identity of the translation engine by tag, and of those that translate back by ``<tag>-back``.
            code: the folders and files of the pipeline.
        """
        report = json.loads(items_report.read_text("utf-8"))
        glossaries = {each.name: self.evidence.glossary(each) for each in self.languages}
        return {
            "sources": {name: entry["sha256"] for name, entry in report["sources"].items()},
            "memory": sorted(sha256(path) for path in tmx_files(self.memory)),
            "memory_origin": self.memory_origin,
            "reviews": sorted(sha256(path) for each in self.languages for path in record_files(self.memory, each)),
            "languages": [each.name for each in self.languages],
            "limit": self.limit,
            "engines": dict(engines),
            "glossaries": {name: sha256(path) for name, path in glossaries.items() if path},
            "round_trip": self.evidence.round_trip,
            "estimator": self.evidence.model_identity(),
            "search": None if self.machine is None else asdict(self.machine.search),
            "code": fingerprint((), {}, code),
        }


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
