"""The pipeline from upstream files to rows: every stage in its order, each skipped when it is up to date."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

import builders
import validation
from builders.rows.assemble import WITHHELD, assemble_rows, split_rows
from builders.rows.evidence import (
    NOTHING,
    Wanted,
    back_machine,
    back_package,
    build_back,
    build_estimates,
    read_evidence,
)
from builders.rows.leaks import ITEMS, LEAKS, leave_out_leaks
from builders.rows.request import Request
from builders.rows.reviews import record_files
from builders.rows.stage import run_stage
from builders.sources.items import build_items
from builders.translate.memory import build_memory, tmx_files
from builders.translate.segments import build_segments
from builders.translate.translations import build_machine_translations, build_translations
from globmed.cli.console import Step, run_steps
from globmed.languages import ENGLISH, Language, language
from globmed.languages import __file__ as languages_module
from globmed.schema import polars_schema
from globmed.storage.files import remove, write_text
from globmed.storage.folders import make_folder
from globmed.storage.queries import QUERIES, connect, query

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine
    from builders.translate.packages.package import Package

#: A change in any of these makes every stage run again: cheap, and never wrong.
CODE = (Path(builders.__file__).parent, Path(validation.__file__).parent, Path(languages_module).parent, QUERIES)


@dataclass(frozen=True, slots=True)
class BuildFolder:
    """Where a build keeps the artifact of every stage."""

    root: Path

    @property
    def items(self) -> Path:
        """Items, rejects and their report, from the items stage."""
        return self.root / "items"

    @property
    def kept(self) -> Path:
        """The items of which rows are made."""
        return self.root / "kept" / ITEMS

    @property
    def leaks(self) -> Path:
        """The pairs for which an item was left out of train."""
        return self.root / "kept" / LEAKS

    @property
    def rows(self) -> Path:
        """One folder a config, one Parquet file a split and source: ``<split>-<source>.parquet``."""
        return self.root / "rows"

    @property
    def report(self) -> Path:
        """Rows and absent items by config, source, split and task."""
        return self.root / "report.json"

    @property
    def request(self) -> Path:
        """What the build was asked for."""
        return self.root / "request.json"

    @property
    def inputs(self) -> Path:
        """What the rows depend on, by content."""
        return self.root / "inputs.json"

    def translations(self, language: Language) -> Path:
        """The translations into a language, and where each came from."""
        return self.root / "translations" / f"{language.name}.parquet"

    def assembled(self, language: Language) -> Path:
        """Every row of a language, those that are withheld too."""
        return self.root / "assembled" / f"{language.name}.parquet"

    def back(self, language: Language) -> Path:
        """The machine translations into a language, translated back."""
        return self.root / "back" / f"{language.name}.parquet"

    def estimates(self, language: Language) -> Path:
        """What a learned model expects people to say of the machine translations into a language."""
        return self.root / "estimates" / f"{language.name}.parquet"

    @property
    def scores(self) -> Path:
        """What signals said already of pairs of texts."""
        return self.root / "scores"

    @property
    def estimator_store(self) -> Path:
        """What learned models said already."""
        return self.root / "estimator-store"

    def artifact(self, name: str) -> Path:
        """The Parquet artifact of another stage."""
        return self.root / f"{name}.parquet"


def build(
    sources: Path,
    memory: Sequence[Path],
    languages: Sequence[Language],
    out: Path,
    memory_origin: str | None = None,
    machine: "Machine | None" = None,
    evidence: Wanted = NOTHING,
    limit: int | None = None,
) -> pl.DataFrame:
    """Build the rows of ``languages`` from the upstream files below ``sources`` into a `BuildFolder`.

    ``machine`` translates, into every language that it has a package for, what the translation memory does not know;
    ``evidence`` is what more the rows are to be judged by. With ``limit`` it has the first so many items alone.

    Returns:
        The coverage, also in the folder's report: ``config, source, split, task, rows, absent``.

    Raises:
        UserError: ``out`` is no folder; as the sources' parsers, the memory's reader and the packages' do.
    """
    folder = BuildFolder(make_folder(out))
    request = Request(sources, tuple(memory), tuple(languages), memory_origin, machine, evidence, limit)
    request.write(folder.request)
    packages = _packages(languages, machine)
    # Without its report a build is not released: one that was killed may have rows of two states.
    folder.report.unlink(missing_ok=True)
    run_steps(
        [
            *_shared_steps(folder, request),
            *([("pieces", partial(_pieces_stage, folder))] if packages else []),
            *[step for language in languages for step in _language_steps(folder, language, packages, request)],
        ]
    )
    _remove_other_configs(folder, languages)
    coverage = _coverage(folder, languages)
    report = {
        "coverage": coverage.to_dicts(),
        "provenance": _provenance(folder, languages).to_dicts(),
        "leaks": _leaks(folder).to_dicts(),
        "withheld": _withheld(folder, languages).to_dicts(),
    }
    engines = {tag: machine.identity(package) for tag, package in packages.items()} if machine else {}
    engines |= _back_engines(request)
    inputs = request.inputs(folder.items / "items.json", engines, CODE)
    write_text(folder.inputs, json.dumps(inputs, indent=1, sort_keys=True) + "\n")
    write_text(folder.report, json.dumps(report, indent=1) + "\n")
    return coverage


def build_again(folder: BuildFolder) -> pl.DataFrame:
    """Do a build as it was asked for: only what changed since is made again.

    Raises:
        UserError: nothing was built there; as `build`.
    """
    request = Request.read(folder.request)
    return build(
        request.sources,
        request.memory,
        request.languages,
        folder.root,
        request.memory_origin,
        request.machine,
        request.evidence,
        request.limit,
    )


def _packages(languages: Sequence[Language], machine: "Machine | None") -> "dict[str, Package]":
    """The newest installed package from English into each language that has one, by tag."""
    if machine is None or not machine.packages.is_dir():
        return {}
    from builders.translate.packages.package import newest_packages

    english = newest_packages(machine.packages, source=language(ENGLISH).tag)
    return {each.tag: english[each.tag] for each in languages if each.tag in english}


def _back_engines(request: Request) -> dict[str, str]:
    """The identity of what translates back, by tag."""
    machine = request.machine
    packages = {each.tag: back_package(each, machine, request.evidence) for each in request.languages}
    return {
        f"{tag}-back": back_machine(machine).identity(package)
        for tag, package in packages.items()
        if package and machine
    }


def _shared_steps(folder: BuildFolder, request: Request) -> list[Step]:
    items, kept = folder.items / "items.parquet", folder.kept
    sources, tmx, memory_origin = request.sources, tmx_files(request.memory), request.memory_origin
    segments, memory = map(folder.artifact, ("segments", "memory"))
    return [
        (
            "items",
            partial(run_stage, folder.items, partial(build_items, sources), inputs=[sources], code=CODE),
        ),
        (
            "leaks",
            partial(
                run_stage,
                kept.parent,
                partial(leave_out_leaks, items, limit=request.limit),
                inputs=[items],
                code=CODE,
                parameters={"limit": request.limit},
            ),
        ),
        ("segments", partial(run_stage, segments, partial(build_segments, kept), inputs=[kept], code=CODE)),
        (
            "memory",
            partial(
                run_stage,
                memory,
                lambda out: build_memory(tmx, out, memory_origin),
                inputs=tmx,
                code=CODE,
                parameters={"origin": memory_origin},
            ),
        ),
    ]


def _pieces_stage(folder: BuildFolder) -> None:
    from builders.translate.sentences.split_segments import build_pieces

    segments = folder.artifact("segments")
    run_stage(folder.artifact("pieces"), partial(build_pieces, segments), inputs=[segments], code=CODE)


def _language_steps(
    folder: BuildFolder,
    language: Language,
    packages: "Mapping[str, Package]",
    request: Request,
) -> list[Step]:
    package, machine = packages.get(language.tag), request.machine
    translate = (
        partial(_machine_stage, folder, language, package, machine)
        if package and machine
        else partial(_translations_stage, folder, language)
    )
    return [
        (f"translations: {language.name}", translate),
        *_evidence_steps(folder, language, request),
        (f"assembly: {language.name}", partial(_assembly_stage, folder, language, request)),
        (f"rows: {language.name}", partial(_rows_stage, folder, language)),
    ]


def _translations_stage(folder: BuildFolder, language: Language) -> None:
    inputs = (folder.artifact("segments"), folder.artifact("memory"))
    run_stage(
        folder.translations(language),
        lambda out: build_translations(*inputs, language, out),
        inputs=inputs,
        code=CODE,
        parameters={"language": language.tag},
    )


def _machine_stage(folder: BuildFolder, language: Language, package: "Package", machine: "Machine") -> None:
    segments, memory, pieces = map(folder.artifact, ("segments", "memory", "pieces"))
    run_stage(
        folder.translations(language),
        lambda out: build_machine_translations(segments, memory, pieces, language, package, machine, out),
        inputs=(segments, memory, pieces),
        code=CODE,
        parameters={"language": language.tag, "engine": machine.identity(package)},
    )


def _evidence_steps(folder: BuildFolder, language: Language, request: Request) -> list[Step]:
    machine, model = request.machine, request.evidence.estimator
    package = back_package(language, machine, request.evidence)
    steps: list[Step] = []
    if package and machine:
        steps.append((f"round trip: {language.name}", partial(_back_stage, folder, language, package, machine)))
    if model and language.name != ENGLISH:
        steps.append((f"estimates: {language.name}", partial(_estimates_stage, folder, language, request)))
    return steps


def _back_stage(folder: BuildFolder, language: Language, package: "Package", machine: "Machine") -> None:
    translations = folder.translations(language)
    run_stage(
        folder.back(language),
        partial(build_back, translations, package, machine),
        inputs=[translations],
        code=CODE,
        parameters={"engine": back_machine(machine).identity(package)},
    )


def _estimates_stage(folder: BuildFolder, language: Language, request: Request) -> None:
    inputs = (folder.artifact("segments"), folder.translations(language))
    run_stage(
        folder.estimates(language),
        partial(build_estimates, *inputs, str(request.evidence.estimator), folder.estimator_store),
        inputs=inputs,
        code=CODE,
        parameters={"model": request.evidence.model_identity()},
    )


def _assembly_stage(folder: BuildFolder, language: Language, request: Request) -> None:
    inputs = (folder.kept, folder.artifact("segments"), folder.translations(language))
    records = record_files(request.memory, language)
    glossary, wanted = request.evidence.glossary(language), request.evidence
    back = folder.back(language) if back_package(language, request.machine, wanted) else None
    estimates = folder.estimates(language) if wanted.estimator and language.name != ENGLISH else None
    run_stage(
        folder.assembled(language),
        lambda out: assemble_rows(
            *inputs, language, out, records, read_evidence(glossary, back, estimates, language), folder.scores
        ),
        inputs=(*inputs, *records, *(path for path in (glossary, back, estimates) if path)),
        code=CODE,
        parameters={"language": language.tag},
    )


def _rows_stage(folder: BuildFolder, language: Language) -> None:
    assembled = folder.assembled(language)
    run_stage(folder.rows / language.name, partial(split_rows, assembled), inputs=[assembled], code=CODE)


def _remove_other_configs(folder: BuildFolder, languages: Sequence[Language]) -> None:
    wanted = {language.name for language in languages}
    for path in folder.rows.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in wanted:
            remove(path)


def _coverage(folder: BuildFolder, languages: Sequence[Language]) -> pl.DataFrame:
    """Rows and absent English items by config, source, split and task."""
    frames: dict[str, pl.DataFrame | pl.LazyFrame] = {
        "items": pl.scan_parquet(folder.kept),
        "rows": _all_rows(folder, languages).select("config", "split", "id", "source", "task"),
        "configs": pl.DataFrame({"config": [language.name for language in languages]}),
    }
    with connect() as database:
        return query(database, "build/coverage", frames)


def _provenance(folder: BuildFolder, languages: Sequence[Language]) -> pl.DataFrame:
    """Rows by config, origin, engine and package, with what the translation memory gave and what is unresolved."""
    rows = _all_rows(folder, languages).select("config", "origin", pl.col("provenance").struct.unnest())
    with connect() as database:
        return query(database, "build/provenance", {"rows": rows})


def _leaks(folder: BuildFolder) -> pl.DataFrame:
    """Items left out of train by source, with the source of the held-out item that they repeat."""
    pairs = pl.scan_parquet(folder.leaks).group_by("source_a", "source_b").agg(pl.col("id_a").n_unique().alias("items"))
    return pairs.rename({"source_a": "source", "source_b": "repeats"}).sort("source", "repeats").collect()


def _withheld(folder: BuildFolder, languages: Sequence[Language]) -> pl.DataFrame:
    """Machine translations that are in no split, by config, source and reason."""
    rows = [
        pl.scan_parquet(folder.assembled(language))
        .filter(WITHHELD)
        .select(pl.lit(language.name).alias("config"), "source", pl.col("quality").struct.field("reasons"))
        for language in languages
    ]
    with connect() as database:
        return query(database, "build/withheld", {"rows": pl.concat(rows)})


def _all_rows(folder: BuildFolder, languages: Sequence[Language]) -> pl.LazyFrame:
    """Every language's rows with their ``config`` and ``split``."""
    made = [
        pl.scan_parquet(path).with_columns(config=pl.lit(language.name), split=pl.lit(path.name.partition("-")[0]))
        for language in languages
        for path in sorted((folder.rows / language.name).glob("*.parquet"))
    ]
    empty = pl.LazyFrame(schema={**polars_schema(), "config": pl.String, "split": pl.String})
    return pl.concat([empty, *made])
