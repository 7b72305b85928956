"""The core's commands: working with published versions, and the Hub server."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from globmed.cli.console import stdout
from globmed.cli.options import PROJECT_HUB, HubRoot, ReadHub, Repository, json_option
from globmed.versions import REPOSITORY

USE = "Use a published version"
SERVE = "Serve a Hub"


def register(app: typer.Typer) -> None:
    """Add the core's commands to the command line."""
    app.command(rich_help_panel=USE)(languages)
    app.command(rich_help_panel=USE)(load)
    from globmed.hub.commands import app as hub
    from globmed.versions.explore.command import explore

    app.command(rich_help_panel=USE)(explore)
    app.add_typer(hub, name="hub", help="Run a local Hub for the ordinary clients.", rich_help_panel=SERVE)


def languages(as_json: Annotated[bool, json_option("Print them as JSON.")] = False) -> None:
    """List the languages."""
    from dataclasses import asdict

    from globmed.languages import languages as known

    entries = [asdict(entry) for entry in known().values()]
    if as_json:
        stdout.print_json(json.dumps(entries))
        return
    columns = ("name", "tag", "iso639_3", "script", "glottocode", "tier", "route", "native_name")
    table = Table(*columns)
    for entry in entries:
        table.add_row(*(entry[column] for column in columns))
    stdout.print(table)


def load(
    config: Annotated[str, typer.Argument(help="Config name or tag.")],
    version: Annotated[str, typer.Option(help="Number, tag or full commit hash.")],
    split: Annotated[str | None, typer.Option(help="One split alone: train, validation or test.")] = None,
    repository: Repository = REPOSITORY,
    hub: ReadHub = None,
    hub_root: HubRoot = PROJECT_HUB,
    out: Annotated[Path | None, typer.Option(help="Write the rows to this folder, one Parquet file per split.")] = None,
) -> None:
    """Load one language of a version, check it against the manifest, and print a summary."""
    from globmed.cli.hub import read_access
    from globmed.storage.files import replaced
    from globmed.storage.folders import make_folder
    from globmed.versions.load import load as load_rows

    folder = make_folder(out) if out is not None else None
    with read_access(hub, hub_root) as place:
        if split:
            rows = {split: load_rows(config, version, repository, place.endpoint, split=split, token=place.token)}
        else:
            rows = dict(load_rows(config, version, repository, place.endpoint, token=place.token))
    for name, part in rows.items():
        stdout.print(f"{name}: {part.num_rows:,} rows", highlight=False)
        if folder is not None:
            with replaced(folder / f"{name}.parquet") as partial:
                part.to_parquet(partial)
