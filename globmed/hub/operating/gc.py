"""Free the space of contents that no commit names: of deleted repositories, and of uploads without a commit."""

from dataclasses import dataclass
from pathlib import Path

from globmed.hub.operating.folder import stored
from globmed.storage.lock import locked


@dataclass(frozen=True, slots=True)
class Freed:
    """The contents that were removed."""

    contents: int
    bytes: int


def collect(root: Path, *, dry_run: bool = False) -> Freed:
    """Remove what no commit names; with ``dry_run`` only count it.

    The folder must have no server: an upload whose commit is still to come is named by nothing.

    Raises:
        UserError: a server is at work there, or it is no storage folder.
    """
    store, blobs = stored(root)
    with locked(root):
        with store.writing() as writer:
            named = writer.named_contents()
            unnamed = [sha256 for sha256 in blobs.stored() if sha256 not in named]
            size = sum(blobs.size(sha256) for sha256 in unnamed)
            if dry_run:
                return Freed(len(unnamed), size)
            writer.forget_objects(unnamed)
            for sha256 in unnamed:
                blobs.delete(sha256)
        blobs.discard_incoming()
        store.compact()
    return Freed(len(unnamed), size)
