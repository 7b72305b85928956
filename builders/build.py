"""The pipeline from upstream files to rows: every stage in its order, each skipped when it is up to date."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

import builders
from builders.items import build_items
from builders.memory import build_memory, tmx_files
from builders.rows import build_rows
from builders.segments import build_segments
from builders.stage import remove, run_stage, write_text
from builders.translations import build_translations
from globmed.console import Step, run_steps
from globmed.duck import QUERIES, connect, query
from globmed.folders import make_folder
from globmed.languages import Language
from globmed.languages import __file__ as languages_module
from globmed.schema import SPLITS

#: A change in any of these makes every stage run again: cheap, and never wrong.
CODE = (Path(builders.__file__).parent, QUERIES, Path(languages_module).parent)


@dataclass(frozen=True, slots=True)
class BuildFolder:
    """Where a build keeps the artifact of every stage."""

    root: Path

    @property
    def items(self) -> Path:
        """Items, rejects and their report, from the items stage."""
        return self.root / "items"

    @property
    def rows(self) -> Path:
        """One folder a config, one Parquet file a split."""
        return self.root / "rows"

    @property
    def report(self) -> Path:
        """Rows and absent items by config, source, split and task."""
        return self.root / "report.json"

    def artifact(self, name: str) -> Path:
        """The Parquet artifact of another stage."""
        return self.root / f"{name}.parquet"


def build(
    sources: Path,
    memory: Sequence[Path],
    languages: Sequence[Language],
    out: Path,
    memory_origin: str | None = None,
) -> pl.DataFrame:
    """Build the rows of ``languages`` from the upstream files below ``sources`` into a `BuildFolder`.

    Returns:
        The coverage, also in the folder's report: ``config, source, split, task, rows, absent``.

    Raises:
        UserError: ``out`` is no folder; as the sources' parsers and the translation memory's reader do.
    """
    folder = BuildFolder(make_folder(out))
    # Without its report a build is not released: one that was killed may have rows of two states.
    folder.report.unlink(missing_ok=True)
    run_steps(
        [
            *_shared_steps(folder, sources, tmx_files(memory), languages, memory_origin),
            *[(f"rows: {language.name}", partial(_rows_stage, folder, language)) for language in languages],
        ]
    )
    _remove_other_configs(folder, languages)
    coverage = _coverage(folder, languages)
    write_text(folder.report, json.dumps({"coverage": coverage.to_dicts()}, indent=1) + "\n")
    return coverage


def _shared_steps(
    folder: BuildFolder,
    sources: Path,
    tmx: Sequence[Path],
    languages: Sequence[Language],
    memory_origin: str | None,
) -> list[Step]:
    items = folder.items / "items.parquet"
    segments, memory, translations = map(folder.artifact, ("segments", "memory", "translations"))
    wanted = {"languages": [language.tag for language in languages]}
    return [
        (
            "items",
            partial(run_stage, folder.items, partial(build_items, sources), inputs=[sources], code=CODE),
        ),
        ("segments", partial(run_stage, segments, partial(build_segments, items), inputs=[items], code=CODE)),
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
        (
            "translations",
            partial(
                run_stage,
                translations,
                lambda out: build_translations(segments, memory, languages, out),
                inputs=[segments, memory],
                code=CODE,
                parameters=wanted,
            ),
        ),
    ]


def _rows_stage(folder: BuildFolder, language: Language) -> None:
    inputs = (folder.items / "items.parquet", folder.artifact("segments"), folder.artifact("translations"))
    run_stage(
        folder.rows / language.name,
        lambda out: build_rows(*inputs, language, out),
        inputs=inputs,
        code=CODE,
        parameters={"language": language.tag},
    )


def _remove_other_configs(folder: BuildFolder, languages: Sequence[Language]) -> None:
    wanted = {language.name for language in languages}
    for path in folder.rows.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in wanted:
            remove(path)


def _coverage(folder: BuildFolder, languages: Sequence[Language]) -> pl.DataFrame:
    """Rows and absent English items by config, source, split and task."""
    made = [
        pl.scan_parquet(path).select(
            pl.lit(language.name).alias("config"), pl.lit(split).alias("split"), "id", "source", "task"
        )
        for language in languages
        for split in SPLITS
        if (path := folder.rows / language.name / f"{split}.parquet").is_file()
    ]
    empty = pl.LazyFrame(schema=dict.fromkeys(("config", "split", "id", "source", "task"), pl.String))
    frames: dict[str, pl.DataFrame | pl.LazyFrame] = {
        "items": pl.scan_parquet(folder.items / "items.parquet"),
        "rows": pl.concat([empty, *made]),
        "configs": pl.DataFrame({"config": [language.name for language in languages]}),
    }
    with connect() as database:
        return query(database, "coverage", frames)
