"""The storage folder that an operator names."""

from pathlib import Path

from globmed.errors import UserError
from globmed.hub.storage.blobs import Blobs
from globmed.hub.storage.store import Store
from globmed.hub.storage.xet.index import Index


def stored(root: Path) -> tuple[Store, Blobs, Index]:
    """Return the metadata, the contents and what is known of their chunks, of a storage folder.

    Raises:
        UserError: a server never worked there.
    """
    if not (root / "hub.sqlite").is_file():
        raise UserError(f"{root}: not a Hub's storage (it has no hub.sqlite); name the --root that the server uses")
    return Store(root / "hub.sqlite"), Blobs(root / "blobs"), Index(root / "blobs")
