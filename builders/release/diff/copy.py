"""A copy of a version: on a Hub at one commit, or in a local folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builders.release.hub.repository import HubRepository
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST, Manifest
from globmed.records.record import read_file
from globmed.versions.client import DATASET
from globmed.versions.numbers import Version

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


@dataclass(frozen=True, slots=True)
class Copy:
    """A version's files and its manifest.

    Attributes:
        name: the name that the user gave.
        manifest: the version's manifest.
        place: the path prefix of every file in ``files``.
        files: the file system that holds them.
    """

    name: str
    manifest: Manifest
    place: str
    files: "AbstractFileSystem"

    @property
    def configs(self) -> tuple[str, ...]:
        """The configs that the manifest names."""
        return tuple(self.manifest.configs)

    @property
    def version(self) -> Version:
        """The version that the manifest states."""
        return self.manifest.number

    def text(self, path: str) -> str:
        """Return a small text file; empty if there is none."""
        if path not in self.manifest.files:
            return ""
        text: str = self.files.read_text(self.url(path), encoding="utf-8")
        return text

    def data(self, config: str) -> dict[str, str]:
        """Return the SHA-256 of every Parquet file of a config, by path."""
        files = self.manifest.files
        return {path: entry.sha256 for path, entry in files.items() if path.startswith(f"data/{config}/")}

    def url(self, path: str) -> str:
        """Return a file's address for ``files`` and for DuckDB."""
        return f"{self.place}/{path}"


def open_copy(name: str, repository: HubRepository) -> Copy:
    """Open the copy of a version: a folder, or a version number, tag or full commit hash on the repository's Hub.

    Raises:
        UserError: the name is neither, or the manifest is not valid.
    """
    if Path(name).is_dir():
        return open_folder(Path(name))
    return open_commit(name, repository.commit(name), repository)


def open_commit(name: str, commit: str, repository: HubRepository) -> Copy:
    """Open the copy at a commit; only the files that are read are downloaded.

    Raises:
        UserError: there is no manifest at that commit.
    """
    from huggingface_hub import HfFileSystem

    manifest = repository.manifest(commit)
    if manifest is None:
        raise UserError(f"{repository.name} has no {MANIFEST} at {commit}: it is not a version")
    access = repository.access
    files = HfFileSystem(endpoint=access.endpoint, token=access.token, skip_instance_cache=True)
    return Copy(name, manifest, f"hf://{DATASET}s/{repository.name}@{commit}", files)


def open_folder(folder: Path) -> Copy:
    """Open the copy in a folder, such as a candidate.

    Raises:
        UserError: there is no manifest in it.
    """
    from fsspec.implementations.local import LocalFileSystem

    manifest = read_file(Manifest, folder / MANIFEST, "name the folder of a version")
    return Copy(str(folder), manifest, str(folder.absolute()), LocalFileSystem())
