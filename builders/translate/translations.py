"""Translations: for every segment the best text in a language, and its origin."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from globmed.languages import ENGLISH, Language
from globmed.languages import language as named_language
from globmed.storage.parquet import write_parquet

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine
    from builders.translate.packages.package import Package

#: The value of `provenance.engine` for a text from a translation memory.
MEMORY = "memory"
SCHEMA = {
    "key": pl.String,
    "language": pl.String,
    "text": pl.String,
    "origin": pl.String,
    "engine": pl.String,
    "package": pl.String,
    "version": pl.String,
    "sha256": pl.String,
    "memory": pl.Int64,
    "rank": pl.Int64,
    "unresolved": pl.Int64,
}


def remembered_translations(segments: pl.LazyFrame, memory: pl.LazyFrame, language: Language) -> pl.DataFrame:
    """Return `SCHEMA` for the segments in the memory.

    ``package`` is the TMX file, or the published repository with its commit as ``version``, that the text came from.
    """
    entries = memory.filter(pl.col("language") == language.tag).rename({"file": "package"})
    texts = segments.select("key", "memory_key", pl.col("text").str.len_chars().alias("length")).unique("key")
    return _as_schema(
        texts.join(entries, on="memory_key")
        .with_columns(engine=pl.lit(MEMORY), memory=pl.col("length"), rank=0, unresolved=0)
        .collect(),
        language,
    )


def build_translations(segments: Path, memory: Path, language: Language, out: Path) -> None:
    """Write `SCHEMA`, sorted by key, for the segments in the memory."""
    write_parquet(
        remembered_translations(pl.scan_parquet(segments, glob=False), pl.scan_parquet(memory, glob=False), language),
        out,
    )


def build_machine_translations(
    segments: Path, memory: Path, pieces: Path, language: Language, package: "Package", machine: "Machine", out: Path
) -> None:
    """Write `SCHEMA`, sorted by key, for every segment; those not in the memory are translated with a package."""
    from builders.translate.machine.machine import translate_pieces

    entries = pl.scan_parquet(memory, glob=False).filter(pl.col("language") == language.tag)
    remembered = remembered_translations(pl.scan_parquet(segments, glob=False), entries, language)
    wanted = pl.scan_parquet(pieces, glob=False).join(remembered.lazy(), on="key", how="anti").collect()
    made = translate_pieces(wanted, entries.collect(), package, machine)
    write_parquet(_of_package(made, package, language).vstack(remembered).sort("key"), out)


def translations_into_english(
    segments: pl.DataFrame, memory: pl.DataFrame, package: "Package | None", machine: "Machine | None"
) -> pl.DataFrame:
    """Return `SCHEMA`, sorted by key, for segments in another language.

    Args:
        segments: ``key, memory_key, text``.
        memory: `builders.translate.memory.into_english`, of their language.
        package: translates what is not in the memory; without one it is absent.
        machine: the means of translation.
    """
    english = named_language(ENGLISH)
    remembered = remembered_translations(segments.lazy(), memory.lazy(), english)
    rest = segments.join(remembered, on="key", how="anti").unique("key").select("key", "text")
    if package is None or machine is None or rest.is_empty():
        return remembered
    from builders.translate.machine.machine import translate_texts

    made = translate_texts(rest["text"], package, machine).rename({"key": "source"})
    by_key = rest.rename({"text": "source"}).join(made, on="source").drop("source")
    return _of_package(by_key, package, english).vstack(remembered).sort("key")


def _of_package(made: pl.DataFrame, package: "Package", language: Language) -> pl.DataFrame:
    """Return translations as `SCHEMA`; those that the package made name it."""
    from builders.translate.machine.machine import ARGOS

    by_package = {"package": package.name, "version": package.version, "sha256": package.identity}
    named = [pl.when(pl.col("engine") == ARGOS).then(pl.lit(value)).alias(name) for name, value in by_package.items()]
    return _as_schema(made.with_columns(named), language)


def _as_schema(frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    absent = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in frame.columns]
    columns = frame.with_columns(absent).with_columns(language=pl.lit(language.tag))
    return columns.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()).sort("key")
