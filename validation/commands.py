"""The commands of validation, registered with ``globmed`` through its entry point."""

from pathlib import Path
from typing import Annotated

import typer

VALIDATE = "Check translations"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(rich_help_panel=VALIDATE)(signals)


def signals(
    pairs: Annotated[Path, typer.Option(help="TSV: a header `source<TAB>target`, then one pair a line.")],
    source: Annotated[str, typer.Option("--from", help="Language of the sources: config name or tag.")],
    target: Annotated[str, typer.Option("--to", help="Language of the translations.")],
    out: Annotated[Path, typer.Option(help="Parquet to write: the same rows with signals, reasons and critical.")],
) -> None:
    """Score sentence pairs: what of a source may have been lost or changed in its translation."""
    from globmed.console import stdout
    from globmed.languages import language
    from validation.pairs import read_pairs, score_pairs

    scored = score_pairs(read_pairs(pairs), language(source), language(target))
    temporary = out.with_name(f".{out.name}.partial")
    out.parent.mkdir(parents=True, exist_ok=True)
    scored.write_parquet(temporary)
    temporary.rename(out)
    flagged = scored.filter(scored["reasons"].list.len() > 0).height
    stdout.print(
        f"{scored.height:,} pairs, {flagged:,} with a reason, {scored['critical'].sum():,} critical: {out}",
        highlight=False,
    )
