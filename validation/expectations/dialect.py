"""DuckDB for SQLAlchemy, as far as Great Expectations reads with it: one file, read only, no transactions.

The duckdb-engine package is not used: with DuckDB 2 its reflection fails and the rollback with which Great
Expectations ends every query drops the result.
"""

import os
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import NullType

NAME = "globmedduckdb"


class Dialect(DefaultDialect):
    """A dialect that reflects tables and their columns; types, keys and indexes are not read."""

    name = "duckdb"
    driver = "duckdb"
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """Return DuckDB's own module, which implements the DB-API."""
        import duckdb

        return duckdb

    def create_connect_args(self, url: sqlalchemy.URL) -> tuple[list[Any], dict[str, Any]]:
        """Open the file of `address`."""
        config = {"memory_limit": "1GiB", "autoinstall_known_extensions": False, "autoload_known_extensions": False}
        return [os.fsdecode(bytes.fromhex(str(url.database)))], {"read_only": True, "config": config}

    def do_begin(self, dbapi_connection: Any) -> None:
        """Do nothing: nothing is written."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Do nothing: nothing is written."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Do nothing: a rollback would drop a result that is still to be fetched."""

    def has_table(self, connection: sqlalchemy.Connection, table_name: str, *_: Any, **__: Any) -> bool:
        """Return whether the table exists."""
        names = connection.exec_driver_sql("SHOW TABLES").scalars()
        return table_name in names

    def get_columns(self, connection: sqlalchemy.Connection, table_name: str, *_: Any, **__: Any) -> list[Any]:
        """Return the columns' names without types; every expectation is SQL, which knows the types."""
        question = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
        names = connection.exec_driver_sql(question, (table_name,)).scalars()
        return [{"name": name, "type": NullType(), "nullable": True, "default": None} for name in names]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """Return no primary key."""
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *_: Any, **__: Any) -> list[Any]:
        """Return no foreign keys."""
        return []

    def get_indexes(self, *_: Any, **__: Any) -> list[Any]:
        """Return no indexes."""
        return []

    def get_unique_constraints(self, *_: Any, **__: Any) -> list[Any]:
        """Return no unique constraints."""
        return []

    def get_check_constraints(self, *_: Any, **__: Any) -> list[Any]:
        """Return no check constraints."""
        return []

    def get_table_comment(self, *_: Any, **__: Any) -> Any:
        """Return no comment."""
        return {"text": None}


def address(file: Path) -> str:
    """Return a file's URL: its path in hex, so that SQLAlchemy sees no query and Great Expectations no variable."""
    return f"{NAME}:///{os.fsencode(file).hex()}"


sqlalchemy.dialects.registry.register(NAME, __name__, "Dialect")
