"""The pipeline from upstream files to rows: every stage in order, each skipped if it is up to date."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from builders.rows.artifacts.folder import BuildFolder
from builders.rows.evidence import NOTHING, Wanted
from builders.rows.memory import read_report, told
from builders.rows.report import coverage, leaks, pivot, provenance, withheld
from builders.rows.request import Request
from builders.rows.stages import stages
from builders.sources import sources_in, told_twice
from globmed.cli.console import run_steps, stderr
from globmed.languages import Language
from globmed.records.build import BuildReport
from globmed.records.record import write_record
from globmed.storage.files import remove
from globmed.storage.folders import make_folder
from globmed.storage.lock import check_unlocked, locked

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine


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
    ``evidence`` names further inputs of the signals. ``limit`` keeps only the first items.

    Returns:
        The coverage, also in the folder's report: ``config, source, split, task, rows, absent``.

    Raises:
        UserError: ``out`` is no folder, or another process is at work there; as the sources' parsers, the memory's
            reader and the packages' do.
    """
    request = Request(sources, tuple(memory), tuple(languages), memory_origin, machine, evidence, limit)
    with locked(make_folder(out)):
        return _build(BuildFolder(out), request)


def build_again(folder: BuildFolder) -> pl.DataFrame:
    """Repeat a build with its recorded request; only stages whose inputs changed run again.

    Raises:
        UserError: there is no build in the folder; as for `build`.
    """
    request = Request.read(folder.request)
    with locked(folder.root):
        return _build(folder, request)


def _build(folder: BuildFolder, request: Request) -> pl.DataFrame:
    languages, machine = request.languages, request.machine
    for path in (*request.memory, *([machine.packages] if machine else [])):
        check_unlocked(path)
    request.write(folder.request)
    if nobodys := request.evidence.nobodys_glossaries():
        stderr.print(f"glossaries of no listed language, not used: {', '.join(nobodys)}", highlight=False, markup=False)
    # A build without its report is not released: a killed one may have rows of two states.
    folder.report.unlink(missing_ok=True)
    run_steps([(stage.name, stage.run) for stage in stages(folder, request)])
    memory_report = read_report(folder.memory_report)
    if request.memory:
        stderr.print(told(memory_report, languages), highlight=False, markup=False)
    _remove_other_configs(folder, languages)
    covered = coverage(folder, languages)
    report = BuildReport(
        coverage=covered.to_dicts(),
        provenance=provenance(folder, languages).to_dicts(),
        memory=asdict(memory_report),
        leaks=leaks(folder).to_dicts(),
        withheld=withheld(folder, languages).to_dicts(),
        pivot=pivot(folder).to_dicts(),
    )
    for line in report.pivot:
        born = "{source}, born in {language}: items {items:,}, in English {english:,}, withheld {withheld:,}".format(
            **line
        )
        stderr.print(born, highlight=False, markup=False)
    for twice in told_twice([source.name for source in sources_in(request.sources)]):
        stderr.print(twice, highlight=False, markup=False)
    write_record(folder.inputs, request.inputs(folder.items / "items.json"), sort_keys=True)
    write_record(folder.report, report)
    return covered


def _remove_other_configs(folder: BuildFolder, languages: Sequence[Language]) -> None:
    wanted = {language.name for language in languages}
    for path in folder.rows.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in wanted:
            remove(path)
