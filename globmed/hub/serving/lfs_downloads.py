"""LFS objects by their SHA-256, at addresses that are given to who may read the repository and need no token."""

import hashlib
import hmac
import time

from starlette.responses import Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import Call, Hub
from globmed.hub.serving.downloads import BlobResponse
from globmed.hub.storage.store import Repository

OBJECT = r"/lfs/(?P<type>models|datasets|spaces)/(?P<repository>[^/]+/[^/]+)/(?P<sha256>[0-9a-f]{64})"
#: For how long an address is good.
SECONDS = 6 * 3600


def address(call: Call, repository: Repository, sha256: str) -> str:
    """Return the address of an object that the repository has, for a caller who may read it."""
    until = int(time.time()) + SECONDS
    signature = _signature(call.hub, repository.type, repository.name, sha256, until)
    return f"{call.base}/lfs/{repository.type}s/{repository.name}/{sha256}?until={until}&signature={signature}"


def send(call: Call) -> Response:
    """Send an object to whoever has an address that `address` made."""
    sha256, until = call.parameters["sha256"], call.integer("until", 0, digits=10)
    expected = _signature(call.hub, call.type, call.parameters["repository"], sha256, until)
    given = call.request.query_params.get("signature", "")
    if until < time.time() or not hmac.compare_digest(given.encode(), expected.encode()):
        raise HubError(403, "This download address is not valid (any more): ask for a new one")
    with call.hub.store.reading() as store:
        repository = store.repository(call.type, call.parameters["repository"])
        if repository is None:
            raise HubError(404, "The repository is gone", "RepoNotFound")
        file = call.card(store, repository, "The file", sha256)
    return BlobResponse(call.hub.downloads, file, {"X-Content-Type-Options": "nosniff"})


def _signature(hub: Hub, kind: str, name: str, sha256: str, until: int) -> str:
    # Never that of an upload's address, which has other parts.
    named = "\0".join(["download", kind, name, sha256, str(until)])
    return hmac.new(hub.upload_secret, named.encode(), hashlib.sha256).hexdigest()
