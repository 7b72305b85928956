"""Structure and parity: the one list of rules on files, rows and languages.

``globmed validate`` and ``globmed verify`` apply the same rules.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from globmed.languages import languages
from globmed.schema import ANSWERS, COMPARED, CONTENT, FIELDS, ORIGINS, SIGNALS, SPLITS, TASKS, TEXTS, arrow_schema
from globmed.storage.queries import connect, query
from validation.facts.files import FILE, count_rows, files_below, open_files, read_schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Rules for every file and row; `row_faults` and `file_faults` find violations.
STRUCTURE = {
    "schema": "every file has the columns and types of globmed/schema.py",
    "empty": "every file has rows",
    "config_unknown": "every folder is a config of globmed/languages/languages.toml",
    "split_unknown": "every file is of a known split",
    "id_repeated": "an id has one row in a config",
    "id_form": "an id begins with its source and split",
    "language": "a row is in the language of its config",
    "task_unknown": "the task is a known one",
    "origin_unknown": "the origin is a known one",
    "required_missing": "the columns that every row has are there",
    "provenance_missing": "every row has upstream, record_id and licence",
    "licence_unknown": "a licence is an SPDX expression, `none stated` or `conflict: ...`",
    "text_missing": "the texts that the task needs are there",
    "other_task": "no field of another task is filled",
    "label_order": "options are labelled A, B and so on, two or more",
    "answer_unknown": "the answer is one that the task or its options allow",
    "answer_missing": "a long-form question has its long answer",
    "signal_range": "a signal is a number in its range, or null",
}
#: Columns that must agree for an item in every config, in the order of the claims; `parity_faults` finds violations.
PARITY = ("split", *COMPARED, "labels")
#: Values in place of a licence if a publisher states none, or two.
NONE_STATED, CONFLICT = "none stated", "conflict: "
#: Tolerance at the limits of a signal's range.
ROUNDING = 1e-9
FAULT = dict.fromkeys(("check", "config", "split", "id", "detail"), pl.String)


def find_structure_faults(data: Path) -> pl.DataFrame:
    """Find violations of the rules in ``data/<config>/<split>-*.parquet``.

    Returns:
        ``suite`` (``structure`` or ``parity``) and `FAULT`.

    Raises:
        UserError: a file is not a Parquet file.
    """
    files = files_below(data)
    if files.is_empty():
        return _named("structure", pl.DataFrame({"check": "empty", "detail": "no row in any language"}))
    of_files = file_faults(files)
    with connect() as database:
        open_files(database, files.join(of_files, on="filename", how="anti"), "rows")
        found = [
            _named("structure", of_files),
            _named("structure", row_faults(database)),
            _named("parity", parity_faults(database, claims(database))),
        ]
    return pl.concat(found).sort("suite", "check", "config", "split", "id", "detail")


def file_faults(files: pl.DataFrame) -> pl.DataFrame:
    """Return `FAULT` and ``filename`` of files of unknown configs or splits, with another schema, or without rows.

    Raises:
        UserError: a file is not a Parquet file.
    """
    faults = [
        (file, check, config, split, None, detail)
        for file, config, split in files.iter_rows()
        for check, wrong, detail in (
            ("config_unknown", config not in languages(), f"{config} is no config"),
            ("split_unknown", split not in SPLITS, f"{split} is no split"),
            (
                "schema",
                not read_schema(Path(file)).equals(arrow_schema()),
                f"{Path(file).name}: expected the columns of globmed/schema.py",
            ),
            ("empty", not count_rows(Path(file)), f"{Path(file).name} has no row"),
        )
        if wrong
    ]
    return pl.DataFrame(faults, schema={"filename": FILE["filename"], **FAULT}, orient="row")


def row_faults(database: "DuckDBPyConnection") -> pl.DataFrame:
    """Return `FAULT` of the table ``rows``: config, split, and the released columns."""
    needed = {task: [field for field in FIELDS if task in field.required_by] for task in TASKS}
    roles = pl.DataFrame(
        {
            "task": TASKS,
            "uses": [[field.name for field in FIELDS if task in field.used_by] for task in TASKS],
            # An option that is there has a text.
            "asks": [[*(field.name for field in needed[task] if field.asked), "options"] for task in TASKS],
            "answers": [[field.name for field in needed[task] if not field.asked] for task in TASKS],
        },
        schema_overrides={"answers": pl.List(pl.String)},
    )
    ranges = pl.DataFrame(
        [(signal.name, signal.low - ROUNDING, signal.high + ROUNDING) for signal in SIGNALS.values()],
        schema={"signal": pl.String, "low": pl.Float64, "high": pl.Float64},
        orient="row",
    )
    frames = {
        "roles": roles,
        "ranges": ranges,
        "closed": pl.DataFrame({"task": list(ANSWERS), "answers": [list(answers) for answers in ANSWERS.values()]}),
        "unknown": _unknown_licences(database),
        "tags": pl.DataFrame({"config": list(languages()), "tag": [entry.tag for entry in languages().values()]}),
    }
    return query(
        database,
        "validate/facts/structure",
        frames,
        tasks=list(TASKS),
        origins=list(ORIGINS),
        required=[field.name for field in FIELDS if not field.nullable],
        content=list(CONTENT),
        texts=list(TEXTS),
    )


def _unknown_licences(database: "DuckDBPyConnection") -> pl.DataFrame:
    """Return ``licence``: licences of the table ``rows`` that are neither an SPDX expression nor marked as unclear."""
    stated = database.sql("SELECT DISTINCT provenance.licence FROM rows WHERE provenance.licence != ''").fetchall()
    unknown = [licence for (licence,) in stated if not _known_licence(licence)]
    return pl.DataFrame({"licence": unknown}, schema={"licence": pl.String})


def _known_licence(licence: str) -> bool:
    if licence == NONE_STATED or licence.removeprefix(CONFLICT).strip() not in ("", licence):
        return True
    try:
        return bool(canonicalize_license_expression(licence))
    except InvalidLicenseExpression:
        return False


def claims(database: "DuckDBPyConnection") -> pl.DataFrame:
    """Return ``config, id`` and the columns that must be the same in every config (`PARITY`) of the table ``rows``."""
    return query(database, "validate/facts/claims", compared=list(COMPARED))


def parity_faults(database: "DuckDBPyConnection", claims: pl.DataFrame) -> pl.DataFrame:
    """Return `FAULT` and ``suite`` of the `claims` of every config."""
    return query(database, "validate/facts/parity", {"claims": claims}, compared=list(PARITY))


def _named(suite: str, faults: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, pl.String).alias(name) for name in FAULT if name not in faults.columns]
    return faults.with_columns(*absent, suite=pl.lit(suite)).select("suite", *FAULT).cast(pl.String)
