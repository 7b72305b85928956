"""Free the space of contents that no commit names: of deleted repositories, and of uploads without a commit."""

from dataclasses import dataclass
from pathlib import Path

from globmed.hub.operating.folder import stored
from globmed.hub.serving.git.copies import forget
from globmed.storage.lock import locked


@dataclass(frozen=True, slots=True)
class Freed:
    """The contents that were removed."""

    contents: int
    bytes: int


def collect(root: Path, *, dry_run: bool = False) -> Freed:
    """Remove what no commit names; with ``dry_run`` only count it.

    No server may run there: contents of an upload whose commit has not arrived yet are named by nothing.

    Raises:
        UserError: a server is running there, or it is not a storage folder.
    """
    store, blobs, xet = stored(root)
    with locked(root):
        with store.writing() as writer:
            named = writer.named_contents()
            unnamed = [sha256 for sha256 in blobs.stored() if sha256 not in named]
            waiting, waiting_size = xet.waiting_files()
            freed = Freed(len(unnamed) + waiting, sum(blobs.size(sha256) for sha256 in unnamed) + waiting_size)
            if dry_run:
                return freed
            writer.forget_objects(unnamed)
            xet.discard_all()
            xet.forget(unnamed)
            for sha256 in unnamed:
                blobs.delete(sha256)
        blobs.discard_incoming()
        forget(root)
        store.compact()
        xet.compact()
    return freed
