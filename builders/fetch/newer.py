"""Newer revisions of what was fetched: what changed in files, records, keys and licence. Nothing of them is taken."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from builders.fetch.fetch import Bar, State, Status, Wish, download, look, plan
from builders.fetch.lock import Known
from builders.fetch.mark import known_files
from builders.fetch.target import Target
from builders.fetch.upstream import Listing
from builders.sources.items import ITEMS, build_items
from globmed.errors import UserError
from globmed.schema import CONTENT
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
    """What is here of a target, what its place has now, and what is between them.

    Attributes:
        target: the target.
        here: what was fetched.
        there: the place at its newest revision; None if it was not asked.
        files: ``added``, ``removed`` or ``changed``, by path in the folder.
        changes: of items; empty if no file differs.
        note: why nothing is known, or the next step; empty if nothing changed.
    """

    target: Target
    here: Listing | None
    there: Listing | None
    files: Mapping[str, str]
    changes: tuple[Change, ...]
    note: str


def newer(targets: Iterable[Target], wish: Wish, bar: Bar) -> Iterator[Newer]:
    """Compare what was fetched with the newest revision of its place.

    Raises:
        UserError: a place cannot be reached, or a folder was changed since it was fetched.
    """
    for target in targets:
        status = plan(target, wish)
        if status.state is not State.HERE or status.listing is None:
            yield Newer(target, None, None, {}, (), status.note or f"{target.names}: not here; fetch it first")
        elif target.place.kind == "web":
            yield Newer(target, status.listing, None, {}, (), f"{target.place.address} has no revisions")
        else:
            yield _newer(status, status.listing, wish, bar)


def _newer(status: Status, here: Listing, wish: Wish, bar: Bar) -> Newer:
    target = status.target
    there = look(target, None)
    if there.revision == here.revision:
        return Newer(target, here, there, {}, (), "")
    with tempfile.TemporaryDirectory(dir=wish.out, prefix=".newer-") as made:
        work = Path(made)
        download(target, there, None, work / "there" / target.folder, bar)
        old, new = known_files(wish.out / target.folder), known_files(work / "there" / target.folder)
        files = {name: _difference(name, old, new) for name in sorted(old.keys() | new.keys())}
        files = {name: how for name, how in files.items() if how}
        step = f"to take it, set the revision of `place` of {target.names} to {there.revision}, and fetch"
        try:
            changes = _changes(target, wish.out, work) if files else ()
        except UserError as error:
            return Newer(target, here, there, files, (), f"{target.names} at {there.revision} cannot be read: {error}")
    return Newer(target, here, there, files, changes, step)


def _difference(name: str, old: Mapping[str, Known], new: Mapping[str, Known]) -> str:
    if name not in old:
        return "added"
    if name not in new:
        return "removed"
    return "" if old[name] == new[name] else "changed"


def _changes(target: Target, out: Path, work: Path) -> tuple[Change, ...]:
    """Compare the items of the folder with those below ``work / "there"``."""
    names = [each.name for each in target.sources]
    frames = {}
    for name, sources in (("older", out), ("newer", work / "there")):
        build_items(sources, work / name, names)
        content = pl.struct(CONTENT).struct.json_encode().alias("content")
        frames[name] = pl.scan_parquet(work / name / ITEMS).select(*COMPARED, content).collect()
    with connect() as connection:
        rows = query(connection, "fetch/changes", frames)
    return tuple(Change(**row) for row in rows.to_dicts())
