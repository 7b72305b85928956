"""Translations: for every segment and target language the best text there is, and where it came from."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from builders.parquet import write_parquet
from globmed.languages import Language

#: What `provenance.engine` says of a text that a translation memory gave.
MEMORY = "memory"


def build_translations(segments: Path, memory: Path, languages: Sequence[Language], out: Path) -> None:
    """Write ``key, language, text, origin, engine, package, version`` for segments that the memory knows.

    ``package`` is the TMX file that the text came from. Sorted by language and key, each pair once.
    """
    wanted = pl.scan_parquet(segments).select("key").unique()
    found = (
        pl.scan_parquet(memory)
        .filter(pl.col("language").is_in([language.tag for language in languages]))
        .join(wanted, on="key", how="semi")
        .select(
            "key",
            "language",
            "text",
            "origin",
            pl.lit(MEMORY).alias("engine"),
            pl.col("file").alias("package"),
            pl.lit(None, pl.String).alias("version"),
        )
        .sort("language", "key")
        .collect()
    )
    write_parquet(found, out)
