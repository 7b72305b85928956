"""``globmed fetch``: the sources' files, from where they are published."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from globmed.cli.console import stdout, tell, transfer_bars, visible
from globmed.cli.options import ResultAsJson

if TYPE_CHECKING:
    from builders.fetch.fetch import Status, Wish
    from builders.fetch.newer import Newer
    from builders.fetch.target import Target

FOLDER = Path("build/sources")
CHANGED = ("source", "language", "added", "removed", "other key", "other texts")
Names = Annotated[list[str] | None, typer.Argument(help="Names of sources; all by default.", show_default=False)]
Out = Annotated[Path, typer.Option(help="Gets a folder a source, for `build --sources`.")]
Lock = Annotated[
    Path | None,
    typer.Option(
        help="Expected hash and size of every file; builders/sources/lock.toml of a checkout by default, elsewhere "
        "sources.lock.toml.",
        show_default=False,
    ),
]
OnlyPlan = Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched, its size and licence.")]
Update = Annotated[
    bool, typer.Option("--update", help="Say what changed in newer revisions: records, keys, licence. Takes none.")
]
Mirror = Annotated[
    bool,
    typer.Option("--mirror", help="Where a mirror lacks the pinned revision, take its newest; known hashes decide."),
]


def fetch(
    sources: Names = None,
    out: Out = FOLDER,
    lock: Lock = None,
    dry_run: OnlyPlan = False,
    update: Update = False,
    mirror: Mirror = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="With --update: print what is newer as Markdown; nothing if nothing is.")
    ] = False,
    as_json: ResultAsJson = False,
) -> None:
    """Fetch the sources' files from where they are published, at pinned revisions.

    Files are compared with the lock file, or recorded there if it does not have them yet. Where terms have to be
    accepted, or files are handed out by a person, a line says so. The Hub's client, its cache and token are yours.
    """
    from builders.fetch.fetch import State, Wish, survey
    from builders.fetch.fetch import fetch as bring
    from builders.fetch.lock import LOCK
    from builders.fetch.target import targets
    from globmed.errors import UserError

    chosen = targets(sources or ())
    wish = Wish(out, lock or LOCK, mirror)
    if markdown and (as_json or not update):
        raise UserError("--markdown: expected --update, and not --json; see `globmed fetch --help`")
    if update:
        _print_newer(chosen, wish, markdown=markdown, as_json=as_json)
        return
    if dry_run:
        statuses = survey(chosen, wish)
    else:
        with transfer_bars() as bar:
            statuses = bring(chosen, wish, bar)
    if as_json:
        stdout.print_json(json.dumps([_entry(status) for status in statuses]))
    else:
        stdout.print(_table(statuses))
    refused = (State.UNKNOWN,) if dry_run or not sources else (State.BY_HAND, State.TERMS)
    failed = [status for status in statuses if status.state in refused]
    for status in statuses:
        if status.note and status not in failed:
            tell(status.note)
    if failed:
        others = [status.target.names for status in failed[1:]]
        raise UserError("; ".join([failed[0].note, *([f"likewise {', '.join(others)}"] if others else [])]))


def _print_newer(targets: "Sequence[Target]", wish: "Wish", *, markdown: bool, as_json: bool) -> None:
    """Print what changed in newer revisions."""
    from dataclasses import asdict

    from builders.fetch.newer import newer

    with transfer_bars() as bar:
        found = list(newer(targets, wish, bar))
    if as_json:
        entries = [
            {
                "sources": [each.name for each in one.target.sources],
                "revision": one.here and one.here.revision,
                "newest": one.there and one.there.revision,
                "licence": [one.here and one.here.licence, one.there and one.there.licence],
                "files": dict(one.files),
                "changes": [asdict(change) for change in one.changes],
                "note": one.note,
            }
            for one in found
        ]
        stdout.print_json(json.dumps(entries))
        return
    if markdown:
        if moved := [one for one in found if one.moved]:
            stdout.print(_to_markdown(moved), markup=False, highlight=False, soft_wrap=True)
        for one in found:
            if not one.moved:
                tell(_told(one))
        return
    table = Table(*CHANGED, title="Items of newer revisions")
    for cells in _changed_items(found):
        table.add_row(*(str(cell) if isinstance(cell, str) else f"{cell:,}" for cell in cells))
    if table.rows:
        stdout.print(table)
    for one in found:
        tell(_told(one))


def _changed_items(found: "Sequence[Newer]") -> "list[tuple[str | int, ...]]":
    return [
        (change.source, change.language, change.added, change.removed, change.keys, change.texts)
        for one in found
        for change in one.changes
    ]


def _to_markdown(found: "Sequence[Newer]") -> str:
    """Return the newer revisions as Markdown, with all data escaped."""
    from globmed.render.markdown import escaped
    from globmed.render.markdown import table as rows

    lines = "\n".join(f"- {escaped(visible(_told(one)))}" for one in found)
    items = _changed_items(found)
    return f"{rows(CHANGED, items, numbers_from=2)}\n\n{lines}" if items else lines


def _told(one: "Newer") -> str:
    """Say in one line what a place has now."""
    if one.here is None or one.there is None:
        return one.note
    if not one.moved:
        return f"{one.target.names}: {one.here.revision} is the newest"
    files = ", ".join(f"{name} {how}" for name, how in one.files.items()) or "the same files"
    licence = (
        "" if one.here.licence == one.there.licence else f", licence {one.there.licence!r}, {one.here.licence!r} before"
    )
    return f"{one.target.names}: {one.there.revision} has {files}{licence}; {one.note}"


def _entry(status: "Status") -> dict[str, object]:
    target, listing = status.target, status.listing
    return {
        "sources": [each.name for each in target.sources],
        "state": status.state,
        "from": target.place.address,
        "revision": target.place.revision if listing is None else listing.revision,
        "files": None if listing is None else dict(listing.files),
        "size": None if listing is None else listing.size,
        "licence": target.sources[0].licence,
        "stated": None if listing is None else listing.licence,
        "note": status.note,
    }


def _table(statuses: "Sequence[Status]") -> Table:
    from rich.filesize import decimal

    table = Table("source", "from", "revision", "files", "size", "licence", "state")
    table.columns[0].min_width = 13
    for column in table.columns:
        column.no_wrap = column.header not in ("source", "from", "licence")
    for entry, status in zip(map(_entry, statuses), statuses, strict=True):
        size, files = entry["size"], status.listing.files if status.listing else None
        table.add_row(
            status.target.names,
            status.target.place.address.removeprefix("https://"),
            str(entry["revision"] or "")[:8],
            "" if files is None else str(len(files)),
            decimal(size) if isinstance(size, int) else "",
            str(entry["licence"]),
            str(entry["state"]),
        )
    return table
