"""What is explored: the Parquet files of a published version, checked against its manifest, or those of a build."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from globmed.cli.console import track
from globmed.errors import UserError
from globmed.languages import ENGLISH, languages
from globmed.schema import SPLITS
from globmed.versions.client import ReadAccess
from globmed.versions.published import Published, verified


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of rows.

    Attributes:
        path: in the dataset repository, ``data/<config>/<split>-<source>.parquet``.
        local: where it is here.
        config: the config that it belongs to.
        split: ``train``, ``validation`` or ``test``.
        rows: their number.
    """

    path: str
    local: Path
    config: str
    split: str
    rows: int

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.local.stat().st_size


@dataclass(frozen=True, slots=True)
class Contents:
    """The files to explore: English first, then by config, split and path.

    Attributes:
        title: the name of the whole, for people.
        files: the files.
        published: the version that they belong to; None for a build.
    """

    title: str
    files: tuple[DataFile, ...]
    published: Published | None = None

    @property
    def configs(self) -> list[str]:
        """The configs, in the order of the files."""
        return list(dict.fromkeys(file.config for file in self.files))


def version_contents(published: Published, access: ReadAccess) -> Contents:
    """Download the files of a version that are not in the Hub's cache, check them, and return them.

    Raises:
        UserError: the Hub does not give a file, or it is not the one in the manifest.
    """
    entries = {path: entry for path, entry in published.manifest.files.items() if _is_data(path)}
    total = sum(entry.size for entry in entries.values())
    files = []
    for path in track(sorted(entries), "download and check", total, lambda path: entries[path].size):
        local = verified(published, path, access.endpoint, access.token)
        files.append(_file(path, local))
    return Contents(f"{published.repository} {published.version}", _ordered(files), published)


def build_contents(build: Path) -> Contents:
    """Return the files of a build.

    Raises:
        UserError: there are none, or one of them is no Parquet file.
    """
    contents = folder_contents(f"build {build.name}", build / "rows")
    if not contents.files:
        raise UserError(f"{build}: no rows were built there; run `globmed build --out {build}` first")
    return contents


def folder_contents(title: str, data: Path, published: Published | None = None) -> Contents:
    """Return the files of a folder ``<config>/<split>-<source>.parquet``, those of a published version if one is named.

    Raises:
        UserError: one of them is no Parquet file, or of no split.
    """
    found = sorted(data.glob("*/*.parquet"))
    return Contents(title, _ordered(_file(f"data/{file.parent.name}/{file.name}", file) for file in found), published)


def _is_data(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 3 and parts[0] == "data" and path.endswith(".parquet")


def _file(path: str, local: Path) -> DataFile:
    _, config, name = path.split("/")
    split = next((split for split in SPLITS if name.startswith((f"{split}-", f"{split}."))), None)
    if split is None:
        raise UserError(f"{path}: found the name {name}, expected it to begin with a split: {', '.join(SPLITS)}")
    try:
        rows = pq.read_metadata(local).num_rows
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{local}: cannot be read as Parquet ({error}); build or download it again") from error
    return DataFile(path, local, config, split, rows)


def _ordered(files: Iterable[DataFile]) -> tuple[DataFile, ...]:
    places = {name: place for place, name in enumerate(languages())}

    def key(file: DataFile) -> tuple[bool, int, str, int, str]:
        place = places.get(file.config, len(places))
        return file.config != ENGLISH, place, file.config, SPLITS.index(file.split), file.path

    return tuple(sorted(files, key=key))
