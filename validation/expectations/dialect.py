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
    """Tables and their columns; types, keys and indexes are not asked for."""

    name = "duckdb"
    driver = "duckdb"
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """The database's own module has the DB-API."""
        import duckdb

        return duckdb

    def create_connect_args(self, url: sqlalchemy.URL) -> tuple[list[Any], dict[str, Any]]:
        """Open the file of `address`."""
        config = {"memory_limit": "1GiB", "autoinstall_known_extensions": False, "autoload_known_extensions": False}
        return [os.fsdecode(bytes.fromhex(str(url.database)))], {"read_only": True, "config": config}

    def do_begin(self, dbapi_connection: Any) -> None:
        """Nothing is written."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing is written."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing is written; a rollback would drop a result that is still to be fetched."""

    def has_table(self, connection: sqlalchemy.Connection, table_name: str, *_: Any, **__: Any) -> bool:
        """Whether there is such a table."""
        names = connection.exec_driver_sql("SHOW TABLES").scalars()
        return table_name in names

    def get_columns(self, connection: sqlalchemy.Connection, table_name: str, *_: Any, **__: Any) -> list[Any]:
        """The columns' names; every expectation is SQL, which knows the types."""
        question = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
        names = connection.exec_driver_sql(question, (table_name,)).scalars()
        return [{"name": name, "type": NullType(), "nullable": True, "default": None} for name in names]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """There is none."""
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *_: Any, **__: Any) -> list[Any]:
        """There are none."""
        return []

    def get_indexes(self, *_: Any, **__: Any) -> list[Any]:
        """There are none."""
        return []

    def get_unique_constraints(self, *_: Any, **__: Any) -> list[Any]:
        """There are none."""
        return []

    def get_check_constraints(self, *_: Any, **__: Any) -> list[Any]:
        """There are none."""
        return []

    def get_table_comment(self, *_: Any, **__: Any) -> Any:
        """There is none."""
        return {"text": None}


def address(file: Path) -> str:
    """The URL of a file: its path in hex, in which SQLAlchemy finds no query and Great Expectations no variable."""
    return f"{NAME}:///{os.fsencode(file).hex()}"


sqlalchemy.dialects.registry.register(NAME, __name__, "Dialect")
