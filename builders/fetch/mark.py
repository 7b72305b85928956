"""The mark of a fetched folder: the place that it is from, and its files as they were fetched."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builders.fetch.lock import Entry, Known
from builders.sources.places import Place
from builders.sources.source import Source
from globmed.errors import UserError
from globmed.storage.files import files_below, json_text, sha256

#: Hidden, so that it does not count as a file of the source.
MARK = ".fetched.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """Contents of the mark: the place's fields, what was fetched from it, and the folder's files by path."""

    place: Mapping[str, Any]
    entry: Entry
    files: Mapping[str, Known]

    @classmethod
    def of(cls, place: Place, entry: Entry, folder: Path) -> "Mark":
        """Return the mark of a folder with files as they were fetched."""
        return cls(fields(place), entry, known_files(folder))

    @classmethod
    def read(cls, folder: Path) -> "Mark | None":
        """Read the mark of a folder; None if it has none.

        Raises:
            UserError: it was not written by this version.
        """
        path = folder / MARK
        if not path.is_file():
            return None
        try:
            kept = json.loads(path.read_text("utf-8"))
            files = {name: Known(**known) for name, known in kept["files"].items()}
            return cls(kept["place"], Entry.of(kept["entry"]), files)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{path} is no mark of a fetch ({error}): remove {folder}, and fetch again") from error

    def write(self, folder: Path) -> None:
        """Write it into a folder."""
        (folder / MARK).write_text(json_text(asdict(self), indent=1) + "\n", "utf-8")

    def check(self, folder: Path) -> None:
        """Refuse a folder that is not as it was fetched.

        Raises:
            UserError: a file was changed, added or removed since.
        """
        found = known_files(folder)
        for name in sorted(found.keys() | self.files.keys()):
            if found.get(name) != self.files.get(name):
                how = "is missing" if name not in found else "was changed" if name in self.files else "was added"
                raise UserError(
                    f"{folder / name} {how} since it was fetched: remove {folder} to fetch it again, or move it away "
                    "and name its parent with --sources"
                )


def marks(sources: Path) -> list[Path]:
    """Return the marks below a folder of sources."""
    return sorted(sources.glob(f"*/{MARK}"))


def fetched_revision(source: Source, folder: Path) -> str | None:
    """Return the revision of a source's folder; the descriptor's if it was not fetched, or was changed since.

    A commit is preceded by ``address@`` where it is of another repository than the publisher's.
    """
    mark = Mark.read(folder)
    if mark is None or mark.files != known_files(folder):
        return source.revision
    where, commit = mark.entry.address, mark.entry.revision
    if where == source.upstream:
        return commit or source.revision
    return f"{where}@{commit}" if commit else where


def fields(place: Place) -> dict[str, Any]:
    """Return the fields of a place as JSON gives them back."""
    return dict(json.loads(json_text(asdict(place))))


def known_files(folder: Path) -> dict[str, Known]:
    """Return hash and size of the files of a folder, by path below it."""
    return {
        path.relative_to(folder).as_posix(): Known(sha256(path), path.stat().st_size) for path in files_below(folder)
    }
