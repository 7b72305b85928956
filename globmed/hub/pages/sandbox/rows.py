"""Rows of Parquet files: pages of them, with conditions, and the rows of one item.

Files of GlobMed's columns (`globmed.schema`) are searched in their texts and filtered; of any others the first columns
are shown and searched. Whatever columns there are, they become those of one view, ``rows``, by expressions, never by
names in SQL: ``file``, ``id``, ``language``, ``task``, ``source``, ``status`` (of the review), ``critical``,
``answer``, ``shown`` (the text of a line), ``text_0`` to ``text_5`` (what is searched), and ``cell_0`` and so on (the
other columns).
"""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache, lru_cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any, TypeVar

from globmed.hub.pages.sandbox.workers import UnfitError

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
TEXTS = ("question", "context", "premise", "hypothesis", "long_answer")
#: Columns of other files that are shown, and of them those that are searched.
MOST_CELLS, MOST_SEARCHED = 12, 6
LINE_CHARACTERS = 400
#: Of a text of an item: less if they are long together.
TEXT_CHARACTERS = (20_000, 2_000, 200)
#: Of all texts of an item, of its rows, and of a list or struct in one.
ITEM_CHARACTERS, ITEM_ROWS, LIST_ITEMS = 1_000_000, 60, 100
#: Less than the process may have: what is in use at its limits ends it.
DUCKDB_MEMORY = "384MiB"


def facets(files: Sequence[str]) -> dict[str, Any]:
    """Return the values of ``language``, ``task``, ``source`` and ``status``, each with its number of rows.

    Raises:
        UnfitError: a file is damaged, or the files have different columns.
    """
    found: dict[str, Any] = {"language": [], "task": [], "source": [], "status": []}
    for facet, value, count in _read(files, lambda connection: connection.execute(_query("facets")).fetchall()):
        found[facet].append([value, count])
    return found


def page(files: Sequence[str], conditions: dict[str, str | None], start: int, limit: int) -> dict[str, Any]:
    """Return a page of the rows that fulfil conditions, whether there are more, and how many there are.

    Args:
        files: Parquet files.
        conditions: ``language``, ``task``, ``source``, ``status`` and ``text``; None for any.
        start: the rows before the page.
        limit: the rows of the page.

    The number is None if it would take a second look at every text.

    Raises:
        UnfitError: as `facets`.
    """

    def ask(connection: "duckdb.DuckDBPyConnection") -> dict[str, Any]:
        connection.execute(_query("found"))
        rows = _rows(connection.execute(_query("page"), conditions | {"limit": limit + 1, "start": start}))
        total: int | None = start + len(rows)
        if len(rows) > limit or (start and not rows):
            total = None
            if conditions["text"] is None:
                (total,) = connection.execute(_query("count"), conditions).fetchall()[0]
        for row in rows:
            row["file"] = files.index(row["file"])
        columns = _other_columns(_types(connection.view("everything")))
        return {"rows": rows[:limit], "more": len(rows) > limit, "total": total, "columns": columns}

    return _read(files, ask)


def item(files: Sequence[str], id: str) -> dict[str, Any]:  # noqa: A002 -- the column's name
    """Return the rows of an item, each a file's number and its columns, and what the signals mean.

    Raises:
        UnfitError: as `facets`, or the rows have no id.
    """
    from globmed.schema import SIGNALS

    def ask(connection: "duckdb.DuckDBPyConnection") -> list[dict[str, Any]]:
        if "id" not in _types(connection.view("everything")):
            raise UnfitError("These rows have no column `id`.")
        return _rows(connection.execute(_query("item"), {"id": id, "limit": ITEM_ROWS}))

    asked = _read(files, ask)
    numbers = [files.index(row.pop("filename")) for row in asked]
    for longest in TEXT_CHARACTERS:
        rows = [_shortened(row, longest) for row in asked]
        if len(json.dumps(rows, default=str)) <= ITEM_CHARACTERS:
            found = [{"file": number, "row": row} for number, row in zip(numbers, rows, strict=True)]
            return {"rows": found, "signals": {name: signal.meaning for name, signal in SIGNALS.items()}}
    raise UnfitError("The rows of this item are too long to be shown.")


def _rows(answer: "duckdb.DuckDBPyConnection") -> list[dict[str, Any]]:
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _read(files: Sequence[str], ask: "Callable[[duckdb.DuckDBPyConnection], T]") -> T:
    """Return what a function asks the views ``everything`` and ``rows``."""
    import duckdb

    try:
        return _ask(files, ask)
    except (duckdb.InternalException, duckdb.FatalException) as error:
        # The database answers nothing after that; a process of its own may.
        raise SystemExit(str(error)) from error
    except duckdb.OutOfMemoryException as error:
        raise UnfitError("It takes more time or memory than a page may.") from error
    except duckdb.Error as error:
        said = str(error).split("\n")[0]
        for number, file in enumerate(files):
            said = said.replace(file, f"file {number + 1}")
        raise UnfitError(f"The Parquet files cannot be read: {said[:300]}") from error


