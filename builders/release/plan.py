"""The changes that a release would make, shown before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from globmed.records.manifest import Manifest
from globmed.versions.numbers import Version


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """The changes that a release would make on the Hub.

    Attributes:
        level: size of the change from the version before: none, patch, minor or major.
        files: paths by change: ``new``, ``changed``, ``same`` or ``removed``.
        upload: bytes of the new and changed files, before the Hub's own deduplication.
        rows: rows by config, now and in the version before.
        withheld: source, languages (tags) and reason, for each that the licence gate withholds.
    """

    repository: str
    private: bool
    version: Version
    previous: Version | None
    level: str
    files: Mapping[str, Sequence[str]]
    upload: int
    rows: Mapping[str, tuple[int, int]]
    withheld: Sequence[tuple[str, Sequence[str], str]]

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary for JSON."""
        return {
            "repository": self.repository,
            "private": self.private,
            "version": str(self.version),
            "previous": str(self.previous) if self.previous else None,
            "level": self.level,
            "files": {kind: list(paths) for kind, paths in self.files.items()},
            "upload_bytes": self.upload,
            "rows": {config: {"new": new, "previous": old} for config, (new, old) in self.rows.items()},
            "withheld": [
                {"source": source, "languages": list(tags), "reason": reason} for source, tags, reason in self.withheld
            ],
        }

    def print(self, console: Console) -> None:
        """Print it for people."""
        where = f"{'private' if self.private else 'public'} {self.repository}"
        after = f"after {self.previous}, {self.level} change" if self.previous else "the first version"
        console.print(f"Plan: {self.version} to the {where}: {after}", highlight=False)
        counts = ", ".join(f"{len(paths):,} {kind}" for kind, paths in self.files.items() if paths)
        console.print(f"files: {counts}; {self.upload / 1e6:,.1f} MB to upload at most", highlight=False)
        table = Table("language", "rows", "before")
        for config, (new, old) in self.rows.items():
            table.add_row(config, f"{new:,}", f"{old:,}" if self.previous else "")
        for column in table.columns[1:]:
            column.justify = "right"
        console.print(table)
        for source, tags, reason in self.withheld:
            console.print(f"kept back: {source} ({', '.join(tags)}): {reason}", highlight=False, markup=False)


def plan_release(
    candidate: Manifest,
    previous: Manifest | None,
    level: str,
    withheld: Sequence[tuple[str, Sequence[str], str]],
) -> ReleasePlan:
    """Return the plan from the manifests of the candidate and of the version before."""
    files, before = candidate.files, previous.files if previous else {}
    kinds: dict[str, list[str]] = {
        "new": [],
        "changed": [],
        "same": [],
        "removed": sorted(before.keys() - files.keys()),
    }
    for path, entry in files.items():
        kind = "new" if path not in before else "same" if before[path].sha256 == entry.sha256 else "changed"
        kinds[kind].append(path)
    now, then = candidate.configs, (previous or candidate).configs
    rows = {name: (_total(now.get(name, {})), _total(then.get(name, {}))) for name in {**then, **now}}
    return ReleasePlan(
        repository=candidate.repository,
        private=candidate.private,
        version=candidate.number,
        previous=previous.number if previous else None,
        level=level,
        files=kinds,
        upload=sum(files[path].size for path in (*kinds["new"], *kinds["changed"])),
        rows=rows,
        withheld=withheld,
    )


def _total(splits: Mapping[str, int]) -> int:
    return sum(splits.values())
