"""A plugin of pytest that writes what became of each test, and leaves out those that ask the public Hub itself."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

OUTCOMES: dict[str, str] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what has one of the marks or fixtures; tests that are only deselected would not be counted."""
    left_out = set(os.environ["GLOBMED_LEFT_OUT"].split())
    for item in items:
        fixtures: Sequence[str] = getattr(item, "fixturenames", ())
        if left_out & {*fixtures, *(mark.name for mark in item.iter_markers())}:
            item.add_marker(pytest.mark.skip(reason="left out"), append=False)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the worst of what a test's set-up, call and tear-down came to."""
    test = report.nodeid.removeprefix("tests/")
    if report.failed:
        OUTCOMES[test] = "failed" if report.when == "call" else OUTCOMES.get(test, "error")
        if OUTCOMES[test] == "passed":
            OUTCOMES[test] = "error"
    elif report.skipped:
        left_out = isinstance(report.longrepr, tuple) and report.longrepr[2] == "Skipped: left out"
        OUTCOMES[test] = "left out" if left_out else "skipped"
    elif report.when == "call":
        OUTCOMES.setdefault(test, "passed")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Count a file that cannot be imported."""
    if report.failed:
        OUTCOMES[report.nodeid.removeprefix("tests/")] = "error"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the outcomes; with xdist, those that the workers sent."""
    if not hasattr(session.config, "workerinput"):
        Path(os.environ["GLOBMED_OUTCOMES"]).write_text(json.dumps(OUTCOMES), "utf-8")
