"""The pipeline's use of DuckDB: one question per file in ``sql/``, bound parameters, polars in and out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from globmed.storage.packages import ROOT

if TYPE_CHECKING:
    import duckdb
    import polars as pl

QUERIES = ROOT / "sql"


@contextmanager
def connect(threads: int | None = None, memory: str = "1GiB") -> "Iterator[duckdb.DuckDBPyConnection]":
    """Yield an in-memory database that cannot install or load extensions; closed at the end of the block."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        config["threads"] = threads
    with duckdb.connect(config=config) as connection:
        yield connection


def query(
    connection: "duckdb.DuckDBPyConnection",
    name: str,
    frames: "Mapping[str, pl.DataFrame | pl.LazyFrame] | None" = None,
    **parameters: object,
) -> "pl.DataFrame":
    """Run ``sql/<name>.sql`` (one statement) over the named frames with bound ``$parameters``."""
    import polars

    for view, frame in (frames or {}).items():
        connection.register(view, frame)
    result = connection.sql((QUERIES / f"{name}.sql").read_text("utf-8"), params=parameters or None).to_arrow_table()
    made = polars.from_arrow(result)
    assert isinstance(made, polars.DataFrame)  # noqa: S101 -- a table never gives a Series
    return made
