"""What the pages of one repository share: the repository, the revision, and the addresses of the others."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from globmed.hub.pages.html import place
from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.serving.call import Call, Route, page_route
from globmed.hub.storage.store import MAIN, Reader, Repository
from globmed.hub.storage.trees import Entry

#: A model's pages are at the root: not where the server has something else. Names never begin with ``-``.
OWNER = r"(?!(?:api|datasets|spaces|models|lfs)/)[^/]+"
REPOSITORY = rf"/(?:(?P<type>datasets|spaces)/)?(?P<repository>{OWNER}/[^/]+)"
#: Longer texts are not shown on a page.
TEXT_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository at a revision, as its pages show it.

    Attributes:
        repository: the repository.
        revision: as the reader gave it, a branch, tag or commit.
        commit: its full commit.
    """

    repository: Repository
    revision: str
    commit: str

    def at(self, kind: str, path: str = "", **query: object) -> str:
        """Return the address of a page about this revision: ``tree``, ``blob``, ``resolve``, ``commits`` and so on."""
        return place(self.repository, kind, self.revision, path, **query)

    @property
    def shown_revision(self) -> str:
        """The revision as a person reads it: a commit is abbreviated."""
        return self.commit[:12] if self.revision == self.commit else self.revision

    @property
    def has_rows(self) -> bool:
        """Whether the repository has a page of rows."""
        return self.repository.type == "dataset"


def open_revision(call: Call, store: Reader) -> Opened:
    """Return the repository and the revision in the path; errors as the API's."""
    repository = call.readable(store)
    return Opened(repository, call.revision, store.resolve(repository, call.revision))


def open_main(call: Call, store: Reader) -> Opened:
    """Return the repository in the path at main."""
    repository = call.readable(store)
    return Opened(repository, MAIN, store.resolve(repository, MAIN))


def repository_page(pattern: str, view: Callable[[Call], Response]) -> Route:
    """Return the route of a page of a repository; its old name, or one in other case, leads to its own."""

    def handler(call: Call) -> Response:
        with call.hub.store.reading() as store:
            name = call.readable(store).name
        if name == call.parameters["repository"]:
            return view(call)
        parts = call.request.scope["raw_path"].decode("ascii").partition("?")[0].split("/")
        start = 2 if call.parameters.get("type") else 1
        parts[start : start + 2] = [name]
        query = call.request.url.query
        return RedirectResponse("/".join(parts) + (f"?{query}" if query else ""), 307)

    return page_route(REPOSITORY + pattern, handler)


def text_of(call: Call, store: Reader, repository: Repository, entry: Entry, *, card: bool = False) -> str | None:
    """Return a small text file; None for anything else. A repository's ``card`` is shown to all who see it.

    Raises:
        HubError: it was taken down, or is damaged.
    """
    if entry.size > TEXT_BYTES:
        return None
    read = call.card if card else call.contents
    content = read(store, repository, entry.path, entry.sha256).read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def markdown(call: Call, opened: Opened, path: str, text: str) -> tuple[str | None, str]:
    """Return a file's Markdown as safe HTML, or None and the reason why there is none."""
    try:
        made = call.hub.workers.run(
            "markdown",
            text=text,
            links=opened.at("blob") + "/",
            images=opened.at("image") + "/",
            folder=path.rpartition("/")[0],
        )
    except UnfitError as error:
        return None, str(error)
    return str(made), ""
