"""What rounds said of rows: ``reviews-<tag>.parquet`` beside the translation memory, from which a build fills `review`.

A review is of a text. It is told of a row while the row has that text, or the one that the same round mended it to.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from builders.review.texts import row_texts
from builders.segments import with_keys
from globmed.languages import Language
from globmed.schema import REVIEW

RECORD: dict[str, pl.DataType] = {
    **dict.fromkeys(("id", "digest", "round", "status"), pl.String()),
    "raters": pl.Int64(),
    **dict.fromkeys(("accuracy", "fluency", "completeness"), pl.Float64()),
    "version": pl.String(),
}


def record_name(config: Language) -> str:
    """The name of a language's record."""
    return f"reviews-{config.tag}.parquet"


def record_files(memory: Sequence[Path], config: Language) -> list[Path]:
    """The records of a language in the folders of the translation memory."""
    return sorted(path for folder in memory if folder.is_dir() for path in folder.rglob(record_name(config)))


def digests(texts: pl.DataFrame) -> pl.DataFrame:
    """``id, digest`` of the translations in ``id, texts``; white space does not count."""
    text = pl.element().struct
    joined = pl.col("texts").list.eval(pl.format("[{}] {}", text.field("name"), text.field("translation")))
    return with_keys(texts.select("id", text=joined.list.join("\n")), "text").select("id", digest="memory_key")


def with_reviews(rows: pl.DataFrame, english: pl.DataFrame, records: Sequence[Path]) -> pl.DataFrame:
    """Add ``review`` to rows: what the records say of them, or that nobody has reviewed them."""
    unreviewed = pl.struct(
        pl.lit("unreviewed").alias("status"),
        pl.lit(0, pl.Int64).alias("raters"),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("accuracy", "fluency", "completeness")),
        pl.lit(None, pl.String).alias("version"),
    )
    if not records:
        return rows.with_columns(review=unreviewed)
    known = pl.concat(pl.read_parquet(path) for path in records).unique(
        ["id", "digest"], keep="last", maintain_order=True
    )
    reviewed = rows.join(known, on="id", how="semi")
    found = digests(row_texts(reviewed, english)).join(known, on=["id", "digest"])
    said = found.select("id", review=pl.struct(field.name for field in REVIEW))
    return rows.join(said, on="id", how="left", maintain_order="left").with_columns(
        pl.col("review").fill_null(unreviewed)
    )
