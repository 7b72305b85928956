"""The translation memory of a build; it is an error if none of the named memory is used."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from builders.translate.memory import MemoryReport, build_memory, memory_files
from globmed.errors import UserError
from globmed.languages import ENGLISH, Language
from globmed.storage.files import write_json

MEMORY, REPORT = "memory.parquet", "report.json"


def make_memory(paths: Sequence[Path], out: Path, default_origin: str | None = None) -> None:
    """Write the memory of files and folders, and its report, into the folder ``out``.

    Raises:
        UserError: one of ``paths`` has units of which none is used; as `builders.translate.memory.build_memory`.
    """
    out.mkdir(parents=True)
    report = build_memory(memory_files(paths), out / MEMORY, default_origin)
    for path in paths:
        with_units = set(map(str, memory_files([path]).paths)) - set(report.empty_files)
        if with_units and with_units <= set(report.unused_files):
            raise UserError(
                f"{path}: nothing of this translation memory is used ({report.line()}); expected English and a "
                "listed language, see `globmed languages`; correct it, or leave it out"
            )
    write_json(out / REPORT, asdict(report))


def read_report(path: Path) -> MemoryReport:
    """Return the report that `make_memory` wrote."""
    return MemoryReport(**json.loads(path.read_text("utf-8")))


def told(report: MemoryReport, wanted: Sequence[Language]) -> str:
    """Return the line that a build prints about its translation memory."""
    targets = {each.tag for each in wanted if each.name != ENGLISH}
    none = "; none in a language of this build" if targets and targets.isdisjoint(report.languages) else ""
    return f"translation memory: {report.line()}{none}"
