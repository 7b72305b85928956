"""The candidate: the exact folder of the dataset repository that a release uploads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path

import polars as pl

from builders.build import BuildFolder
from builders.card_figures import dataset_card, write_cards
from builders.parquet import write_parquet
from builders.sources import SOURCES
from builders.sources.source import Source
from builders.stage import files_below, remove, write_text
from cards.dataset import DatasetCard
from globmed.errors import UserError
from globmed.languages import languages
from globmed.published import MANIFEST, sha256
from globmed.schema import SPLITS, arrow_schema
from globmed.versions import Version

GROUPS = ("config", "split", "source", "task", "origin")
#: The packages whose version can change a byte of what is released.
PACKAGES = ("datasets", "duckdb", "globmed", "polars", "pyarrow")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a release is to be."""

    version: Version
    repository: str
    private: bool

    def allows(self, source: Source) -> bool:
        """The licence gate: whether the source's licence allows it in this repository."""
        return source.publish == "public" or (self.private and source.publish == "private")


def build_candidate(build: BuildFolder, plan: Plan, out: Path, previous_changes: str = "") -> Path:
    """Write the candidate folder: Parquet, card, manifest, change log, licences. The same input gives the same bytes.

    Args:
        build: rows and items that were built.
        plan: version, repository and whether it is private.
        out: the folder, replaced whole.
        previous_changes: the change log of the version before, newest first.

    Raises:
        UserError: nothing was built there, or no source may be published in this repository.
    """
    if not build.report.is_file():
        raise UserError(f"{build.root}: nothing was built there; run `globmed build --out {build.root}` first")
    temporary = out.with_name(f".{out.name}.partial")
    remove(temporary)
    temporary.mkdir(parents=True)
    figures = _write_rows(build, plan, temporary / "data")
    used = _sources(build)
    if not figures.height:
        withheld = ", ".join(f"{source.name} ({source.publish_reason})" for source in used)
        raise UserError(f"{build.root}: no row may be published in {plan.repository}; withheld: {withheld}")
    card = dataset_card(
        build,
        temporary / "data",
        plan.repository,
        plan.version,
        allowed=[source for source in used if plan.allows(source)],
        withheld=[source for source in used if not plan.allows(source)],
        private=plan.private,
    )
    write_cards(card, temporary)
    write_text(temporary / "CHANGELOG.md", _changes(plan, card, previous_changes))
    manifest = _manifest(build, plan, figures, [source for source in used if plan.allows(source)], temporary)
    write_text(temporary / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    remove(out)
    return temporary.rename(out)


def _write_rows(build: BuildFolder, plan: Plan, data: Path) -> pl.DataFrame:
    """Write what the gate lets through; return `GROUPS` and ``rows`` of that."""
    allowed = [name for name, source in SOURCES.items() if plan.allows(source)]
    counts = [pl.DataFrame(schema=dict.fromkeys(GROUPS, pl.String) | {"rows": pl.UInt32})]
    for config in languages():
        for split in SPLITS:
            built = build.rows / config / f"{split}.parquet"
            if not built.is_file():
                continue
            rows = pl.read_parquet(built).filter(pl.col("source").is_in(allowed))
            if rows.height:
                write_parquet(rows, data / config / f"{split}-00000-of-00001.parquet", arrow_schema())
                count = rows.group_by("source", "task", "origin").agg(pl.len().alias("rows"))
                place = [pl.lit(config).alias("config"), pl.lit(split).alias("split")]
                counts.append(count.select(*place, "source", "task", "origin", pl.col("rows").cast(pl.UInt32)))
    return pl.concat(counts)


def _sources(build: BuildFolder) -> list[Source]:
    """The sources of the build that have items, by name."""
    items = pl.scan_parquet(build.items / "items.parquet").select(pl.col("source").unique().sort()).collect()
    return [SOURCES[name] for name in items["source"]]


def _totals(figures: pl.DataFrame, column: str) -> dict[str, int]:
    totals = figures.group_by(column).agg(pl.col("rows").sum())
    return dict(zip(totals[column].to_list(), totals["rows"].to_list(), strict=True))


def _changes(plan: Plan, card: DatasetCard, previous: str) -> str:
    heading = "# Changes\n\n"
    lines = [f"- {figures.language.name}: {sum(figures.rows.values()):,} rows" for figures in card.configs]
    entry = f"## {plan.version}\n\n" + "\n".join(lines) + "\n"
    sections = previous.removeprefix(heading).split("\n## ")
    older = [section.removeprefix("## ").strip() for section in sections]
    others = [section for section in older if section and section.splitlines()[0] != str(plan.version)]
    return heading + "\n".join([entry, *(f"## {section}\n" for section in others)])


def _manifest(
    build: BuildFolder, plan: Plan, figures: pl.DataFrame, sources: list[Source], folder: Path
) -> Mapping[str, object]:
    """Version; SHA-256, size in bytes and rows of every file; upstream revisions and files; package versions."""
    rows = {
        f"data/{config}/{split}-00000-of-00001.parquet": count
        for config, split, count in figures.group_by("config", "split").agg(pl.col("rows").sum()).iter_rows()
    }
    report = json.loads((build.items / "items.json").read_text("utf-8"))
    files = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    return {
        "version": str(plan.version),
        "repository": plan.repository,
        "private": plan.private,
        "configs": {
            name: _totals(part, "split")
            for name in languages()
            if (part := figures.filter(pl.col("config") == name)).height
        },
        "files": {
            name: {"sha256": sha256(path), "size": path.stat().st_size} | ({"rows": rows[name]} if name in rows else {})
            for name, path in files.items()
        },
        "sources": {
            source.name: {
                "upstream": source.upstream,
                "revision": source.revision,
                "licence": source.licence,
                "files": report["sources"][source.name]["sha256"],
            }
            for source in sources
        },
        "packages": {name: installed_version(name) for name in PACKAGES},
    }