def _ask(files: Sequence[str], ask: "Callable[[duckdb.DuckDBPyConnection], T]") -> T:
    with closing(_database().cursor()) as connection:
        # It looks for columns (`file_index`) that a view over several files does not have, and fails.
        connection.execute("SET disabled_optimizers = 'late_materialization'")
        relation = connection.from_parquet(
            list(files), filename=True, union_by_name=not _same_columns(tuple(files)), hive_partitioning=False
        )
        relation.create_view("everything", replace=True)
        relation.select(*_expressions(relation)).create_view("rows", replace=True)
        return ask(connection)


@lru_cache(maxsize=32)
def _same_columns(files: tuple[str, ...]) -> bool:
    """Return whether all files have the columns of the first: a page need not compare them each time."""
    with closing(_database().cursor()) as connection:
        first, every = (connection.from_parquet(list(files), union_by_name=union) for union in (False, True))
        return _types(first) == _types(every)


@cache
def _database() -> "duckdb.DuckDBPyConnection":
    """Return the process's database: in memory, without extensions or files of its own."""
    import duckdb

    return duckdb.connect(
        config={
            "memory_limit": DUCKDB_MEMORY,
            "threads": 2,
            "max_temp_directory_size": "0B",
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


@cache
def _query(name: str) -> str:
    return resources(__package__).joinpath("queries", f"{name}.sql").read_text("utf-8")


def _types(relation: "duckdb.DuckDBPyRelation") -> dict[str, Any]:
    return dict(zip(relation.columns, relation.types, strict=True))


def _is_known(types: dict[str, Any]) -> bool:
    """Return whether rows have an id and a text that GlobMed's have."""
    return str(types.get("id")) == "VARCHAR" and any(str(types.get(name)) == "VARCHAR" for name in TEXTS)


def _other_columns(types: dict[str, Any]) -> list[str]:
    return [] if _is_known(types) else [name for name in types if name != "filename"][:MOST_CELLS]


def _expressions(relation: "duckdb.DuckDBPyRelation") -> "list[duckdb.Expression]":
    """Return the columns of ``rows``; null where a file has none of that name and type."""
    from duckdb import CoalesceOperator, ColumnExpression, ConstantExpression, FunctionExpression
    from duckdb.sqltypes import VARCHAR

    types = _types(relation)
    nothing = ConstantExpression(None).cast(VARCHAR)

    def text(name: str) -> "duckdb.Expression":
        return ColumnExpression(name) if str(types.get(name)) == "VARCHAR" else nothing

    def inner(name: str, field: str) -> "duckdb.Expression":
        kind = types.get(name)
        if kind is None or kind.id != "struct" or field not in dict(kind.children):
            return nothing
        return FunctionExpression("struct_extract", ColumnExpression(name), ConstantExpression(field)).cast(VARCHAR)

    def line(expression: "duckdb.Expression") -> "duckdb.Expression":
        return FunctionExpression("left", expression, ConstantExpression(LINE_CHARACTERS))

    others = _other_columns(types)
    if others:
        searched = [text(name) for name in others if str(types[name]) == "VARCHAR"][:MOST_SEARCHED]
    else:
        searched = [text(name) for name in TEXTS]
        searched += [ColumnExpression("options").cast(VARCHAR)] if "options" in types else []
    searched += [nothing] * (MOST_SEARCHED - len(searched))
    cells = [line(ColumnExpression(name).cast(VARCHAR)) for name in others] or [nothing]
    named = {
        "file": ColumnExpression("filename"),
        **{name: text(name) for name in ("id", "language", "task", "source")},
        "status": inner("review", "status"),
        "critical": inner("quality", "critical"),
        "answer": line(text("answer")),
        "shown": line(CoalesceOperator(text("question"), text("hypothesis"), text("context"), nothing)),
        **{f"text_{number}": expression for number, expression in enumerate(searched)},
        **{f"cell_{number}": expression for number, expression in enumerate(cells)},
    }
    return [expression.alias(name) for name, expression in named.items()]


def _shortened(value: Any, longest: int) -> Any:
    """Return a value with texts, lists and structs that a page has room for."""
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[:longest]} ..."
    if isinstance(value, list):
        return [_shortened(each, longest) for each in value[:LIST_ITEMS]]
    if isinstance(value, dict):
        return {name[:LINE_CHARACTERS]: _shortened(each, longest) for name, each in [*value.items()][:LIST_ITEMS]}
    if isinstance(value, bytes | bytearray):
        return f"{len(value)} bytes"
    return value
