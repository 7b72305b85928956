"""The figures of the cards that only the build has: sources, licences, leaks and gaps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from builders.rows.artifacts.folder import BuildFolder
from builders.sources.source import Source
from cards.croissant import croissant
from cards.dataset import DatasetCard, Picture
from cards.draft import Draft
from cards.figures import Born, ConfigFigures, Gap, Leaks, SourceFigures, count_configs, example_rows
from cards.licence import licence_page
from globmed.languages import ENGLISH, languages
from globmed.records.build import BuildReport
from globmed.records.record import read_file
from globmed.schema import TASKS
from globmed.storage.files import write_text
from globmed.storage.queries import connect
from globmed.versions.numbers import Version
from validation.facts.files import find_files
from validation.facts.tables import make_tables
from validation.facts.withheld import is_withheld
from validation.known_issues import accepted_rows

PICTURES = "figures"


def dataset_card(
    build: BuildFolder,
    data: Path,
    repository: str,
    version: Version,
    *,
    allowed: Sequence[Source],
    withheld: Sequence[Source],
    private: bool,
    draft: Draft | None = None,
) -> DatasetCard:
    """Return the card of a candidate.

    Args:
        build: the build that its rows come from.
        data: its Parquet files, ``<config>/<split>-*.parquet``.
        repository: the repository that it is published to.
        version: its version.
        allowed: the build's sources that the licence gate allows in the repository.
        withheld: the sources that it withholds.
        private: whether the repository is private.
        draft: the draft, if it is one and not a version.

    Raises:
        UserError: a descriptor, language or version has text that is not allowed on a card.
    """
    configs = count_configs(data)
    report = read_file(BuildReport, build.report, f"run `globmed build --out {build.root}` again")
    names = [source.name for source in allowed]
    present = {rows.name for config in configs for rows in config.sources}
    return DatasetCard(
        repository=repository,
        version=version,
        configs=configs,
        sources=[_source_figures(source, configs) for source in allowed if source.name in present],
        withheld=[_source_figures(source, configs) for source in withheld],
        private=private,
        leaks=[Leaks(**leak) for leak in report.leaks if leak["source"] in names],
        gaps=_gaps(build, configs, report.coverage, names),
        draft=draft,
        item=example_rows(data, _shown(configs)),
        born=[Born(**line) for line in report.pivot if line["source"] in names],
    )


def write_cards(card: DatasetCard, folder: Path, kept: Path) -> None:
    """Write README.md, its pictures and pages, the sources' licences and ``croissant.json`` beside the data.

    Args:
        card: their contents.
        folder: the candidate.
        kept: a cache of figures and pictures, valid while the data are the same.
    """
    from validation.expectations.plots import draw_plots, write_plots

    with connect() as database:
        make_tables(database, find_files(folder), None, kept)
        plots = draw_plots(database, kept)
    write_plots(plots, folder / PICTURES)
    pictures = {plot.name: Picture(f"{PICTURES}/{plot.name}.svg", f"{plot.title}. {plot.says}") for plot in plots}
    card = replace(card, pictures=pictures)
    write_text(folder / "README.md", card.render())
    write_text(folder / "COLUMNS.md", card.columns())
    write_text(folder / "QUALITY.md", card.quality())
    write_text(folder / "LIMITATIONS.md", card.limitations())
    for config in card.configs:
        write_text(folder / "languages" / f"{config.language.name}.md", card.page(config))
    for source in card.sources:
        write_text(folder / "LICENSES" / f"{source.name}.md", licence_page(source))
    write_text(folder / "croissant.json", json.dumps(croissant(card, folder), indent=1, ensure_ascii=False) + "\n")


def _shown(configs: Sequence[ConfigFigures]) -> list[str]:
    """Return the configs of the example item: English, and the first other of each tier."""
    by_tier = {each.language.tier: each.language.name for each in reversed(configs) if each.language.name != ENGLISH}
    english = [each.language.name for each in configs if each.language.name == ENGLISH]
    return [*english, *(by_tier[tier] for tier in sorted(by_tier))]


def _source_figures(source: Source, configs: Sequence[ConfigFigures]) -> SourceFigures:
    of_source = [rows for config in configs for rows in config.sources if rows.name == source.name]
    tasks = {task for rows in of_source for task, count in rows.tasks.items() if count}
    return SourceFigures(
        name=source.name,
        title=source.title,
        tasks=[task for task in TASKS if task in tasks],
        licence=source.licence,
        upstream=source.upstream,
        revision=source.revision,
        publish_reason=source.publish_reason,
        citation=source.citation,
    )


def _gaps(
    build: BuildFolder, configs: Sequence[ConfigFigures], coverage: Sequence[Mapping[str, Any]], sources: Sequence[str]
) -> list[Gap]:
    """Return the English items that each config lacks, by source; only for sources that this repository may hold."""
    if not coverage:
        return []
    absent = pl.DataFrame(coverage).group_by("config", "source").agg(pl.col("absent").sum())
    every = absent.join(_withheld(build, configs), on=["config", "source"], how="left").fill_null(0)
    published = every.filter(pl.col("absent") > 0, pl.col("source").is_in(list(sources))).sort("config", "source")
    return [Gap(**row) for row in published.iter_rows(named=True)]


def _withheld(build: BuildFolder, configs: Sequence[ConfigFigures]) -> pl.DataFrame:
    """Count the translations that are in no split, by config and source."""
    parts = [
        pl.scan_parquet(path, glob=False)
        .filter(is_withheld(accepted_rows(config.language.name)))
        .group_by("source")
        .agg(pl.len().cast(pl.Int64).alias("withheld"))
        .select(pl.lit(config.language.name).alias("config"), "source", "withheld")
        for config in configs
        if (path := build.assembled(languages()[config.language.name])).is_file()
    ]
    empty = pl.LazyFrame(schema={"config": pl.String, "source": pl.String, "withheld": pl.Int64})
    return pl.concat([empty, *parts]).collect()
