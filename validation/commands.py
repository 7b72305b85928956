"""The commands of validation, registered with ``globmed`` through its entry point."""

import json
from pathlib import Path
from typing import Annotated

import typer

from globmed.cli.options import Estimator, json_option
from globmed.storage.files import replaced

VALIDATE = "Check translations"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(rich_help_panel=VALIDATE)(signals)
    app.command(rich_help_panel=VALIDATE)(validate)
    app.command(rich_help_panel=VALIDATE)(glossary)


def signals(
    pairs: Annotated[Path, typer.Option(help="TSV: a header `source<TAB>target[<TAB>back]`, then one pair per line.")],
    source: Annotated[str, typer.Option("--from", help="Language of the sources: config name or tag.")],
    target: Annotated[str, typer.Option("--to", help="Language of the translations.")],
    out: Annotated[Path, typer.Option(help="Parquet to write: the same rows with signals, reasons and critical.")],
    glossary: Annotated[
        Path | None, typer.Option(help="Agreed terms: CSV with a header `source,target[,note][,status]`, or TBX.")
    ] = None,
    estimator: Estimator = None,
) -> None:
    """Score sentence pairs for content that the translation may have lost or changed."""
    from globmed.cli.console import stdout
    from globmed.languages import language
    from validation.signals.evidence.glossary import read_glossary
    from validation.signals.pairs import read_pairs, score_pairs

    from_language, to_language = language(source), language(target)
    terms = read_glossary(glossary, from_language, to_language) if glossary else None
    read = read_pairs(pairs)
    if estimator is not None:
        from validation.signals.evidence.comet import load_estimator
        from validation.signals.evidence.estimator import estimate

        read = read.with_columns(estimate(load_estimator(estimator), read["source"], read["target"]))
    scored = score_pairs(read, from_language, to_language, terms)
    with replaced(out) as temporary:
        scored.write_parquet(temporary)
    flagged = scored.filter(scored["reasons"].list.len() > 0).height
    stdout.print(
        f"{scored.height:,} pairs, {flagged:,} with a reason, {scored['critical'].sum():,} critical: {out}",
        highlight=False,
    )


def validate(
    folder: Annotated[
        Path, typer.Argument(help="Folder of a build, a candidate or a dataset.", exists=True, file_okay=False)
    ],
    out: Annotated[Path | None, typer.Option(help="Folder to write; `validation` beside it by default.")] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            help="Such a folder of the previous version, to check that nothing of it is lost.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    known_issues: Annotated[
        Path | None, typer.Option(help="TOML of accepted findings; validation/known_issues.toml by default.")
    ] = None,
    kept: Annotated[
        Path | None,
        typer.Option(
            help="Folder that keeps what was found; the next time an unchanged language costs nothing. A build has its "
            "own, with what it measured."
        ),
    ] = None,
    as_json: Annotated[bool, json_option("Print validation.json.")] = False,
) -> None:
    """Judge rows by the Great Expectations suites; exit code 1 if a critical expectation fails."""
    from globmed.cli.console import stderr, stdout
    from validation.expectations.verdict import print_verdict
    from validation.facts.remember import cache_of
    from validation.known_issues import KNOWN_ISSUES
    from validation.validate import DOCS
    from validation.validate import validate as judge

    with stderr.status(f"judging {folder}"):
        verdict, written = judge(folder, out, previous, known_issues or KNOWN_ISSUES, kept=kept or cache_of(folder))
    if as_json:
        stdout.print_json(json.dumps(verdict.to_dict()))
    else:
        print_verdict(verdict)
        stdout.print(f"{written / DOCS / 'index.html'}", highlight=False)
    if not verdict.passed:
        raise typer.Exit(1)


def glossary(
    terms: Annotated[
        Path, typer.Argument(help="Agreed terms: CSV with a header `source,target[,note][,status]`, or TBX.")
    ],
    out: Annotated[Path, typer.Argument(help="The .csv or .tbx to write, without notes.")],
    source: Annotated[str, typer.Option("--from", help="Language of the terms: config name or tag.")],
    target: Annotated[str, typer.Option("--to", help="Language of their translations.")],
) -> None:
    """Convert a glossary between CSV and TBX, which translators' tools read and write."""
    from globmed.cli.console import stdout
    from globmed.languages import language
    from validation.signals.evidence.glossary import read_glossary
    from validation.signals.evidence.glossary_writer import write_glossary

    from_language, to_language = language(source), language(target)
    written = write_glossary(read_glossary(terms, from_language, to_language), out, from_language, to_language)
    stdout.print(f"{written:,} terms: {out}", highlight=False, soft_wrap=True)
