"""Reviews of rows: ``reviews-<tag>.parquet`` beside the translation memory, from which a build fills `review`.

A review belongs to texts. It applies to a row as long as each of its texts is the one that the raters saw, or an edit
of that by reviewers, in the same round or a later one.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from builders.rows.texts import row_texts
from builders.translate.segments import with_keys
from globmed.errors import UserError
from globmed.languages import Language
from globmed.schema import REVIEW
from globmed.storage.files import replaced
from globmed.storage.parquet import write_parquet

#: A line for every text (``name``) of a reviewed row and every translation of it (``digest``) that the review is told
#: of; ``key`` is that of its source. Where rounds said several things of a row, the last one counts.
RECORD: dict[str, pl.DataType] = {
    **dict.fromkeys(("id", "name", "key", "digest", "round", "status"), pl.String()),
    "raters": pl.Int64(),
    **dict.fromkeys(("accuracy", "fluency", "completeness"), pl.Float64()),
    "version": pl.String(),
}


def record_name(config: Language) -> str:
    """Return the file name of a language's record."""
    return f"reviews-{config.tag}.parquet"


def record_files(memory: Sequence[Path], config: Language) -> list[Path]:
    """Return the records of a language in the folders of the translation memory."""
    return sorted(path for folder in memory if folder.is_dir() for path in folder.rglob(record_name(config)))


def read_record(path: Path) -> pl.DataFrame:
    """Read `RECORD` as it was written.

    Raises:
        UserError: the file is not a record.
    """
    try:
        record = pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UserError(f"{path}: {error}; expected what `globmed review apply` wrote") from error
    if dict(record.schema) != RECORD:
        found = ", ".join(record.columns)
        raise UserError(f"{path}: columns {found}; expected {', '.join(RECORD)}, as `globmed review apply` writes them")
    return record


def digests(texts: pl.DataFrame) -> pl.DataFrame:
    """Return ``id, name, key, digest`` of the texts in ``id, texts``; white space does not count."""
    each = texts.select("id", "texts").explode("texts").unnest("texts")
    by_source = with_keys(each, "source").drop("key").rename({"memory_key": "source_key"})
    return with_keys(by_source, "translation").select("id", "name", key="source_key", digest="memory_key")


def with_reviews(rows: pl.DataFrame, english: pl.DataFrame, records: Sequence[Path]) -> pl.DataFrame:
    """Add ``review`` to rows, from the records; rows without a record are marked as not reviewed."""
    unreviewed = pl.struct(
        pl.lit("unreviewed").alias("status"),
        pl.lit(0, pl.Int64).alias("raters"),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("accuracy", "fluency", "completeness")),
        pl.lit(None, pl.String).alias("version"),
    )
    if not records:
        return rows.with_columns(review=unreviewed)
    known = pl.concat(map(read_record, records)).with_row_index("place")
    reviewed = rows.join(known, on="id", how="semi")
    texts = digests(row_texts(reviewed, english)).with_columns(texts=pl.len().over("id"))
    said = (
        texts.join(known, on=["id", "name", "key", "digest"])
        .sort("place")
        .group_by("id", "round", maintain_order=True)
        .agg(pl.col("texts").first(), found=pl.len(), review=pl.struct(field.name for field in REVIEW).last())
        .filter(pl.col("found") == pl.col("texts"))
        .unique("id", keep="last", maintain_order=True)
        .select("id", "review")
    )
    return rows.join(said, on="id", how="left", maintain_order="left").with_columns(
        pl.col("review").fill_null(unreviewed)
    )


def add_to_record(path: Path, record: pl.DataFrame, moves: pl.DataFrame) -> None:
    """Replace a round's earlier reviews of the same rows in a record, and apply its ``moves`` to all rounds.

    Args:
        path: the file; other rounds may have written to it.
        record: `RECORD` of the texts that raters saw.
        moves: ``key, digest, after``: edits of texts by reviewers.
    """
    before = read_record(path) if path.is_file() else pl.DataFrame(schema=RECORD)
    said = pl.concat([before.join(record, on=["id", "round"], how="anti", maintain_order="left"), record])
    moved = said.join(moves, on=["key", "digest"]).with_columns(digest="after").select(*RECORD)
    every = pl.concat([said, moved]).unique(["id", "name", "key", "digest", "round"], keep="first", maintain_order=True)
    # A row's rounds stay in the order in which they were applied.
    order = pl.int_range(pl.len()).min().over("id", "round")
    with replaced(path) as temporary:
        write_parquet(every.sort(order, "name", "digest"), temporary)
