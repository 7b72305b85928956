"""The two tables that the page filters by, so that it need not read every file for it: a few bytes a row."""

from collections.abc import Sequence
from io import BytesIO

import polars as pl

from globmed.versions.explore.contents import DataFile

#: What filters a whole item, and what filters one of its rows.
OF_ITEMS, OF_ROWS = ("task", "source", "specialty"), ("origin", "status", "reasons")
#: Where in a row a facet is, unless it is a column of that name.
_PLACES = {"status": ("review", "status"), "reasons": ("quality", "reasons")}


def facet_tables(files: Sequence[DataFile]) -> tuple[bytes, bytes]:
    """Return the items and the rows, as Parquet.

    The items are sorted by id: ``id, task, source, specialty``. The rows are in the order of the files, and in each in
    its own order: ``item`` (the place of its item, from 0), ``origin, status, reasons`` (codes, a space between them).
    """
    rows = pl.concat([_facets(file) for file in files]).collect()
    items = rows.group_by("id").agg(pl.col(OF_ITEMS).drop_nulls().first()).sort("id").with_row_index("item")
    placed = rows.join(items.select("id", "item"), on="id", how="left", maintain_order="left")
    return _parquet(items.drop("item")), _parquet(placed.select(pl.col("item").cast(pl.Int32), *OF_ROWS))


def _facets(file: DataFile) -> pl.LazyFrame:
    frame = pl.scan_parquet(file.local, glob=False)
    columns = frame.collect_schema()
    return frame.select("id", *(_facet(name, columns).cast(pl.String).alias(name) for name in (*OF_ITEMS, *OF_ROWS)))


def _facet(name: str, columns: pl.Schema) -> pl.Expr:
    """Return a facet; null in a version from before its column."""
    column, *field = _PLACES.get(name, (name,))
    if column not in columns:
        return pl.lit(None)
    value = pl.col(column).struct.field(field[0]) if field else pl.col(column)
    return value.list.sort().list.join(" ") if name == "reasons" else value


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    # The browser decompresses this faster than zstd, and the tables are small with either.
    frame.write_parquet(buffer, compression="snappy", row_group_size=max(1, frame.height), statistics=False)
    return buffer.getvalue()
