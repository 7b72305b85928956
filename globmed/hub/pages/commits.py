"""The commits of a revision, and the changes of one."""

import time
from dataclasses import dataclass

from starlette.responses import Response

from globmed.hub.errors import HubError
from globmed.hub.pages.html import page
from globmed.hub.pages.opened import TEXT_BYTES, Opened, open_revision, repository_page, text_of
from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.serving.call import REVISION, Call
from globmed.hub.storage.store import Reader
from globmed.hub.storage.trees import Entry

PAGE, PAGE_FILES = 50, 50
#: For the differences of all files of a page, and for one.
SECONDS, SECONDS_EACH = 5.0, 2.0
#: Of texts whose differences are on one page, both versions.
MOST_BYTES = 2 * 1024 * 1024


def history(call: Call) -> Response:
    """Show the commits that led to a revision, the newest first."""
    number = call.integer("p", 0)
    with call.hub.store.reading() as store:
        opened = open_revision(call, store)
        found = store.history(opened.commit, number * PAGE, PAGE + 1)
        names: dict[str, list[str]] = {}
        for name, commit in store.references(opened.repository, "tags").items():
            names.setdefault(commit, []).append(name)
    return page(
        call,
        "repository/commits.html.jinja",
        opened=opened,
        here="history",
        commits=found[:PAGE],
        names=names,
        number=number,
        more=len(found) > PAGE,
    )


@dataclass(slots=True)
class Change:
    """A file before and after a commit, and the difference of its text; ``reason`` says why there is none."""

    path: str
    old: Entry | None
    new: Entry | None
    texts: tuple[str, str] | None = None
    reason: str = ""
    lines: list[list[str]] | None = None

    @property
    def kind(self) -> str:
        """What happened to the file."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


def commit(call: Call) -> Response:
    """Show what a commit changed, with the difference of small texts."""
    number = call.integer("p", 0)
    with call.hub.store.reading() as store:
        opened = open_revision(call, store)
        revision = store.revision(opened.commit)
        written = store.changes(opened.commit, number * PAGE_FILES, PAGE_FILES + 1)
        before = store.files(revision.parent) if revision.parent else None
        changes = [Change(path, before.get(path) if before else None, entry) for path, entry in written[:PAGE_FILES]]
        # The first commit of a line has the whole tree.
        changes = [each for each in changes if each.new is not None or each.old is not None]
        changes = [each for each in changes if each.new is None or not each.new.same(each.old)]
        _read(call, store, opened, changes)
    _compare(call, changes)
    return page(
        call,
        "repository/commit.html.jinja",
        opened=opened,
        here="history",
        commit=revision,
        changes=changes,
        number=number,
        more=len(written) > PAGE_FILES,
    )


def _read(call: Call, store: Reader, opened: Opened, changes: list[Change]) -> None:
    """Read the texts before and after, as long as a page has room for them."""
    room = MOST_BYTES
    for change in changes:
        sides = [each for each in (change.old, change.new) if each is not None]
        room -= sum(each.size for each in sides)
        if any(each.size > TEXT_BYTES or each.lfs for each in sides) or room < 0:
            change.reason = "Its difference is not shown: the file is large, or kept by LFS."
            continue
        try:
            texts = [text_of(call, store, opened.repository, each) if each else "" for each in (change.old, change.new)]
        except HubError as error:
            change.reason = error.message
            continue
        if texts[0] is None or texts[1] is None:
            change.reason = "Its difference is not shown: it is not a text."
        else:
            change.texts = texts[0], texts[1]


def _compare(call: Call, changes: list[Change]) -> None:
    """Find the differences, as long as there is time."""
    end = time.monotonic() + SECONDS
    for change in changes:
        if change.texts is None:
            continue
        if time.monotonic() > end:
            change.reason = "Its difference is not shown: the others took too long."
            continue
        old, new = change.texts
        try:
            change.lines = call.hub.workers.run("difference", SECONDS_EACH, old=old, new=new)
        except UnfitError as error:
            change.reason = f"Its difference is not shown. {error}"


ROUTES = (
    repository_page(f"/commits/{REVISION}", history),
    repository_page(f"/commit/{REVISION}", commit),
)
