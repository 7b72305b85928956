"""The commands under ``globmed language``: add a language, report the status of each, remove one."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from builders.commands.release import Decisions
from globmed.cli.console import stdout
from globmed.cli.options import BUILD, PROJECT_HUB, Build, Hub, HubRoot, Repository, ResultAsJson
from globmed.errors import UserError
from globmed.storage.packages import require_checkout
from globmed.versions import REPOSITORY

if TYPE_CHECKING:
    from builders.language.add import Added

app = typer.Typer(name="language", help="Add languages, and show their status.", no_args_is_help=True)

Packages = Annotated[Path, typer.Option(help="Folder of installed translation packages.")]
Name = Annotated[str, typer.Argument(metavar="LANGUAGE", help="Config name or tag.")]


@app.command()
def add(
    what: Annotated[str | None, typer.Argument(metavar="[LANGUAGE]", help="BCP-47 tag or English name.")] = None,
    name: Annotated[str | None, typer.Option(help="Config name: the English name in lower case.")] = None,
    tag: Annotated[str | None, typer.Option(help="BCP-47 tag, if LANGUAGE is not given.")] = None,
    iso639_3: Annotated[str | None, typer.Option("--iso639-3", help="ISO 639-3 code.")] = None,
    script: Annotated[str | None, typer.Option(help="ISO 15924 code of the script.")] = None,
    glottocode: Annotated[str | None, typer.Option(help="Code of https://glottolog.org.")] = None,
    tier: Annotated[Literal["high", "low"] | None, typer.Option(help="Digital resources; low by default.")] = None,
    route: Annotated[Literal["argos", "train"] | None, typer.Option(help="Route of translation from English.")] = None,
    native_name: Annotated[str | None, typer.Option(help="Name of the language in the language itself.")] = None,
    digits: Annotated[str | None, typer.Option(help="The ten digits of running text, from 0 to 9.")] = None,
    decimal_mark: Annotated[str | None, typer.Option(help="Mark before decimals.")] = None,
    reviewers: Annotated[int | None, typer.Option(help="Bilingual reviewers wanted for a round.")] = None,
    packages: Packages = Path("build/translators"),
    index: Annotated[str | None, typer.Option(help="Address or file of an index.json of Argos.")] = None,
    as_json: ResultAsJson = False,
) -> None:
    """Add a language to the list, with a page and a glossary to fill in; print the next steps."""
    from builders.language.add import add as run

    require_checkout("globmed language add")
    fields = {
        "name": name.strip().lower().replace(" ", "_") if name else None,
        "iso639_3": iso639_3,
        "script": script,
        "glottocode": glottocode,
        "tier": tier,
        "route": route,
        "native_name": native_name,
        "digits": digits,
        "decimal_mark": decimal_mark,
        "reviewers": reviewers,
    }
    given = {field: value for field, value in fields.items() if value is not None}
    ask = typer.prompt if sys.stdin.isatty() and not as_json else None
    wanted = what or tag or name or (ask("BCP-47 tag or English name") if ask else None)
    if what and tag and what != tag:
        raise UserError(f"both {what!r} and --tag {tag!r}: give one of them")
    if not wanted:
        raise UserError("no language was named: give its BCP-47 tag or English name")
    _print_added(run(wanted, given, packages, index, ask), as_json=as_json)


@app.command()
def remove(
    name: Name,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    as_json: ResultAsJson = False,
) -> None:
    """Remove a language from the list, unless a version has it."""
    from builders.language.remove import remove as run
    from globmed.cli.hub import LOCAL, choose_hub, hub_access
    from globmed.languages import language

    require_checkout("globmed language remove")
    hub = choose_hub(hub, hub_root)
    from builders.release.hub.repository import open_repository

    entry = language(name)
    if hub == LOCAL and not hub_root.is_dir():
        files = run(entry, None)
    else:
        with hub_access(hub, hub_root) as access, open_repository(repository, access) as there:
            files = run(entry, there)
    if as_json:
        stdout.print_json(json.dumps({"language": entry.name, "files": [str(path) for path in files]}))
    else:
        stdout.print(f"{entry.name} is off the list", highlight=False)
        _print_files(files)


@app.command()
def status(
    build: Build = BUILD,
    rounds: Annotated[
        list[Path] | None, typer.Option("--round", help="Folder of a review round; may be repeated.")
    ] = None,
    decisions: Decisions = None,
    as_json: ResultAsJson = False,
) -> None:
    """Show the rows, origins, quality and reviews of every language, and what blocks its publication."""
    from builders.language.status import language_status
    from builders.language.status_report import print_status
    from builders.licences.gate import read_gate
    from builders.review.round import Round
    from builders.rows.artifacts.folder import BuildFolder

    found = language_status(BuildFolder(build), [Round(path) for path in rounds or []], read_gate(decisions))
    if as_json:
        stdout.print_json(json.dumps([asdict(entry) for entry in found]))
    else:
        print_status(found, stdout)


def _print_added(added: "Added", *, as_json: bool) -> None:
    entry = added.entry
    steps = _next_steps(entry.name, added)
    if as_json:
        made = {"language": asdict(entry), "filled": added.filled, "files": [str(path) for path in added.files]}
        ways = [asdict(route) for route in added.routes]
        stdout.print_json(json.dumps({**made, "routes": ways, "next": steps}))
        return
    table = Table("field", "value", "from")
    for field, value in asdict(entry).items():
        table.add_row(field, str(value), "filled in" if field in added.filled else "given")
    stdout.print(table)
    _print_files(added.files)
    stdout.print("Ways from English:", highlight=False)
    for route in added.routes:
        stdout.print(f"  {route.kind}: {route.says}", highlight=False, soft_wrap=True, markup=False)
        if route.command:
            stdout.print(f"    {route.command}", highlight=False, soft_wrap=True, markup=False)
    stdout.print("Next:", highlight=False)
    for step in steps:
        stdout.print(f"  {step}", highlight=False, soft_wrap=True, markup=False)


def _next_steps(name: str, added: "Added") -> list[str]:
    installed = any(route.kind == "installed" for route in added.routes)
    return [
        *([] if installed else ["install a package by one of these ways, or put translations into a TMX file"]),
        f"globmed build --sources DIR --packages build/translators --languages english,{name} --out build/{name}",
        f"globmed validate build/{name}",
        f"globmed draft {name} --build build/{name}",
        f"globmed language status --build build/{name}",
    ]


def _print_files(files: list[Path]) -> None:
    for path in files:
        stdout.print(f"  {path}", highlight=False, soft_wrap=True, markup=False)
