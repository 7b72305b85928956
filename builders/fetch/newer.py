"""Compare fetched sources with newer revisions: files, records, keys and licence. Nothing is updated."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from builders.fetch.fetch import Bar, State, Status, Wish, download, look, plan
from builders.fetch.lock import Known
from builders.fetch.mark import known_files
from builders.fetch.target import Target
from builders.fetch.upstream import Listing, MovedError, TermsError
from builders.sources.items import ITEMS, build_items
from globmed.errors import UserError
from globmed.schema import CONTENT
from globmed.storage.files import remove
from globmed.storage.lock import locked
from globmed.storage.queries import connect, query

COMPARED = ("source", "language", "id", "options", "answer")


@dataclass(frozen=True, slots=True)
class Change:
    """Counts of a source's items in a language: new, gone, with another key, with the same key and other texts."""

    source: str
    language: str
    added: int
    removed: int
    keys: int
    texts: int


@dataclass(frozen=True, slots=True)
class Newer:
    """The fetched state of a target, the present state of its place, and their differences.

    Attributes:
        target: the target.
        here: the fetched state.
        there: the place at its newest revision; None if it was not queried.
        files: ``added``, ``removed`` or ``changed``, by path in the folder.
        changes: of items; empty if no file differs.
        note: why the comparison failed, or the next step; empty if nothing changed.
    """

    target: Target
    here: Listing | None
    there: Listing | None
    files: Mapping[str, str]
    changes: tuple[Change, ...]
    note: str

    @property
    def moved(self) -> bool:
        """Whether the place has another revision than the fetched one."""
        return self.here is not None and self.there is not None and self.here.revision != self.there.revision


def newer(targets: Iterable[Target], wish: Wish, bar: Bar) -> Iterator[Newer]:
    """Compare a fetched target with the newest revision of its place.

    Raises:
        UserError: a place cannot be reached, a folder was changed since it was fetched, or another process is at work.
    """
    with locked(wish.out):
        for target in targets:
            yield _compared(target, wish, bar)


def _compared(target: Target, wish: Wish, bar: Bar) -> Newer:
    status = plan(target, wish)
    if status.state is not State.HERE or status.listing is None:
        return Newer(target, None, None, {}, (), status.note or f"{target.names}: not here; fetch it first")
    if target.place.kind == "web":
        return Newer(target, status.listing, None, {}, (), f"{target.place.address} has no revisions")
    return _newer(status, status.listing, wish, bar)


def _newer(status: Status, here: Listing, wish: Wish, bar: Bar) -> Newer:
    target, work = status.target, wish.out / ".newer"
    try:
        there = look(target, None)
        if there.revision == here.revision:
            return Newer(target, here, there, {}, (), "")
        remove(work)
        download(target, there, None, work / "there" / target.folder, bar)
        files = _differences(known_files(wish.out / target.folder), known_files(work / "there" / target.folder))
        changes, note = _changes(target, wish.out, work) if files else ((), "")
    except (TermsError, MovedError) as error:
        return Newer(target, here, None, {}, (), f"{target.names}: {error}")
    finally:
        remove(work)
    step = f"to take it, set the revision of `place` of {target.names} to {there.revision}, and fetch"
    return Newer(target, here, there, files, changes, note or step)


def _differences(old: Mapping[str, Known], new: Mapping[str, Known]) -> Mapping[str, str]:
    """Return whether each differing file was added, removed or changed, by path."""
    differing = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return {name: "added" if name not in old else "changed" if name in new else "removed" for name in differing}


def _changes(target: Target, out: Path, work: Path) -> tuple[tuple[Change, ...], str]:
    """Compare the items of the folder with those below ``work / "there"``; and return the obstacle, if there is one."""
    names = [each.name for each in target.sources]
    frames = {}
    for name, sources in (("older", out), ("newer", work / "there")):
        try:
            build_items(sources, work / name, names)
        except UserError as error:
            return (), f"{target.names}: the {name} revision cannot be read: {error}"
        content = pl.struct(CONTENT).struct.json_encode().alias("content")
        frames[name] = pl.scan_parquet(work / name / ITEMS).select(*COMPARED, content).collect()
    with connect() as connection:
        rows = query(connection, "fetch/changes", frames)
    return tuple(Change(**row) for row in rows.to_dicts()), ""
