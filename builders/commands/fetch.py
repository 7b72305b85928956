"""``globmed fetch``: the sources' files, from where they are published."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from globmed.cli.console import stdout, tell, transfer_bars
from globmed.cli.options import ResultAsJson

if TYPE_CHECKING:
    from builders.fetch.fetch import Status

FOLDER = Path("build/sources")
Names = Annotated[list[str] | None, typer.Argument(help="Names of sources; all by default.", show_default=False)]
Out = Annotated[Path, typer.Option(help="Gets a folder a source, for `build --sources`.")]
Lock = Annotated[
    Path | None,
    typer.Option(help="What every fetched file has to be; builders/sources/lock.toml by default.", show_default=False),
]
OnlyPlan = Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched, its size and licence.")]
Mirror = Annotated[
    bool,
    typer.Option("--mirror", help="Where a mirror lacks the pinned revision, take its newest; known hashes decide."),
]


def fetch(
    sources: Names = None,
    out: Out = FOLDER,
    lock: Lock = None,
    dry_run: OnlyPlan = False,
    mirror: Mirror = False,
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
    for column in table.columns:
        column.no_wrap = column.header != "source"
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
