"""The Parquet files of a build, a candidate or a dataset: found, checked, and opened as one view."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from globmed.errors import UserError
from globmed.schema import arrow_schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: In the folder of a build: its rows.
BUILT = "rows"
FILE = {"filename": pl.String, "config": pl.String, "split": pl.String}


def find_files(folder: Path) -> pl.DataFrame:
    """Return ``filename, config, split`` of ``data/<config>/<split>-*.parquet``, or ``rows/<config>/<split>.parquet``.

    Raises:
        UserError: there are none.
    """
    for name in ("data", BUILT):
        files = files_below(folder / name)
        if not files.is_empty():
            return files
    raise UserError(
        f"{folder}: found no data/<config>/<split>-*.parquet and no rows/<config>/<split>.parquet, expected the "
        "folder of a build, a candidate or a dataset: name it"
    )


def files_below(folder: Path) -> pl.DataFrame:
    """Find ``<config>/<split>*.parquet`` below a folder, as ``filename, config, split``."""
    paths = sorted(folder.glob("*/*.parquet"))
    rows = [(str(path.absolute()), path.parent.name, path.stem.partition("-")[0]) for path in paths]
    return pl.DataFrame(rows, schema=FILE, orient="row")


def open_files(database: "DuckDBPyConnection", files: pl.DataFrame, name: str) -> None:
    """Create a view of the files with all their columns, config and split."""
    if files.is_empty():
        database.from_arrow(arrow_schema().empty_table()).project("*, '' AS config, '' AS split").create(name)
        return
    database.from_arrow(files.to_arrow()).create(f"{name}_files")
    places = database.table(f"{name}_files").set_alias("places")
    parquet = database.read_parquet(files["filename"].to_list(), filename=True, union_by_name=True).set_alias("parquet")
    parquet.join(places, "filename").project("* EXCLUDE (filename)").create_view(name)


def read_schema(file: Path) -> pa.Schema:
    """Return the schema of a file, without metadata.

    Raises:
        UserError: it is not a Parquet file.
    """
    return _footer(file).schema.to_arrow_schema().remove_metadata()


def count_rows(file: Path) -> int:
    """Return how many rows a file has.

    Raises:
        UserError: it is not a Parquet file.
    """
    return int(_footer(file).num_rows)


def _footer(file: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise UserError(f"{file}: cannot be read as Parquet ({error}): write it again") from error
