"""The commands of the sources: list them, or run the items stage on its own."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from globmed.cli.console import stderr, stdout
from globmed.cli.options import json_option

if TYPE_CHECKING:
    from builders.sources.items import ItemsReport
    from builders.sources.source import Source

SourcesFolder = Annotated[Path, typer.Option(help="Folder with one sub-folder per source.")]


def items(
    sources: SourcesFolder,
    out: Annotated[Path, typer.Option(help="Folder for items, rejects and report.")] = Path("build/items"),
    only: Annotated[str | None, typer.Option(help="Sources, comma-separated; all present ones by default.")] = None,
    as_json: Annotated[bool, json_option("Print the report as JSON.")] = False,
) -> None:
    """Parse upstream files into items and rejects."""
    from dataclasses import asdict

    from builders.sources.items import build_items

    names = None if only is None else [name.strip() for name in only.split(",") if name.strip()]
    with stderr.status("items") as status:
        report = build_items(sources, out, names, lambda name: status.update(f"items: {name}"))
    if as_json:
        stdout.print_json(json.dumps(asdict(report)))
    else:
        _print_report(report)


def sources(
    sources: Annotated[
        Path | None, typer.Option(help="Folder with one sub-folder per source: show which are present.")
    ] = None,
    as_json: Annotated[bool, json_option("Print them as JSON.")] = False,
) -> None:
    """List the sources, their licences, and whether their rows may be published."""
    from builders.sources import SOURCES, sources_in

    there = None if sources is None else sources_in(sources)
    entries = [_entry(source, there) for source in SOURCES.values()]
    if as_json:
        stdout.print_json(json.dumps(entries))
        return
    table = Table(*entries[0])
    for entry in entries:
        table.add_row(*(_cell(value) for value in entry.values()))
    stdout.print(table)


def _entry(source: "Source", there: "tuple[Source, ...] | None") -> dict[str, object]:
    entry: dict[str, object] = {
        "name": source.name,
        "task": source.task,
        "languages": {tag: text.origin for tag, text in source.languages.items()},
        "licence": source.licence,
        "publish": source.publish,
        "reason": source.publish_reason,
        "upstream": source.upstream,
    }
    return entry if there is None else {**entry, "there": source in there}


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{tag} ({origin})" for tag, origin in value.items())
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _print_report(report: "ItemsReport") -> None:
    from builders.sources import told_twice

    table = Table("source", "language", "records", "items", "rejects", title="Items")
    for name, source in report.sources.items():
        for tag, tally in source.languages.items():
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in tally.rejects.items())
            table.add_row(name, tag, f"{tally.records:,}", f"{tally.items:,}", reasons)
    for column in table.columns[2:4]:
        column.justify = "right"
    stdout.print(table)
    for name, source in report.sources.items():
        if source.unused:
            stdout.print(f"not used in {name}: {', '.join(source.unused)}", highlight=False, markup=False)
    for line in told_twice(report.sources):
        stdout.print(line, highlight=False, markup=False)
    if report.unused_folders:
        stdout.print(f"folders of no source: {', '.join(report.unused_folders)}", highlight=False, markup=False)
