"""Compare every stored content with its hash and size, and report damaged files by revision."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from globmed.hub.errors import HubError
from globmed.hub.operating.folder import stored
from globmed.hub.storage.blobs import Blobs
from globmed.hub.storage.store import Reader

#: Kinds of references, and how a client names them as a revision.
_KINDS = {"heads": "", "tags": "", "pr": "refs/pr/"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A file whose content is ``missing``, ``damaged``, or of another ``size`` than the commit says.

    Attributes:
        fault: one of the three.
        type: of the repository.
        repository: its name.
        path: the file.
        commit: the commit that added the content.
        revisions: the branches, tags and pull requests that have it.
        sha256: the expected hash of the content.
    """

    fault: str
    type: str
    repository: str
    path: str
    commit: str
    revisions: tuple[str, ...]
    sha256: str

    def __str__(self) -> str:
        shown = ", ".join(self.revisions) or "no branch or tag any more"
        return f"{self.fault}: {self.type} {self.repository}: {self.path} ({shown}; since commit {self.commit[:12]})"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check; contents that no commit names are counted, not read.

    ``chunks`` says what is wrong with what is known of chunks, if anything.
    """

    contents: int
    bytes: int
    unnamed: int
    database: str
    faults: tuple[Fault, ...]
    chunks: str = "ok"

    @property
    def sound(self) -> bool:
        """True if there are no faults."""
        return not self.faults and self.database == self.chunks == "ok"

    def json(self) -> Mapping[str, Any]:
        """Return the report as JSON has it."""
        return {**asdict(self), "sound": self.sound}


def check(root: Path) -> Report:
    """Read a storage folder without changing it; a server may be running there.

    Raises:
        UserError: it is not a storage folder.
    """
    store, blobs, xet = stored(root)
    with store.reading() as reader:
        named = dict(_named(reader))
        (database,) = reader.connection.execute("PRAGMA quick_check(1)").fetchone()
    wrong = {sha256: fault for sha256, size in named.items() if (fault := _fault(blobs, sha256, size))}
    unnamed = sum(sha256 not in named for sha256 in blobs.stored()) + xet.waiting_files()[0]
    with store.reading() as reader:
        faults = tuple(found for sha256, fault in wrong.items() for found in _places(reader, sha256, fault))
    return Report(len(named), sum(named.values()), unnamed, str(database), faults, xet.fault(named) or "ok")


def _named(reader: Reader) -> Iterator[tuple[str, int]]:
    """Yield the contents that commits name and that were not taken down, and their sizes."""
    yield from reader.connection.execute(
        "SELECT sha256, max(size) FROM entry JOIN line ON line.id = entry.line WHERE sha256 IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM erased_content AS gone "
        "WHERE gone.repository = line.repository AND gone.sha256 = entry.sha256) GROUP BY sha256 ORDER BY sha256"
    )


def _fault(blobs: Blobs, sha256: str, size: int) -> str | None:
    try:
        return blobs.fault(sha256, again=True) or ("size" if blobs.size(sha256) != size else None)
    except (HubError, FileNotFoundError):
        return "missing"


def _places(reader: Reader, sha256: str, fault: str) -> Iterator[Fault]:
    """Yield every file with a content; none if it was taken down or deleted meanwhile."""
    rows = reader.connection.execute(
        "SELECT type, name, path, revision.id FROM entry JOIN revision ON revision.number = entry.revision "
        "JOIN repository ON repository.id = revision.repository WHERE sha256 = ?1 AND NOT EXISTS ("
        "SELECT 1 FROM erased_content AS gone WHERE gone.repository = repository.id AND gone.sha256 = ?1) "
        "ORDER BY type, name, path, revision.number",
        (sha256,),
    ).fetchall()
    for kind, name, path, commit in rows:
        repository = reader.repository(kind, name)
        assert repository is not None  # noqa: S101 -- it was just read
        shown = [
            prefix + reference
            for references, prefix in _KINDS.items()
            for reference, head in reader.references(repository, references).items()
            if (entry := reader.files(head).get(path)) is not None and entry.sha256 == sha256
        ]
        yield Fault(fault, kind, name, path, commit, tuple(shown), sha256)
