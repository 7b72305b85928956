"""Validation of the rows of a folder: prepare the tables, run every suite, write the verdict."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from globmed.errors import UserError
from globmed.storage.files import replaced, sha256_text, write_text
from globmed.storage.lock import check_unlocked, unchanged
from globmed.storage.queries import connect
from validation.expectations import verdict as verdicts
from validation.expectations.verdict import REPORT, Expectation, Verdict, read_verdict
from validation.facts.files import find_files
from validation.facts.remember import digest, told
from validation.facts.tables import CODE, PACKAGES, keep, make_tables
from validation.known_issues import KNOWN_ISSUES, read_known_issues
from validation.signals import quality
from validation.suites import SUITES, known, previous
from validation.suites.suite import Check, Suite, largest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from validation.expectations.plots import Plot
    from validation.expectations.run import Outcomes

DOCS = "data_docs"
#: A file with a hash of the inputs of the verdict beside it.
INPUTS = "inputs.sha256"
PLOTS = "plots"
FINDING = {
    "suite": pl.String,
    "check": pl.String,
    "config": pl.String,
    "split": pl.String,
    "id": pl.String,
    "detail": pl.String,
    "accepted": pl.Boolean,
}


def validate(
    folder: Path,
    out: Path | None = None,
    older: Path | None = None,
    known_issues: Path = KNOWN_ISSUES,
    today: date | None = None,
    kept: Path | None = None,
) -> tuple[Verdict, Path]:
    """Judge the rows in ``folder`` and write report, findings, plots and pages into ``out``, replaced whole.

    What is in ``out`` stays if it is the verdict on the same rows, known issues and code.

    Args:
        folder: of a build, a candidate or a dataset.
        out: by default a folder ``validation`` beside it.
        older: the same of the previous version, whose rows must all still exist.
        known_issues: the accepted findings.
        today: the day on which those must still be accepted.
        kept: a folder for results that are slow to compute, reused as long as the files of a config are unchanged.

    Returns:
        The verdict, and where it was written.

    Raises:
        UserError: no rows there, an unreadable file, a wrong entry among the known issues, a wrong ``out``, or another
            process that writes into one of the folders.
    """
    folder = folder.absolute()
    out = _writable(folder, out.absolute() if out else folder.with_name("validation"))
    for each in (folder, older):
        if each is not None:
            check_unlocked(each)
    files = find_files(folder)
    before = None if older is None else find_files(older)
    issues = read_known_issues(known_issues, today or date.today())
    suites = [suite for suite in SUITES if before is not None or suite is not previous.SUITE]
    read = [Path(file) for table in (files, before) if table is not None for file in table["filename"]]
    inputs = _inputs(files, before, issues)
    if (out / INPUTS).is_file() and (out / INPUTS).read_text("utf-8") == inputs:
        return read_verdict(out), out
    # Outside the user's folder: DuckDB takes a question mark in a path for the start of its settings.
    with (
        replaced(out) as temporary,
        unchanged(folder, read),
        tempfile.TemporaryDirectory(prefix="globmed-judged-") as place,
    ):
        temporary.mkdir()
        tables = Path(place) / "tables.duckdb"
        verdict, plots = _judge(tables, temporary / DOCS, files, before, issues, suites, kept)
        _write(verdict, plots, temporary)
        write_text(temporary / INPUTS, inputs)
    return verdict, out


def _judge(
    tables: Path,
    docs: Path,
    files: pl.DataFrame,
    before: pl.DataFrame | None,
    issues: pl.DataFrame,
    suites: Sequence[Suite],
    kept: Path | None,
) -> "tuple[Verdict, list[Plot]]":
    from validation.expectations.plots import draw_plots
    from validation.expectations.run import run_suites

    with connect() as database:
        database.execute(f"ATTACH '{str(tables).replace(chr(39), chr(39) * 2)}' AS tables; USE tables")
        make_tables(database, files, before, kept)
        keep(database, "issues", issues.with_columns(run=pl.col("suite").is_in([suite.name for suite in suites])))
        findings = _findings(database, [suite for suite in suites if suite is not known.SUITE])
        keep(database, "findings", findings)
        findings = pl.concat([findings, _findings(database, [known.SUITE])])
        measured = {
            (suite.name, check.name): _observed(database, suite, check) for suite in suites for check in suite.checks
        }
        ((rows, configs),) = database.sql(
            "SELECT coalesce(sum(rows), 0)::BIGINT, list_sort(list(DISTINCT config)) FROM places"
        ).fetchall()
        plots = draw_plots(database, kept)
    outcomes = run_suites(suites, tables, docs)
    verdict = Verdict(
        rows,
        configs or [],
        [_expectation(suite, check, outcomes, findings, measured) for suite in suites for check in suite.checks],
        [suite.name for suite in SUITES if suite not in suites],
        findings.filter(~pl.col("accepted")).select(
            "config", "split", "id", pl.concat_str("suite", "check", separator="/").alias("reason"), "detail"
        ),
    )
    return verdict, plots


def _findings(database: "DuckDBPyConnection", suites: Sequence[Suite]) -> pl.DataFrame:
    """Return every finding of the suites, accepted or not."""
    frames = [pl.DataFrame(schema=FINDING)]
    for suite in suites:
        for check in suite.checks:
            sql = suite.sql(check, everything=True).replace("{batch}", suite.table)
            names = [pl.lit(suite.name).alias("suite"), pl.lit(check.name).alias("check")]
            frames.append(database.sql(sql).pl().select(*names, *list(FINDING)[2:]).cast(pl.Schema(FINDING)))
    return pl.concat(frames).sort("suite", "check", "config", "split", "id", "detail")


def _observed(database: "DuckDBPyConnection", suite: Suite, check: Check) -> float | None:
    if check.threshold is None:
        return None
    ((observed,),) = database.sql(largest(suite, check)).fetchall()
    return None if observed is None else float(observed)


def _expectation(
    suite: Suite,
    check: Check,
    outcomes: "Outcomes",
    findings: pl.DataFrame,
    measured: dict[tuple[str, str], float | None],
) -> Expectation:
    success, count = outcomes[suite.name, check.name]
    own = findings.filter(pl.col("suite") == suite.name, pl.col("check") == check.name)
    accepted = int(own["accepted"].sum())
    if own.height != count + accepted:
        raise RuntimeError(f"{suite.name}/{check.name}: {own.height} findings, and {count} with Great Expectations")
    return Expectation(
        suite=suite.name,
        name=check.name,
        says=check.says,
        severity=check.severity,
        success=success,
        observed=count if check.threshold is None else measured[suite.name, check.name],
        threshold=check.threshold or 0,
        count=count,
        accepted=accepted,
    )


def _writable(folder: Path, out: Path) -> Path:
    if out.is_relative_to(folder) and (folder / "data").is_dir():
        raise UserError(f"--out {out} is inside {folder}, which may be released: name a folder beside it")
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / REPORT).is_file()):
        raise UserError(f"--out {out} contains something other than an earlier validation: name an empty or new folder")
    return out


def _write(verdict: Verdict, plots: "list[Plot]", folder: Path) -> None:
    from validation.expectations.data_docs import make_offline
    from validation.expectations.plots import write_plots

    write_plots(plots, folder / PLOTS)
    make_offline(folder / DOCS, verdict, plots)
    verdict.write(folder)


def _inputs(files: pl.DataFrame, before: pl.DataFrame | None, issues: pl.DataFrame) -> str:
    """Return a hash of everything that a verdict depends on: rows, known issues, and the code that judges."""
    tables = [files, *([] if before is None else [before])]
    placed = [digest(table.with_columns(pl.col("filename").str.split("/").list.last())) for table in tables]
    read = [Path(file) for table in tables for file in table["filename"]]
    packages = (*PACKAGES, *quality.PACKAGES, *verdicts.PACKAGES)
    return sha256_text(digest(issues), *placed, *told([*read, *CODE, *quality.CODE], packages))
