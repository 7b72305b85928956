"""The versions of a repository: the contents of each, the current one, and the withdrawn ones."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from builders.release.hub.repository import HubRepository
from globmed.cli.console import visible
from globmed.versions.client import DATASET
from globmed.versions.numbers import Version
from globmed.versions.published import YANKED


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One tagged version; ``yanked`` is the reason for its withdrawal."""

    version: Version
    commit: str
    date: str
    rows: int
    languages: int
    current: bool
    yanked: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary for JSON."""
        fields = ("commit", "date", "rows", "languages", "current", "yanked")
        return {"version": str(self.version), "tag": self.version.tag} | {name: getattr(self, name) for name in fields}


def list_versions(repository: HubRepository) -> list[PublishedVersion]:
    """Return every tagged version, the newest first."""
    head = repository.head()
    current = None if head is None else repository.version(head)
    yanked: Mapping[str, str] = json.loads((repository.text(head, YANKED) if head else None) or "{}")
    return [
        _version(repository, version, commit, current == version, yanked)
        for version, commit in sorted(repository.tags().items(), reverse=True)
    ]


def _version(
    repository: HubRepository, version: Version, commit: str, current: bool, yanked: Mapping[str, str]
) -> PublishedVersion:
    manifest = repository.manifest(commit)
    configs = manifest.configs if manifest else {}
    (made,) = repository.api.list_repo_commits(repository.name, repo_type=DATASET, revision=commit)[:1]
    return PublishedVersion(
        version=version,
        commit=commit,
        date=made.created_at.date().isoformat(),
        rows=sum(sum(splits.values()) for splits in configs.values()),
        languages=len(configs),
        current=current,
        yanked=yanked.get(str(version)),
    )


def print_versions(versions: Sequence[PublishedVersion], console: Console) -> None:
    """Print one line per version."""
    table = Table("version", "date", "rows", "languages", "current", "withdrawn", "commit")
    for entry in versions:
        current, why = ("yes" if entry.current else ""), Text(visible(entry.yanked or ""))
        counts = (f"{entry.rows:,}", str(entry.languages))
        table.add_row(str(entry.version), entry.date, *counts, current, why, entry.commit[:12])
    console.print(table)
