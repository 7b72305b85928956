"""Which contents a grant opens: a hash alone is no right to what it stands for."""

from collections.abc import Callable

from globmed.hub.errors import HubError, erased
from globmed.hub.routes.xet.tokens import Grant
from globmed.hub.serving.call import Call
from globmed.hub.storage.xet.hashes import from_hex
from globmed.hub.storage.xet.index import Content


def file_content(call: Call, grant: Grant, hash_: str) -> Content:
    """Return a file of the grant's repository; 404 if no commit there names it, 410 if it was taken down."""
    content = call.hub.xet.content(from_hex(hash_))
    if content is None:
        raise unknown_file(hash_)
    with call.hub.store.reading() as store:
        repository = grant.find(call, store)
        tombstone = store.erased(repository, content.sha256)
        if tombstone is not None:
            raise erased("The file", tombstone.erased, tombstone.why, "EntryNotFound")
        if all(each.id != repository.id for each in store.repositories_naming(content.sha256)):
            raise unknown_file(hash_)
    return content


def unknown_file(hash_: str) -> HubError:
    """Return the error for a file that is not in the repository, or whose chunks are not known."""
    return HubError(404, f"No file of this repository has the Xet hash {hash_[:80]}", "EntryNotFound")


def readable(call: Call, grant: Grant) -> Callable[[str], bool]:
    """Return a function that says whether a content (by SHA-256) is in a repository that the grant's owner may read.

    A writer's own uploads to the grant's repository are, though no commit names them yet.
    """
    known: dict[str, bool] = {}

    def look(sha256: str) -> bool:
        with call.hub.store.reading() as store:
            repository = grant.find(call, store)
            if store.erased(repository, sha256) is not None:
                return False
            own = grant.writes and store.owns_object(repository, sha256)
            return own or any(grant.opens(call, store, each) for each in store.repositories_naming(sha256))

    def allowed(sha256: str) -> bool:
        if sha256 not in known:
            known[sha256] = look(sha256)
        return known[sha256]

    return allowed
