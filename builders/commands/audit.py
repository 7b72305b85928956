"""``globmed audit``: what is wrong in the upstreams themselves."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from globmed.cli.console import stderr, stdout
from globmed.cli.options import BUILD, Build, json_option
from globmed.errors import UserError

if TYPE_CHECKING:
    import polars as pl

SourcesFolder = Annotated[
    Path | None,
    typer.Option(help="Audit the files of this folder, one sub-folder a source; without it, what a build found."),
]
FORMATS = (".csv", ".parquet")


def audit(
    sources: SourcesFolder = None,
    build: Build = BUILD,
    only: Annotated[str | None, typer.Option(help="Sources, comma-separated; all that are there by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Table to write the errata to, .csv or .parquet.")] = None,
    as_json: Annotated[bool, json_option("Print the errata as JSON.")] = False,
) -> None:
    """List the errata of the upstreams, by source, record and kind, without their texts.

    A line says what became of the record: it was left out, mended, or kept and noted. Items of train that a held-out
    split asks too are among them.
    """
    names = None if only is None else [name.strip() for name in only.split(",") if name.strip()]
    if out is not None and out.suffix not in FORMATS:
        raise UserError(f"{out}: found the suffix {out.suffix!r}, expected {' or '.join(FORMATS)}: name another file")
    lines = _of_build(build, names) if sources is None else _of_sources(sources, names)
    if out is not None:
        _write(lines, out)
    if as_json:
        stdout.print_json(json.dumps(lines.to_dicts()))
        return
    _print(lines)


def _of_build(folder: Path, names: list[str] | None) -> "pl.DataFrame":
    import polars as pl

    from builders.rows.artifacts.folder import BuildFolder
    from builders.sources import source
    from builders.sources.audit.errata import register

    build = BuildFolder(folder)
    if not build.items.is_dir():
        raise UserError(f"{folder}: nothing was built there: run `globmed build --out {folder}`, or name --sources")
    lines = register(build.items, build.leaks)
    return lines if names is None else lines.filter(pl.col("source").is_in([source(name).name for name in names]))


def _of_sources(folder: Path, names: list[str] | None) -> "pl.DataFrame":
    from builders.rows.leaks import LEAKS, leave_out_leaks
    from builders.sources.audit.errata import register
    from builders.sources.items import ITEMS, build_items

    with TemporaryDirectory() as temporary, stderr.status("audit") as status:
        items, kept = Path(temporary, "items"), Path(temporary, "kept")
        build_items(folder, items, names, lambda name: status.update(f"audit: {name}"))
        status.update("audit: leaks")
        leave_out_leaks(items / ITEMS, kept)
        return register(items, kept / LEAKS)


def _write(lines: "pl.DataFrame", out: Path) -> None:
    from globmed.storage.files import write_text
    from globmed.storage.parquet import write_parquet

    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".csv":
        write_text(out, lines.write_csv())
    else:
        write_parquet(lines, out)


def _print(lines: "pl.DataFrame") -> None:
    for source, language, split, name, file, record, kind, action, detail in lines.iter_rows():
        place = name or (f"{file}: {record}" if record else split)
        also = f" ({detail})" if detail else ""
        text = f"{source}\t{language}\t{place}\t{kind}{also}\t{action}"
        stdout.print(text, highlight=False, markup=False, soft_wrap=True)
    table = Table("source", "kind", "action", "lines", title="Errata")
    table.columns[3].justify = "right"
    for *cells, count in lines.group_by("source", "kind", "action").len().sort("source", "kind", "action").iter_rows():
        table.add_row(*cells, f"{count:,}")
    stdout.print(table)
