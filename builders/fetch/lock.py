"""The lock file: hashes and sizes of the files of every source. The first fetch writes it, a curator commits it.

TOML with one table per folder of sources: ``address``, ``revision`` and ``licence`` as the place states them (absent if
it states none), and ``files``, by path at the place, with ``sha256`` in hex and ``size`` in bytes.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tomlkit

from builders.sources.places import Place
from globmed.errors import UserError
from globmed.storage.files import write_text
from globmed.storage.lock import locked_beside
from globmed.storage.packages import INSTALLED, file_of

SHIPPED = file_of("builders.sources").with_name("lock.toml")
#: An installed package leaves its own file as it is: that of the working folder begins as the package's.
LOCK = Path("sources.lock.toml") if INSTALLED else SHIPPED
NOTE = "Hashes and sizes of the sources' files: `globmed fetch` adds a table for a source that has none."


@dataclass(frozen=True, slots=True)
class Known:
    """The expected SHA-256 (hex) and size (bytes) of a file."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """The record of a fetch from a place; ``files`` by path there."""

    address: str
    revision: str | None
    licence: str | None
    files: Mapping[str, Known]

    def is_of(self, place: Place) -> bool:
        """Return whether it was fetched from a place as the descriptor has it now."""
        pinned = place.revision in (None, self.revision)
        return pinned and self.address == place.address and all(map(place.wants, self.files))

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Entry":
        """Return the entry with the given fields, as JSON or TOML has them.

        Raises:
            ValueError, KeyError, TypeError: the fields are not those of an entry.
        """
        files = {path: Known(str(known["sha256"]), int(known["size"])) for path, known in fields["files"].items()}
        return cls(str(fields["address"]), fields.get("revision"), fields.get("licence"), files)


def read_lock(path: Path) -> dict[str, Entry]:
    """Read the entries of a lock file by folder; none if there is no file.

    Raises:
        UserError: it is not a lock file.
    """
    if path.is_dir():
        raise UserError(f"{path} is a folder, expected a lock file: name another with --lock")
    if path == LOCK and not path.is_file():
        path = SHIPPED
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        return {folder: Entry.of(fields) for folder, fields in tables.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is no lock file ({error}): restore it from Git, or remove the table") from error


def record(path: Path, folder: str, entry: Entry) -> None:
    """Add the entry of a folder, or replace it; the others stay as they are.

    Raises:
        UserError: the file is no lock file, cannot be written, or another process is writing it.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment(NOTE))
    with locked_beside(path):
        entries = read_lock(path) | {folder: entry}
        for name in sorted(entries):
            document.add(tomlkit.nl())
            document.add(name, _table(entries[name]))
        try:
            write_text(path, tomlkit.dumps(document))
        except OSError as error:
            raise UserError(f"{path}: {error.strerror}; expected to write it: name another with --lock") from error


def _table(entry: Entry) -> tomlkit.items.Table:
    table, files = tomlkit.table(), tomlkit.table()
    for field in ("address", "revision", "licence"):
        if (value := getattr(entry, field)) is not None:
            table.add(field, value)
    for name, known in sorted(entry.files.items()):
        line = tomlkit.inline_table()
        line.update(asdict(known))
        files.add(name, line)
    table.add("files", files)
    return table
