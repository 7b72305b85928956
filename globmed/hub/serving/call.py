"""One call of a client: the request, the caller, and the caller's permissions."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response

from globmed.hub.errors import HubError, erased, gated, repository_not_found
from globmed.hub.names import check_repository
from globmed.hub.pages.sandbox.workers import Workers
from globmed.hub.serving.bodies import Memory
from globmed.hub.serving.downloads import Downloads
from globmed.hub.serving.git.copies import Copies
from globmed.hub.storage.blobs import Blobs
from globmed.hub.storage.cards import Cards
from globmed.hub.storage.community import access
from globmed.hub.storage.store import Reader, Repository, Store
from globmed.hub.storage.xet.index import Index
from globmed.hub.tokens import Role, Tokens, User

#: Parts of the patterns of routes; they match the raw path, in which a revision such as ``refs%2Fpr%2F1`` is one part.
TYPE = r"(?P<type>models|datasets|spaces)"
REPOSITORY = r"(?P<repository>[^/]+/[^/]+)"
REVISION = r"(?P<revision>[^/]+)"


@dataclass(frozen=True, slots=True)
class Hub:
    """The state that all calls share.

    Attributes:
        store: the metadata.
        blobs: the contents.
        tokens: who may do what.
        cards: the metadata of cards.
        known: memory for the bodies of callers with a token.
        strangers: the same for others.
        writers: how many calls that change something have a thread; those that read need not wait for them.
        long_lines: how many long lines of commits are decoded at once.
        downloads: those in progress.
        pages: how many pages are made at once; clients need not wait for them.
        outgoing: memory for pages that wait to be read.
        workers: processes that do the work of pages.
        copies: repositories as git reads them.
        upload_secret: signs the addresses of uploads, and what clients of Xet show.
        xet: what is known of chunks.
        assembling: how many xorbs and shards are read at once.
    """

    store: Store
    blobs: Blobs
    tokens: Tokens
    cards: Cards
    known: Memory
    strangers: Memory
    writers: CapacityLimiter
    long_lines: CapacityLimiter
    downloads: Downloads
    pages: CapacityLimiter
    outgoing: Memory
    workers: Workers
    copies: Copies
    upload_secret: bytes = field(repr=False)
    xet: Index
    assembling: CapacityLimiter


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose path has been matched; ``parameters`` are the path's parts, unquoted."""

    hub: Hub
    request: Request
    parameters: Mapping[str, str]
    body: bytes
    user: User | None

    @property
    def type(self) -> str:
        """The repository type in the path; the address of a model's file has none."""
        return (self.parameters.get("type") or "models")[:-1]

    @property
    def revision(self) -> str:
        """The revision in the path."""
        return self.parameters.get("revision") or "main"

    @property
    def base(self) -> str:
        """This server's address, as the client wrote it."""
        return f"{self.request.url.scheme}://{self.request.headers.get('host', '')}"

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; 400 for anything else."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise HubError(400, f"The body is not JSON: {error}") from error
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise HubError(400, "The body is not a JSON object")
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean of the query string."""
        return self.request.query_params.get(name, "").lower() in ("1", "true", "yes")

    def integer(self, name: str, default: int, *, digits: int = 9) -> int:
        """Return a non-negative number of the query string; 400 for anything else."""
        value = self.request.query_params.get(name, "")
        if value and not (value.isascii() and value.isdigit() and len(value) <= digits):
            raise HubError(400, f"{name}={value!r}: expected a number")
        return int(value) if value else default

    def address(self, repository: Repository) -> str:
        """Return the address of a repository on this server."""
        folder = "" if repository.type == "model" else f"{repository.type}s/"
        return f"{self.base}/{folder}{quote(repository.name)}"

    def logged_in(self) -> User:
        """Return the caller; 401 for an anonymous one."""
        if self.user is None:
            raise HubError(401, "A token is needed: log in, or set HF_TOKEN")
        return self.user

    def holder(self, role: Role, name: str | None = None) -> User:
        """Return the caller, whose token has a role in a repository, or in any; 401 or 403 otherwise."""
        user = self.logged_in()
        if not user.may(role, name):
            what = "may do less here" if user.may(Role.DISCUSS, name) else "may read only"
            where = f" in {name}" if name else ""
            raise HubError(403, f"This token {what}: the role `{role.name.lower()}`{where} is needed")
        return user

    def readable(self, reader: Reader) -> Repository:
        """Return the repository in the path; to a caller who may not read it, it looks as if it did not exist."""
        return self.find(reader, self.type, self.parameters["repository"])

    def find(self, reader: Reader, kind: str, name: str) -> Repository:
        """Return a repository that the caller may read; 410 for one that was taken down."""
        found = reader.repository(kind, check_repository(name))
        if found is not None and self.sees(found.name, private=found.private):
            return found
        tombstone = reader.erased_repository(kind, name) if found is None else None
        if tombstone is not None and self.sees(name, private=tombstone.private):
            raise erased(f"{kind} {name}", tombstone.erased, tombstone.why, "RepoNotFound")
        raise repository_not_found(self.user is not None)

    def sees(self, name: str, *, private: bool) -> bool:
        """Return whether the caller may read a repository."""
        return not private or (self.user is not None and self.user.may(Role.READ, name))

    def writable(self, reader: Reader, role: Role = Role.WRITE) -> tuple[Repository, User]:
        """Return the repository in the path and the caller, who has a role in it."""
        repository = self.readable(reader)
        return repository, self.holder(role, repository.name)

    def enters(self, reader: Reader, repository: Repository) -> bool:
        """Return whether the caller may read files of a gated repository: by a role in it, or because they were let in.

        A repository that is not gated is open to whoever sees it.
        """
        if repository.gated is None:
            return True
        user = self.user
        return user is not None and (
            user.may(Role.READ, repository.name) or access.accepted(reader, repository, user.name)
        )

    def admit(self, reader: Reader, repository: Repository) -> None:
        """Refuse a caller who may not read the files of a gated repository."""
        if not self.enters(reader, repository):
            raise gated(repository.type, repository.name, self.address(repository), self.user is not None)

    def contents(self, reader: Reader, repository: Repository, path: str, sha256: str) -> Path:
        """Return the file of a verified content, as `card`, to those who may read the repository's files."""
        self.admit(reader, repository)
        return self.card(reader, repository, path, sha256)

    def card(self, reader: Reader, repository: Repository, path: str, sha256: str) -> Path:
        """Return the file of a verified content; 410 if it was taken down here, 500 if it is damaged.

        The card of a gated repository is shown to everyone: it says what there is to ask for.
        """
        tombstone = reader.erased(repository, sha256)
        if tombstone is not None:
            raise erased(path, tombstone.erased, tombstone.why, "EntryNotFound")
        return self.hub.blobs.whole(sha256)


