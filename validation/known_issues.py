"""Findings that are known and accepted for a time: the file ``known_issues.toml`` explains its entries."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from globmed.errors import UserError, did_you_mean
from globmed.languages import languages
from validation.facts.measured import CRITICAL
from validation.facts.measured import SUITE as MEASURED
from validation.suites import SUITES

KNOWN_ISSUES = Path(__file__).with_name("known_issues.toml")
#: The check whose accepted findings are rows that the build releases, and withholds otherwise.
RELEASED = f"{MEASURED}/{CRITICAL}"
REQUIRED = {"check": str, "id": str, "reason": str, "may_lift": str, "until": date}
SCHEMA = {
    "suite": pl.String,
    "check": pl.String,
    "config": pl.String,
    "id": pl.String,
    "reason": pl.String,
    "may_lift": pl.String,
    "until": pl.Date,
    "expired": pl.Boolean,
}


def read_known_issues(path: Path, today: date) -> pl.DataFrame:
    """Read the entries as a frame of `SCHEMA`; those whose last day is before ``today`` are expired.

    Raises:
        UserError: unreadable, or an entry lacks a field, has a wrong one, or names no known check or config.
    """
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("issue", [])
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path}: cannot be read as TOML ({error})") from error
    rows = [_row(entry, f"{path}, issue {number}") for number, entry in enumerate(entries, 1)]
    frame = pl.DataFrame(rows, schema={name: kind for name, kind in SCHEMA.items() if name != "expired"}, orient="row")
    return frame.with_columns((pl.col("until") < today).alias("expired"))


def accepted_rows(config: str) -> list[str]:
    """Return the ids of a config's rows that the project's known issues release in spite of a critical signal, sorted.

    The date of an entry decides nothing here, so that a build gives the same rows on every day; `globmed validate`
    fails on an entry past its date.
    """
    issues = read_known_issues(KNOWN_ISSUES, date.max)
    own = (pl.concat_str("suite", "check", separator="/") == RELEASED, pl.col("config").fill_null(config) == config)
    return issues.filter(*own)["id"].unique().sort().to_list()


def _row(entry: dict[str, Any], place: str) -> dict[str, Any]:
    unknown = sorted(entry.keys() - REQUIRED.keys() - {"config"})
    if unknown:
        raise UserError(f"{place}: {unknown[0]!r} is not a field of an issue; known: {', '.join(REQUIRED)}, config")
    for name, kind in REQUIRED.items():
        if not isinstance(entry.get(name), kind) or entry[name] == "":
            raise UserError(f"{place}: {name} is {entry.get(name)!r}, expected a {kind.__name__}: write it in")
    if entry["check"] not in CHECKS:
        near = did_you_mean(entry["check"], CHECKS)
        raise UserError(f"{place}: check {entry['check']!r} is unknown; known: {', '.join(CHECKS)}{near}")
    if entry.get("config") not in (None, *languages()):
        near = did_you_mean(entry["config"], languages())
        raise UserError(f"{place}: config {entry['config']!r} is unknown; known: {', '.join(languages())}{near}")
    suite, _, check = entry["check"].partition("/")
    return {"config": None} | entry | {"suite": suite, "check": check}


#: Checks whose findings may be accepted: all but those about the known issues themselves.
CHECKS = tuple(f"{suite.name}/{check.name}" for suite in SUITES[:-1] for check in suite.checks)
