"""The pipeline's commands, registered with ``globmed`` through its entry point."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from builders.commands import release
from builders.commands.model import release_model
from builders.commands.sources import items, sources

BUILD = "Build a dataset from upstream files"
RELEASE = "Publish a version"
TRANSLATE = "Translate"
REVIEW = "Review translations"
LANGUAGES = "Add languages"

EngineKind = Literal["local", "ray"]
Device = Literal["cpu", "cuda", "auto"]
Languages = Annotated[str | None, typer.Option(help="Config names or tags, comma-separated; all by default.")]


def register(app: typer.Typer) -> None:
    """Add the pipeline's commands to the command line."""
    app.command(rich_help_panel=BUILD)(sources)
    app.command(rich_help_panel=BUILD)(items)
    app.command(rich_help_panel=BUILD)(build)
    app.command(rich_help_panel=TRANSLATE)(export)
    for command in release.COMMANDS:
        app.command(rich_help_panel=RELEASE)(command)
    app.command(rich_help_panel=RELEASE)(release_model)
    from builders.commands.language import app as language

    app.add_typer(language, name="language", rich_help_panel=LANGUAGES)
    from builders.commands.translator import app as translator

    app.add_typer(translator, name="translator", rich_help_panel=TRANSLATE)
    from builders.commands.review import app as review

    app.add_typer(review, name="review", rich_help_panel=REVIEW)


def build(
    sources: Annotated[Path, typer.Option(help="Folder with one sub-folder a source.", exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option(help="Build folder.")] = Path("build/dataset"),
    memory: Annotated[list[Path] | None, typer.Option(help="TMX file, or folder of them; may be repeated.")] = None,
    memory_origin: Annotated[
        str | None, typer.Option(help="human, postedited or machine, for TMX files that do not say.")
    ] = None,
    languages: Languages = None,
    packages: Annotated[
        Path | None,
        typer.Option(help="Folder of translation packages (see `globmed translator`); without it, memory alone."),
    ] = None,
    store: Annotated[Path | None, typer.Option(help="Translated sentences; in the build folder by default.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="The first so many items alone, sources in turn: to try, or for a draft.")
    ] = None,
    engine: Annotated[EngineKind, typer.Option(help="Translate in this process, or on a Ray cluster.")] = "local",
    ray_address: Annotated[str | None, typer.Option(help="Cluster to join; one is started here by default.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Tasks at once on the cluster.")] = 1,
    threads: Annotated[int, typer.Option(min=0, help="Operations at once in a task; 0: one a core.")] = 0,
    batch_tokens: Annotated[int, typer.Option(min=1, help="Tokens in an operation's batch.")] = 512,
    device: Annotated[Device, typer.Option(help="What the model runs on.")] = "cpu",
    compute_type: Annotated[
        str, typer.Option(help="As CTranslate2 names them; int8 is faster, and loses doses on some processors.")
    ] = "float32",
    beam: Annotated[int, typer.Option(min=1, help="Beam of the search.")] = 4,
    alternatives: Annotated[int, typer.Option(min=1, help="Hypotheses to choose a safe one from.")] = 4,
    glossaries: Annotated[
        Path | None,
        typer.Option(
            help="Folder of agreed terms, `<config>.csv`, `.tsv` or `.tbx` each.", exists=True, file_okay=False
        ),
    ] = None,
    round_trip: Annotated[
        bool, typer.Option("--round-trip", help="Translate back where a package into English is installed.")
    ] = False,
    estimator: Annotated[
        str | None, typer.Option(help="Model of the COMET family without references: repository[@revision] or folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the coverage as JSON.")] = False,
) -> None:
    """Build every language's rows: items, segments, translations, rows."""
    import builders.rows.build
    from builders.commands.output import print_coverage
    from builders.rows.evidence import Wanted
    from globmed.languages import select

    machine = None
    if packages is not None:
        from builders.translate.machine.engine import Hardware, Search
        from builders.translate.machine.machine import Machine
        from builders.translate.machine.runners import Cluster

        machine = Machine(
            packages,
            store or out / "store",
            Search(beam, alternatives),
            Hardware(device, compute_type, threads, batch_tokens),
            Cluster(ray_address, workers) if engine == "ray" else None,
        )
    evidence = Wanted(glossaries, round_trip, estimator)
    coverage = builders.rows.build.build(
        sources, memory or [], select(languages), out, memory_origin, machine, evidence, limit
    )
    print_coverage(coverage, as_json=as_json)


def export(
    language: Annotated[str, typer.Argument(help="Config name or tag.")],
    out: Annotated[Path, typer.Argument(help="The .tmx to write.")],
    build: Annotated[Path, typer.Option(help="Build folder.")] = Path("build/dataset"),
    untranslated: Annotated[
        bool, typer.Option("--untranslated", help="Texts without a translation too, to be translated.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Write a build's texts and translations as TMX, for translators' tools; `build --memory` takes it back."""
    from builders.rows.artifacts.folder import BuildFolder
    from builders.rows.export import export_memory
    from globmed.cli.console import stdout
    from globmed.languages import language as known

    counts = export_memory(BuildFolder(build), known(language), out, untranslated=untranslated)
    if as_json:
        stdout.print_json(json.dumps(asdict(counts)))
        return
    unfit = f", {counts.unfit:,} left out for characters that XML does not have" if counts.unfit else ""
    stdout.print(
        f"{counts.translated:,} texts with a translation, {counts.untranslated:,} without{unfit}: {out}",
        highlight=False,
        soft_wrap=True,
    )
