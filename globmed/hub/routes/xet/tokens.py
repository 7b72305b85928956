"""Short-lived tokens for the chunks of one repository, and signed addresses of a file's chunks."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, replace

from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import REPOSITORY, REVISION, TYPE, Call, Hub, route
from globmed.hub.storage.store import Reader, Repository
from globmed.hub.tokens import Role, User

SECONDS = 3600
#: The address of a repository's chunks; its last part changes when clients must forget what they know of them.
STORE = r"/api/xet/(?P<repository>[0-9]{1,18})-(?P<cache>[0-9a-f]{16})"
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to read, or read and write, the chunks of a repository.

    Attributes:
        repository: its number.
        writes: whether uploads are allowed.
        user: the caller's place among the tokens that the server knows; -1 for an anonymous one.
        expires: seconds since 1970.
        file: Xet's hash of the only file that may be read; empty for all of the repository's.
    """

    repository: int
    writes: bool
    user: int
    expires: int
    file: str = ""

    def signed(self, hub: Hub) -> str:
        """Return the grant as a text that only this server can write; valid until it expires or the server stops."""
        fields = [self.repository, self.writes, self.user, self.expires, self.file]
        text = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()
        return f"{text}.{_signature(hub, text)}"

    def caller(self, hub: Hub) -> User | None:
        """Return who got the grant."""
        return None if self.user == _NOBODY else hub.tokens.users[self.user]

    def opens(self, call: Call, reader: Reader, repository: Repository) -> bool:
        """Return whether its owner may read the files of a repository, as it is now."""
        by_owner = replace(call, user=self.caller(call.hub))
        return by_owner.sees(repository.name, private=repository.private) and by_owner.enters(reader, repository)

    def find(self, call: Call, reader: Reader) -> Repository:
        """Return the repository; 404 if it is gone, or the grant's owner may not read it any more."""
        repository = reader.repository_if_any(self.repository)
        if repository is None or not self.opens(call, reader, repository):
            raise HubError(404, "Repository not found", "RepoNotFound")
        return repository


def read_grant(hub: Hub, text: str) -> Grant:
    """Return a grant that this server signed; 401 for anything else, or an expired one."""
    text, _, signature = text.partition(".")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(hub, text).encode()):
        raise HubError(401, "This Xet token is not valid (any more): ask for a new one")
    try:
        grant = Grant(*json.loads(base64.urlsafe_b64decode(text)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise HubError(401, "This Xet token is malformed") from error
    if grant.expires < time.time():
        raise HubError(401, "This Xet token has expired: ask for a new one")
    return grant


def bearer(call: Call, *, writes: bool = False) -> Grant:
    """Return the grant of a call to a repository's chunks; 401 or 403 without one."""
    scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise HubError(401, "A Xet token is needed")
    grant = read_grant(call.hub, token.strip())
    if grant.file or grant.repository != int(call.parameters["repository"]) or (writes and not grant.writes):
        raise HubError(403, "This Xet token is for something else")
    return grant


def address(call: Call, repository: int) -> str:
    """Return the address of a repository's chunks."""
    return f"{call.base}/api/xet/{call.hub.xet.cache_name(repository)}"


def read_token(call: Call) -> Response:
    """Return a token to read the chunks of a repository's files, and where they are."""
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        call.admit(store, repository)
    return _token(call, repository, writes=False)


def write_token(call: Call) -> Response:
    """Return a token to upload chunks too; what it may commit is decided when it commits."""
    with call.hub.store.reading() as store:
        repository, _ = call.writable(store, Role.DISCUSS)
    return _token(call, repository, writes=True)


def _token(call: Call, repository: Repository, *, writes: bool) -> Response:
    user = _NOBODY if call.user is None else call.hub.tokens.users.index(call.user)
    grant = Grant(repository.id, writes, user, int(time.time()) + SECONDS)
    token, place = grant.signed(call.hub), address(call, repository.id)
    return JSONResponse(
        {"accessToken": token, "exp": grant.expires, "casUrl": place},
        headers={
            "X-Xet-Cas-Url": place,
            "X-Xet-Access-Token": token,
            "X-Xet-Token-Expiration": str(grant.expires),
            "Cache-Control": "no-store",
        },
    )


def _signature(hub: Hub, text: str) -> str:
    return hmac.new(hub.upload_secret, b"xet\0" + text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


ROUTES = (
    route("GET", f"/api/{TYPE}/{REPOSITORY}/xet-read-token/{REVISION}", read_token),
    route("GET", f"/api/{TYPE}/{REPOSITORY}/xet-write-token/{REVISION}", write_token),
)
