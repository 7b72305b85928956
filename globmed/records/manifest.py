"""The manifests: ``manifest.json`` of a dataset version and of a model version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from globmed.errors import UserError
from globmed.records.evaluation import DatasetPin
from globmed.records.record import OMITTED, Record
from globmed.records.training import DataRecord
from globmed.storage.files import sha256
from globmed.versions.numbers import Version

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class FileEntry(Record):
    """A file of a version.

    Attributes:
        sha256: of its bytes, in hex.
        size: in bytes.
        rows: of a data file; None for any other.
    """

    sha256: str
    size: int
    rows: int | None = field(default=None, metadata=OMITTED)

    @classmethod
    def of(cls, path: Path, rows: int | None = None) -> "FileEntry":
        """Return the entry of a file."""
        return cls(sha256(path), path.stat().st_size, rows)


@dataclass(frozen=True)
class SourceEntry(Record):
    """A source of a version.

    Attributes:
        upstream: its repository on the Hub, or its address.
        revision: the upstream's revision, if it has one.
        licences: language tags by licence.
        files: the SHA-256 of every upstream file that was read, by path.
    """

    upstream: str
    revision: str | None
    licences: Mapping[str, Sequence[str]]
    files: Mapping[str, str]


@dataclass(frozen=True)
class AnyManifest(Record):
    """The part that the manifests of datasets and models have in common: the version that they state."""

    version: str

    def __post_init__(self) -> None:
        """Check the version.

        Raises:
            ValueError: it is not a version number.
        """
        try:
            Version.parse(self.version)
        except UserError as error:
            raise ValueError(str(error)) from error

    @property
    def number(self) -> Version:
        """The version as a number that can be compared."""
        return Version.parse(self.version)


@dataclass(frozen=True)
class Manifest(AnyManifest):
    """The manifest of a dataset version.

    Attributes:
        configs: the rows by config and split.
        files: every file but the manifest, by path.
        previous: the version before; None for the first.
        repository: the dataset repository.
        private: whether it was released to a private repository.
        sources: the sources by name.
        inputs: the inputs of the build by content, as `builders.rows.request.Request.inputs` returns them.
        packages: the versions of the packages that can change a byte.
        draft: the branch of a draft; None for a version.
    """

    configs: Mapping[str, Mapping[str, int]]
    files: Mapping[str, FileEntry]
    previous: str | None = None
    repository: str = ""
    private: bool = False
    sources: Mapping[str, SourceEntry] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    draft: str | None = field(default=None, metadata=OMITTED)

    def __post_init__(self) -> None:
        """Check that nothing leads out of the version's own folder.

        Raises:
            ValueError: as `AnyManifest`; a path that leads elsewhere, or a config that is not a name.
        """
        AnyManifest.__post_init__(self)
        for path in self.files:
            if path.startswith("/") or "\\" in path or ".." in path.split("/"):
                raise ValueError(f"the file {path!r} is not below its folder, expected a relative path")
        for config in self.configs:
            if not config.isidentifier():
                raise ValueError(f"the config {config!r} is not a name, expected letters, digits and _")


@dataclass(frozen=True)
class ModelOrigin(Record):
    """A base model and its commit; None for a local folder."""

    name: str
    commit: str | None


@dataclass(frozen=True)
class ResultsEntry(Record):
    """The results of a benchmark run: its dataset, the SHA-256 of its rows, and the scores on the card."""

    dataset: DatasetPin
    sha256: str
    scores: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ModelManifest(AnyManifest):
    """The manifest of a model version: what it was made from, and every file."""

    repository: str
    private: bool
    adapter: bool
    base_model: ModelOrigin
    data: DataRecord
    datasets: Sequence[DatasetPin]
    settings: Mapping[str, Any]
    packages: Mapping[str, str]
    results: Sequence[ResultsEntry]
    files: Mapping[str, FileEntry]