@dataclass(frozen=True, slots=True)
class Route:
    """Methods, a pattern for the raw path, and the handler; handlers with ``streams`` read the body themselves.

    No byte of a body is read before the caller has the role that the route ``needs``: in the repository in the path, or
    in any where the body names it. With None whoever may read the repository may send a small body; a handler with
    ``streams`` then authorizes the caller itself. A ``page`` is for people: so are its errors. If the address or the
    caller's ``grant`` is signed by this server, the handler looks at it, and the call has no user.
    """

    methods: frozenset[str]
    pattern: re.Pattern[str]
    handler: Callable[[Call], Response] | None
    needs: Role | None = None
    streams: Callable[[Call], Awaitable[Response]] | None = None
    page: bool = False
    signed: bool = False

    def authorize(self, call: Call) -> None:
        """Refuse a caller whose body need not be read."""
        if self.needs is None and self.streams is not None:
            return
        if "repository" not in call.parameters:
            if self.needs is not None:
                call.holder(self.needs)
            return
        with call.hub.store.reading() as store:
            if self.needs is None:
                call.readable(store)
            else:
                call.writable(store, self.needs)


def route(methods: str, pattern: str, handler: Callable[[Call], Response], needs: Role | None = None) -> Route:
    """Return a route whose handler gets the whole body."""
    return Route(frozenset(methods.split()), re.compile(pattern + "/?"), handler, needs)


def streaming(
    methods: str, pattern: str, handler: Callable[[Call], Awaitable[Response]], needs: Role | None = None
) -> Route:
    """Return a route whose handler reads the body as a stream."""
    return Route(frozenset(methods.split()), re.compile(pattern), None, needs, handler)


def signed_route(pattern: str, handler: Callable[[Call], Response]) -> Route:
    """Return a route whose handler looks at what this server signed, and reads no body."""
    return Route(frozenset({"GET"}), re.compile(pattern), handler, signed=True)


def signed_streaming(pattern: str, handler: Callable[[Call], Awaitable[Response]]) -> Route:
    """Return a route whose handler looks at what this server signed before it reads the body as a stream."""
    return Route(frozenset({"POST"}), re.compile(pattern), None, streams=handler, signed=True)


def page_route(pattern: str, handler: Callable[[Call], Response]) -> Route:
    """Return the route of a page."""
    return Route(frozenset({"GET"}), re.compile(pattern + "/?"), handler, page=True)


def storage(root: Path) -> tuple[Store, Blobs, Index]:
    """Return the metadata, the contents and what is known of their chunks, below a folder."""
    root.mkdir(parents=True, exist_ok=True)
    return Store(root / "hub.sqlite"), Blobs(root / "blobs"), Index(root / "blobs")
