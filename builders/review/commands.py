"""The commands under ``globmed review``: plan a round, hand it out, take it back, and use what it found."""

import json
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table

from globmed.console import stdout
from globmed.errors import UserError

app = typer.Typer(name="review", help="Review rounds with bilingual experts.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="ROUND", help="Folder of the round.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def review() -> None:
    """Review rounds with bilingual experts."""


@app.command()
def plan(
    out: Annotated[Path, typer.Argument(metavar="ROUND", help="Folder to write; its name is the round's.")],
    languages: Annotated[str, typer.Option(help="Config names or tags, comma-separated.")],
    build: Annotated[Path, typer.Option(help="Build folder.")] = Path("build/dataset"),
    items: Annotated[int, typer.Option(min=2, help="Rows of a language.")] = 350,
    interval: Annotated[
        float | None, typer.Option(help="Half the width of the 95 % interval of a share; sets the number of rows.")
    ] = None,
    risk: Annotated[float, typer.Option(help="Share of the rows that is chosen by risk.")] = 0.3,
    twice: Annotated[float, typer.Option(help="Share of the rows that two raters rate.")] = 1 / 3,
    rater: Annotated[list[str] | None, typer.Option(help="LANGUAGE:NAME; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(help="Decides every choice.")] = 0,
    version: Annotated[str | None, typer.Option(help="Of the dataset; the round's name by default.")] = None,
    glossary: Annotated[Path | None, typer.Option(help="Agreed terms to show, CSV or TBX.")] = None,
    after: Annotated[Path | None, typer.Option(help="Earlier round, whose near copies come first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Choose the rows of a round, and who rates each."""
    from builders.build import BuildFolder
    from builders.review.plan import Wish
    from builders.review.plan import plan as run
    from globmed.languages import select

    wish = Wish(items, interval, risk, twice, seed, _raters(rater or []), version, glossary, after)
    _print(run(BuildFolder(build), select(languages), out, wish), as_json=as_json)


@app.command()
def sheets(folder: Folder) -> None:
    """Write an XLSX and a CSV file for every rater."""
    from builders.review.round import Round
    from builders.review.sheets import write_sheets

    for path in write_sheets(Round(folder)):
        stdout.print(str(path), highlight=False, soft_wrap=True)


def _raters(named: list[str]) -> dict[str, list[str]]:
    from globmed.languages import language

    found: dict[str, list[str]] = {}
    for each in named:
        config, colon, rater = each.partition(":")
        if not colon:
            raise UserError(f"--rater {each}: expected LANGUAGE:NAME, such as swahili:amina")
        found.setdefault(language(config).name, []).append(rater)
    return found


def _print(frame: pl.DataFrame, *, as_json: bool) -> None:
    if as_json:
        stdout.print_json(json.dumps(frame.to_dicts()))
        return
    table = Table(*frame.columns)
    for row in frame.iter_rows():
        table.add_row(*(_shown(value) for value in row))
    stdout.print(table)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
