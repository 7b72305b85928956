"""The structure of a candidate: schema, ids, answers, and parity of the languages."""

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from globmed.languages import languages
from globmed.schema import ANSWERS, arrow_schema
from globmed.storage.queries import connect, query

FINDING = {"check": pl.String, "config": pl.String, "id": pl.String, "detail": pl.String}


def find_structure_faults(data: Path) -> pl.DataFrame:
    """Every fault below ``data/<config>/<split>-*.parquet`` as ``check, config, id, detail``."""
    files = sorted(data.glob("*/*.parquet"))
    wrong = [finding for file in files if (finding := _schema_fault(file)) is not None]
    if wrong or not files:
        none = [] if files else [{"check": "empty", "config": None, "id": None, "detail": "no row in any language"}]
        return pl.DataFrame(wrong + none, schema=FINDING)
    rows = pl.concat([_rows(file) for file in files])
    closed = pl.DataFrame({"task": list(ANSWERS), "answers": [list(answers) for answers in ANSWERS.values()]})
    tags = pl.DataFrame({"config": list(languages()), "tag": [entry.tag for entry in languages().values()]})
    with connect() as database:
        return query(database, "structure", {"rows": rows, "closed": closed, "tags": tags}).cast(pl.Schema(FINDING))


def _rows(file: Path) -> pl.LazyFrame:
    return pl.scan_parquet(file).select(
        pl.lit(file.parent.name).alias("config"),
        pl.lit(file.name.partition("-")[0]).alias("split"),
        "id",
        "language",
        "source",
        "task",
        "question",
        "premise",
        "hypothesis",
        "options",
        "answer",
        "long_answer",
    )


def _schema_fault(file: Path) -> dict[str, str | None] | None:
    found = pq.read_schema(file).remove_metadata()
    if found.equals(arrow_schema()):
        return None
    detail = f"{file.name}: columns {found.names}, expected those of globmed/schema.py"
    return {"check": "schema", "config": file.parent.name, "id": None, "detail": detail}
