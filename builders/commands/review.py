"""The commands under ``globmed review``: plan a round, send it out, import it, and apply its results."""

import json
from dataclasses import asdict
from functools import partial as bind
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from globmed.cli.console import stdout
from globmed.cli.options import BUILD, AsJson, Build
from globmed.errors import UserError

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(name="review", help="Review rounds with bilingual experts.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="ROUND", help="Folder of the round.")]


@app.callback()
def review() -> None:
    """Review rounds with bilingual experts."""


@app.command()
def plan(
    out: Annotated[Path, typer.Argument(metavar="ROUND", help="Folder to write; its name is that of the round.")],
    languages: Annotated[str, typer.Option(help="Config names or tags, comma-separated.")],
    build: Build = BUILD,
    items: Annotated[int, typer.Option(min=2, help="Rows per language.")] = 350,
    interval: Annotated[
        float | None, typer.Option(help="Half the width of the 95 % interval of a share; sets the number of rows.")
    ] = None,
    risk: Annotated[float, typer.Option(help="Share of the rows chosen by risk.")] = 0.3,
    twice: Annotated[float, typer.Option(help="Share of the rows that two raters rate.")] = 1 / 3,
    rater: Annotated[list[str] | None, typer.Option(help="LANGUAGE:NAME; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all random choices.")] = 0,
    version: Annotated[str | None, typer.Option(help="Version of the dataset; the round's name by default.")] = None,
    glossary: Annotated[Path | None, typer.Option(help="Agreed terms to show, CSV or TBX.")] = None,
    after: Annotated[
        Path | None, typer.Option(help="Earlier round; near-copies of its corrected texts come first.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Choose the rows of a round and assign raters."""
    from builders.review.plan import Wish
    from builders.review.plan import plan as run
    from builders.rows.artifacts.folder import BuildFolder
    from globmed.languages import select

    wish = Wish(items, interval, risk, twice, seed, _raters(rater or []), version, glossary, after)
    _print(run(BuildFolder(build), select(languages), out, wish), as_json=as_json)


@app.command()
def sheets(folder: Folder) -> None:
    """Write an XLSX and a CSV file for every rater."""
    from builders.review.round import Round
    from builders.review.sheets import write_sheets

    for path in write_sheets(Round(folder)):
        stdout.print(str(path), highlight=False, soft_wrap=True, markup=False)


@app.command("import")
def import_(
    folder: Folder,
    files: Annotated[list[Path] | None, typer.Argument(help="Returned .xlsx and .csv files.")] = None,
    web: Annotated[bool, typer.Option("--web", help="Import the ratings saved on the page.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Import rated items although others are not rated.")
    ] = False,
    accept: Annotated[
        list[str] | None, typer.Option(help="Id of an item whose edit is correct although its numbers differ.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check returned files row by row, and import all or none; exit code 2 if one is refused."""
    import polars as pl

    from builders.review.returns import import_returns
    from builders.review.round import Round
    from builders.review.serve.saves import saved_lines

    if not files and not web:
        raise UserError("nothing to import: name returned files, or --web for what was saved on the page")
    saved = saved_lines(Round(folder)) if web else []
    checked = import_returns(Round(folder), files or [], saved, partial=partial, accept=accept or [])
    _print(pl.DataFrame([asdict(each) for each in checked.findings]), as_json=as_json)
    if checked.refused:
        raise UserError(
            f"{len(checked.refused)} findings are refused and nothing was taken: correct the files by "
            f"{Round(folder).findings}, and import them all again"
        )
    if not as_json:
        stdout.print(f"{checked.ratings.height:,} ratings taken", highlight=False)


@app.command()
def invite(
    folder: Folder,
    rater: Annotated[list[str] | None, typer.Option(help="Rater who gets a new link; all by default.")] = None,
    url: Annotated[str, typer.Option(help="Address at which raters reach the page.")] = "http://127.0.0.1:8735",
) -> None:
    """Create a link for every rater, shown once; their older links stop working."""
    from builders.review.round import Round
    from builders.review.serve.access import invite as run

    for reviewer, token in run(Round(folder), rater or []).items():
        link = f"{url.rstrip('/')}/i/{token}"
        stdout.print(f"{reviewer.config} {reviewer.rater} {link}", highlight=False, soft_wrap=True, markup=False)


@app.command()
def serve(
    folder: Folder,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any free one.", min=0, max=65535)] = 8735,
    certificate: Annotated[
        Path | None, typer.Option(help="Certificate for HTTPS, PEM.", exists=True, dir_okay=False)
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its key, PEM.", exists=True, dir_okay=False)] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy in front of the server provides HTTPS.")
    ] = False,
) -> None:
    """Serve the page on which raters work, until Ctrl-C; `invite` makes their links."""
    from builders.review.round import Round
    from builders.review.serve.server import serve as run

    if (certificate is None) != (key is None):
        raise UserError("--certificate and --key: expected both or none")
    both = (certificate, key) if certificate and key else None
    ready = bind(stdout.print, highlight=False, soft_wrap=True)
    run(Round(folder), host, port, ready, both, behind_proxy=behind_proxy)


@app.command()
def agreement(folder: Folder, as_json: AsJson = False) -> None:
    """Report the raters' agreement, who differs from all others, and what the random part shows for all rows."""
    from builders.review.agreement import agreement as run
    from builders.review.round import Round

    found = run(Round(folder))
    frames = {"agreement": found.alphas, "raters that differ": found.outliers, "random part": found.means}
    if as_json:
        stdout.print_json(json.dumps({name: frame.to_dicts() for name, frame in frames.items()}))
        return
    for name, frame in frames.items():
        if frame.height:
            stdout.print(name)
            _print(frame, as_json=False)


@app.command()
def apply(
    folder: Folder,
    memory: Annotated[Path, typer.Option(help="Folder of the translation memory that builds name with --memory.")],
    decisions: Annotated[Path | None, typer.Option(help="disputed.csv with an x in `take`.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add the round's edits to the translation memory, and its ratings beside it, for the next build."""
    import polars as pl

    from builders.review.apply import apply as run
    from builders.review.round import Round

    applied = run(Round(folder), memory, decisions)
    counts = {
        "mended": applied.entries.filter("edited").height,
        "confirmed": applied.entries.filter(~pl.col("edited")).height,
        "disputed": applied.disputed["key"].n_unique(),
        "near copies": applied.near_copies.height,
        "rows reviewed": sum(applied.reviewed.values()),
    }
    if as_json:
        stdout.print_json(json.dumps(counts))
        return
    for name, count in counts.items():
        stdout.print(f"{name:>14}  {count:,}", highlight=False)


@app.command()
def published(
    sheets: Annotated[list[Path], typer.Argument(help="Sheets of reviews: CSV, TSV, JSON, JSON Lines or Parquet.")],
    memory: Annotated[Path, typer.Option(help="Folder of the translation memory that builds name with --memory.")],
    build: Build = BUILD,
    language: Annotated[
        str | None, typer.Option(help="Language of sheets without a column for it: config name or tag.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take reviews that others published, such as the paper's sample, into the memory and the review records."""
    from builders.review.published import take_reviews
    from builders.rows.artifacts.folder import BuildFolder
    from globmed.languages import language as known

    taken = take_reviews(sheets, BuildFolder(build), memory, None if language is None else known(language))
    if as_json:
        stdout.print_json(json.dumps(asdict(taken)))
        return
    left_out = [(f"left out, {reason}", count) for reason, count in taken.left_out.items() if count]
    rows = [(f"rows reviewed, {name}", count) for name, count in taken.rows.items()]
    texts = [("mended", taken.edited), ("confirmed", taken.confirmed), ("disputed", taken.disputed)]
    for name, count in (("lines", taken.lines), *left_out, *texts, *rows):
        stdout.print(f"{count:>9,}  {name}", highlight=False, markup=False)


def _raters(named: list[str]) -> dict[str, list[str]]:
    from globmed.languages import language

    found: dict[str, list[str]] = {}
    for each in named:
        config, colon, rater = each.partition(":")
        if not colon:
            raise UserError(f"--rater {each}: expected LANGUAGE:NAME, such as swahili:amina")
        found.setdefault(language(config).name, []).append(rater)
    return found


def _print(frame: "pl.DataFrame", *, as_json: bool) -> None:
    if as_json:
        stdout.print_json(json.dumps(frame.to_dicts()))
        return
    table = Table(*frame.columns)
    for row in frame.iter_rows():
        table.add_row(*(_shown(value) for value in row))
    stdout.print(table)


def _shown(value: Any) -> Text:
    # Not as a string: Rich would take a mark such as [question] for markup.
    return Text("" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value))
