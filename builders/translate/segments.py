"""Segments: the texts of the English items, each with the hash that joins it to its translation."""

from pathlib import Path

import polars as pl

from globmed.languages import ENGLISH, language
from globmed.schema import TEXTS
from globmed.storage.parquet import write_parquet
from globmed.storage.queries import connect, query


def normalised(text: pl.Expr) -> pl.Expr:
    """Normalize text for comparison: Unicode NFC, every run of white space one space, none at the ends.

    Case and punctuation are kept: where they differ, the translation may differ.
    """
    return text.str.normalize("NFC").str.replace_all(r"\s+", " ").str.strip_chars()


def with_keys(texts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add ``key`` and ``memory_key``: the first 128 bits of the SHA-256 of a column's text and of its normalised text.

    Joins by ``key`` preserve line breaks and white space; a translation memory is looked up by ``memory_key``.
    """
    columns = texts.with_columns(exact=pl.col(column), normalised=normalised(pl.col(column)))
    with connect() as database:
        return query(database, "rows/segment_keys", {"texts": columns})


def build_segments(items: Path, out: Path) -> None:
    """Write the segments of the English items."""
    english = pl.scan_parquet(items, glob=False).filter(pl.col("language") == language(ENGLISH).tag)
    write_parquet(segments_of(english), out)


def segments_of(items: pl.LazyFrame) -> pl.DataFrame:
    """Return ``id, field, position, label, key, memory_key, text`` for every text of items, sorted by id."""
    texts = [
        items.select(
            "id",
            pl.lit(field).alias("field"),
            pl.lit(0, pl.Int64).alias("position"),
            pl.lit(None, pl.String).alias("label"),
            pl.col(field).alias("text"),
        )
        for field in TEXTS
    ]
    options = (
        items.filter(pl.col("options").list.len() > 0)
        .select(
            "id",
            pl.lit("options").alias("field"),
            pl.int_ranges(pl.col("options").list.len()).alias("position"),
            "options",
        )
        .explode("position", "options")
        .unnest("options")
        .select("id", "field", "position", "label", "text")
    )
    segments = pl.concat([*texts, options]).filter(pl.col("text").is_not_null()).collect()
    columns = ("id", "field", "position", "label", "key", "memory_key", "text")
    return with_keys(segments, "text").sort("id", "field", "position").select(columns)
