"""``globmed build`` and ``globmed export``."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from builders.commands.fetch import FOLDER, Lock
from globmed.cli.options import BUILD, Build, Estimator, Languages, json_option
from globmed.errors import UserError

SourcesFolder = Annotated[
    Path, typer.Option(help="Folder with one sub-folder per source.", exists=True, file_okay=False)
]
OwnSources = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        help="Folder with one sub-folder per source; the folder of `globmed fetch` by default.",
        exists=True,
        file_okay=False,
    ),
]
Memory = Annotated[
    list[Path] | None, typer.Option(help="TMX file, folder of them, or published repository; may be repeated.")
]
Origin = Annotated[str | None, typer.Option(help="human, postedited or machine, for TMX files that state no origin.")]
Packages = Annotated[
    Path | None,
    typer.Option(
        help="Folder of translation packages (see `globmed translator`); without it, only the memory is used."
    ),
]
Store = Annotated[Path | None, typer.Option(help="Folder of translated sentences; in the build folder by default.")]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Build only this many items, sources in turn: for a trial or a draft.")
]
Engine = Annotated[Literal["local", "ray"], typer.Option(help="Translate in this process, or on a Ray cluster.")]
RayAddress = Annotated[str | None, typer.Option(help="Cluster to join; by default, one is started on this machine.")]
Workers = Annotated[int, typer.Option(min=1, help="Parallel tasks on the cluster.")]
Threads = Annotated[int, typer.Option(min=0, help="Parallel operations per task; 0: one per core.")]
BatchTokens = Annotated[int, typer.Option(min=1, help="Tokens in an operation's batch.")]
Device = Annotated[Literal["cpu", "cuda", "auto"], typer.Option(help="Device that the model runs on.")]
ComputeType = Annotated[
    str, typer.Option(help="Compute type of CTranslate2; int8 is faster, but loses doses on some processors.")
]
Beam = Annotated[int, typer.Option(min=1, help="Beam size of the search.")]
Alternatives = Annotated[int, typer.Option(min=1, help="Hypotheses to choose a safe one from.")]
Glossaries = Annotated[
    Path | None,
    typer.Option(
        help="Folder of agreed terms: one `<config>.csv`, `.tsv` or `.tbx` per language.", exists=True, file_okay=False
    ),
]
RoundTrip = Annotated[
    bool, typer.Option("--round-trip", help="Also translate back if a package into English is installed.")
]


def build(
    sources: OwnSources = None,
    out: Build = BUILD,
    memory: Memory = None,
    memory_origin: Origin = None,
    languages: Languages = None,
    packages: Packages = None,
    store: Store = None,
    limit: Limit = None,
    engine: Engine = "local",
    ray_address: RayAddress = None,
    workers: Workers = 1,
    threads: Threads = 0,
    batch_tokens: BatchTokens = 512,
    device: Device = "cpu",
    compute_type: ComputeType = "float32",
    beam: Beam = 4,
    alternatives: Alternatives = 4,
    glossaries: Glossaries = None,
    round_trip: RoundTrip = False,
    estimator: Estimator = None,
    lock: Lock = None,
    as_json: Annotated[bool, json_option("Print the coverage as JSON.")] = False,
) -> None:
    """Build every language's rows: items, segments, translations, rows."""
    import builders.rows.build
    from builders.commands.output import print_coverage
    from builders.rows.evidence import Wanted
    from globmed.languages import select

    chosen = select(languages)
    folder = sources or _fetched(lock)
    machine = None
    if packages is not None:
        if not packages.is_dir():
            raise UserError(f"--packages {packages}: no such folder; `globmed translator install` makes one")
        from builders.translate.machine.engine import Hardware, Search
        from builders.translate.machine.machine import Machine
        from builders.translate.machine.runners import Cluster

        hardware = Hardware(device, compute_type, threads, batch_tokens)
        cluster = Cluster(ray_address, workers) if engine == "ray" else None
        machine = Machine(packages, store or out / "store", Search(beam, alternatives), hardware, cluster)
    evidence = Wanted(glossaries, round_trip, estimator)
    coverage = builders.rows.build.build(folder, memory or [], chosen, out, memory_origin, machine, evidence, limit)
    print_coverage(coverage, as_json=as_json)


def _fetched(lock: Path | None) -> Path:
    """Fetch the sources that are missing; return the folder of all of them."""
    from builders.fetch.fetch import Wish, fetch
    from builders.fetch.lock import LOCK
    from builders.fetch.target import targets
    from globmed.cli.console import tell, transfer_bars

    with transfer_bars() as bar:
        statuses = fetch(targets(), Wish(FOLDER, lock or LOCK, again=False), bar)
    counts = Counter(status.state for status in statuses)
    tell(f"sources in {FOLDER}: {', '.join(f'{count} {state}' for state, count in counts.items())}")
    for status in statuses:
        if status.note:
            tell(status.note)
    return FOLDER


def export(
    language: Annotated[str, typer.Argument(help="Config name or tag.")],
    out: Annotated[Path, typer.Argument(help="The .tmx file to write.")],
    build: Build = BUILD,
    untranslated: Annotated[bool, typer.Option("--untranslated", help="Include texts without a translation.")] = False,
    as_json: Annotated[bool, json_option("Print the counts as JSON.")] = False,
) -> None:
    """Write a build's texts and translations as TMX, for translators' tools; `build --memory` reads it."""
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
