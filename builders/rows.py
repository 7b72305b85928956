"""Rows: the segments of every item joined back together in one language, in the released schema."""

from pathlib import Path

import polars as pl

from builders.parquet import write_parquet
from globmed.duck import connect, query
from globmed.languages import Language
from globmed.schema import ORIGINS, PROVENANCE, QUALITY, REVIEW, SPLITS, arrow_schema


def build_rows(items: Path, segments: Path, translations: Path, language: Language, out: Path) -> None:
    """Write ``<split>.parquet`` into the folder ``out`` for every split that has rows, sorted by id.

    Upstream text in the language comes first (origin ``original`` or ``human``); an English item with a segment
    that has no translation is absent.
    """
    frames = {
        "items": pl.scan_parquet(items),
        "segments": pl.scan_parquet(segments),
        "translations": pl.scan_parquet(translations),
    }
    with connect() as database:
        rows = query(database, "assemble", frames, language=language.tag, origins=list(ORIGINS))
    out.mkdir(parents=True)
    for split in SPLITS:
        part = rows.filter(pl.col("split") == split)
        if part.height:
            write_parquet(_released(part).sort("id"), out / f"{split}.parquet", arrow_schema())


def _released(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of the released schema; what nobody has measured or reviewed yet is null."""
    unmeasured = [pl.lit(None, pl.Float64).alias(field.name) for field in QUALITY]
    unreviewed = [
        pl.lit("unreviewed").alias("status"),
        pl.lit(0, pl.Int64).alias("raters"),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("accuracy", "fluency", "completeness")),
        pl.lit(None, pl.String).alias("version"),
    ]
    assert [e.meta.output_name() for e in unreviewed] == [field.name for field in REVIEW]  # noqa: S101 -- a slip of ours
    return rows.with_columns(
        pl.struct([field.name for field in PROVENANCE]).alias("provenance"),
        pl.struct(unmeasured).alias("quality"),
        pl.struct(unreviewed).alias("review"),
    ).select(arrow_schema().names)
