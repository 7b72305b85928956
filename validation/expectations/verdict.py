"""The verdict: the result of every expectation, and whether a release may proceed."""

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Literal

import polars as pl

from globmed.cli.console import stdout

REPORT = "validation.json"
FINDINGS = "failing_rows.parquet"
#: The packages that judge.
PACKAGES = ("duckdb", "great-expectations", "scipy")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation's result.

    ``count`` findings failed it, not counting the ``accepted`` ones; ``observed`` is the largest value of a measure,
    or else the count.
    """

    suite: str
    name: str
    says: str
    severity: Literal["critical", "warning"]
    success: bool
    observed: float | None
    threshold: float
    count: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Line:
    """One suite's line in the summary table."""

    suite: str
    expectations: int
    failed: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole verdict; ``findings`` has ``config, split, id, reason, detail`` of findings not accepted."""

    rows: int
    configs: list[str]
    expectations: list[Expectation]
    not_run: list[str]
    findings: pl.DataFrame

    @property
    def passed(self) -> bool:
        """Return whether no critical expectation failed."""
        return all(entry.success for entry in self.expectations if entry.severity == "critical")

    @property
    def word(self) -> Literal["pass", "fail"]:
        """The verdict as the report has it."""
        return "pass" if self.passed else "fail"

    def summary(self) -> list[Line]:
        """Return one line per suite, in the order in which they were run."""
        lines = []
        for suite in dict.fromkeys(entry.suite for entry in self.expectations):
            entries = [entry for entry in self.expectations if entry.suite == suite]
            failed = [entry.severity for entry in entries if not entry.success]
            lines.append(Line(suite, len(entries), failed.count("critical"), failed.count("warning")))
        return lines

    def to_dict(self) -> dict[str, object]:
        """Return the content of ``validation.json``."""
        return {
            "verdict": self.word,
            "rows": self.rows,
            "configs": self.configs,
            "expectations": [asdict(entry) for entry in self.expectations],
            "not_run": self.not_run,
            "packages": {name: installed_version(name) for name in PACKAGES},
        }

    def write(self, folder: Path) -> None:
        """Write report and findings into a folder."""
        self.findings.write_parquet(folder / FINDINGS)
        (folder / REPORT).write_text(json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_verdict(folder: Path) -> Verdict:
    """Read the verdict that is written in a folder."""
    told = json.loads((folder / REPORT).read_text("utf-8"))
    expectations = [Expectation(**entry) for entry in told["expectations"]]
    findings = pl.read_parquet(folder / FINDINGS, glob=False)
    return Verdict(told["rows"], told["configs"], expectations, told["not_run"], findings)


def print_verdict(verdict: Verdict) -> None:
    """Print a short table, the failed expectations and the verdict."""
    from rich.table import Table

    table = Table("suite", "expectations", "failed critical", "warnings")
    for line in verdict.summary():
        table.add_row(line.suite, str(line.expectations), str(line.failed), str(line.warnings))
    stdout.print(table)
    for entry in verdict.expectations:
        if not entry.success:
            colour = "red" if entry.severity == "critical" else "yellow"
            stdout.print(
                f"[{colour}]{entry.severity}[/] {entry.suite}/{entry.name}: {entry.count:,} findings", highlight=False
            )
    for name in verdict.not_run:
        stdout.print(f"not run: {name}", highlight=False)
    stdout.print(
        f"[bold {'green' if verdict.passed else 'red'}]{verdict.word}[/]: {verdict.rows:,} rows", highlight=False
    )
