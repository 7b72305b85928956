"""The stages of a build in order: the output, inputs and work of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from builders.fetch.mark import marks
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.artifacts.stage import run_stage
from builders.rows.assemble import EvidenceFiles, assemble_rows, split_rows
from builders.rows.evidence import back_machine, build_back, build_estimates
from builders.rows.leaks import leave_out_leaks
from builders.rows.memory import make_memory
from builders.rows.request import Request
from builders.rows.reviews import record_files
from builders.sources.items import build_items
from builders.translate.memory import memory_files
from builders.translate.pivot import build_pivot
from builders.translate.segments import build_segments
from builders.translate.translations import build_machine_translations, build_translations
from globmed.languages import Language
from validation.known_issues import accepted_rows


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the build, which is skipped if none of its inputs changed.

    Attributes:
        name: label on the progress bar.
        output: the artifact, a file or a folder.
        work: writes the artifact to a given path.
        inputs: the files and folders that the work reads.
        parameters: other values that it depends on.
        code: the modules whose code it depends on (`builders.rows.artifacts.code.code_of`).
    """

    name: str
    output: Path
    work: Callable[[Path], object]
    code: tuple[str, ...]
    inputs: Sequence[Path]
    parameters: dict[str, object] = field(default_factory=dict)

    def run(self) -> bool:
        """Make the artifact unless it is up to date; return whether work was done."""
        return run_stage(self.output, self.work, inputs=self.inputs, code=self.code, parameters=self.parameters)


def stages(folder: BuildFolder, request: Request) -> list[Stage]:
    """Return all stages of a build in their order."""
    memory = [memory_files([path]) for path in request.memory]
    return [
        Stage(
            "items",
            folder.items,
            partial(build_items, request.sources),
            code=("builders.sources",),
            # The marks are hidden; what they say of the revision is in the items.
            inputs=[request.sources, *marks(request.sources)],
        ),
        Stage(
            "memory",
            folder.memory.parent,
            partial(make_memory, request.memory, default_origin=request.memory_origin),
            code=("builders.rows.memory",),
            inputs=[file for files in memory for file in files.paths],
            parameters={
                "origin": request.memory_origin,
                "files": [len(files.paths) for files in memory],
                "published": [files.repositories for files in memory],
            },
        ),
        _pivot(folder, request),
        Stage(
            "leaks",
            folder.kept.parent,
            partial(leave_out_leaks, folder.pivoted, limit=request.limit),
            code=("builders.rows.leaks",),
            inputs=[folder.pivoted],
            parameters={"limit": request.limit},
        ),
        Stage(
            "segments",
            folder.segments,
            partial(build_segments, folder.kept),
            code=("builders.translate.segments",),
            inputs=[folder.kept],
        ),
        *([_sentences(folder)] if request.packages() else []),
        *(stage for language in request.languages for stage in _language_stages(folder, request, language)),
    ]


def _pivot(folder: BuildFolder, request: Request) -> Stage:
    packages, machine = request.pivot_packages(), request.machine
    inputs = (folder.items / "items.parquet", folder.memory)
    work = partial(build_pivot, *inputs, packages=packages, machine=machine, limit=request.limit, kept=folder.scores)
    engines = {} if machine is None else {tag: machine.identity(package) for tag, package in packages.items()}
    return Stage(
        "pivot",
        folder.pivoted.parent,
        work,
        code=("builders.translate.pivot",),
        inputs=inputs,
        parameters={"limit": request.limit, "engines": engines},
    )


def _language_stages(folder: BuildFolder, request: Request, language: Language) -> list[Stage]:
    accepted = accepted_rows(language.name)
    wanted = [
        _machine_translations(folder, request, language) or _translations(folder, language),
        _back_translations(folder, request, language),
        _estimates(folder, request, language),
        _assembly(folder, request, language),
        Stage(
            f"rows: {language.name}",
            folder.rows / language.name,
            partial(split_rows, folder.assembled(language), accepted=accepted),
            code=("builders.rows.assemble",),
            inputs=[folder.assembled(language)],
            parameters={"accepted": accepted},
        ),
    ]
    return [stage for stage in wanted if stage is not None]


def _sentences(folder: BuildFolder) -> Stage:
    from builders.translate.sentences.split_segments import build_pieces

    return Stage(
        "sentences",
        folder.sentences,
        partial(build_pieces, folder.segments),
        code=("builders.translate.sentences.split_segments",),
        inputs=[folder.segments],
    )


def _translations(folder: BuildFolder, language: Language) -> Stage:
    return Stage(
        f"translations: {language.name}",
        folder.translations(language),
        partial(build_translations, folder.segments, folder.memory, language),
        code=("builders.translate.translations",),
        inputs=[folder.segments, folder.memory],
        parameters={"language": language.tag},
    )


def _machine_translations(folder: BuildFolder, request: Request, language: Language) -> Stage | None:
    package, machine = request.packages().get(language.tag), request.machine
    if package is None or machine is None:
        return None
    inputs = (folder.segments, folder.memory, folder.sentences)
    return Stage(
        f"translations: {language.name}",
        folder.translations(language),
        partial(build_machine_translations, *inputs, language, package, machine),
        code=("builders.translate.translations",),
        inputs=inputs,
        parameters={"language": language.tag, "engine": machine.identity(package)},
    )


def _back_translations(folder: BuildFolder, request: Request, language: Language) -> Stage | None:
    package, machine = request.back_package(language), request.machine
    if package is None or machine is None:
        return None
    return Stage(
        f"round trip: {language.name}",
        folder.back(language),
        partial(build_back, folder.translations(language), package, machine),
        code=("builders.rows.evidence",),
        inputs=[folder.translations(language)],
        parameters={"engine": back_machine(machine).identity(package)},
    )


def _estimates(folder: BuildFolder, request: Request, language: Language) -> Stage | None:
    model = request.estimator(language)
    if model is None:
        return None
    inputs = (folder.segments, folder.translations(language))
    return Stage(
        f"estimates: {language.name}",
        folder.estimates(language),
        partial(build_estimates, *inputs, model, folder.estimator_store),
        code=("builders.rows.evidence",),
        inputs=inputs,
        parameters={"model": request.evidence.model_identity()},
    )


def _assembly(folder: BuildFolder, request: Request, language: Language) -> Stage:
    inputs = (folder.kept, folder.segments, folder.translations(language))
    reviews = record_files(request.memory, language)
    glossary = request.evidence.glossary(language)
    back = folder.back(language) if request.back_package(language) else None
    estimates = folder.estimates(language) if request.estimator(language) else None
    return Stage(
        f"assembly: {language.name}",
        folder.assembled(language),
        partial(
            assemble_rows,
            *inputs,
            language,
            records=reviews,
            evidence=EvidenceFiles(glossary, back, estimates),
            kept=folder.scores,
        ),
        code=("builders.rows.assemble",),
        inputs=(*inputs, *reviews, *(path for path in (glossary, back, estimates) if path)),
        parameters={"language": language.tag},
    )
