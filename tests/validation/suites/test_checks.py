"""The checks over a few rows each: what they must find, what they must not, and which of them stop a release."""

from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from globmed.storage.queries import connect
from validation.suites import SUITES
from validation.thresholds import thresholds

#: A warning; everything else stops a release.
WARNINGS = {
    "leakage/text_repeated",
    "licence/package",
    "measured/source_no_english",
    "measured/source_native",
    "near_leakage/translated",
    "parity/absent",
    "quality/unmeasured",
}
Rows = Sequence[Mapping[str, object]]


def found(reason: str, rows: Rows, **others: Rows) -> list[tuple[object, ...]]:
    """Return ``config, id`` of what a check finds in rows of its suite's table, beside those of other tables."""
    name, _, check = reason.partition("/")
    (suite,) = (each for each in SUITES if each.name == name)
    (asked,) = (each for each in suite.checks if each.name == check)
    with connect() as database:
        for table, given in {"judged": rows, **others}.items():
            database.register(table, pl.DataFrame(given))
        return database.sql(suite.finder(asked, "judged")).project("config, id").fetchall()


def test_every_other_check_stops_a_release() -> None:
    warnings = {
        f"{suite.name}/{check.name}" for suite in SUITES for check in suite.checks if check.severity != "critical"
    }
    assert warnings == WARNINGS


@pytest.mark.parametrize(
    ("engine", "package", "version", "origin", "names"),
    [
        (None, None, None, "machine", False),
        ("", "en-sw", "1.0", "postedited", False),
        ("argos", "en-sw", None, "machine", False),
        ("argos", "en-sw", "", "machine", False),
        ("argos > argos", "fr-en > en-sw", "", "machine", False),
        ("argos", "en-sw", "1.0", "machine", True),
        ("upstream", None, None, "machine", True),
        ("memory", "en-sw.tmx", None, "machine", True),
        ("memory > argos", "en-fr.tmx > fr-sw", None, "machine", True),
        (None, None, None, "human", True),
    ],
)
def test_a_machine_row_names_its_engine_and_of_a_package_the_version(
    engine: str | None, package: str | None, version: str | None, origin: str, names: bool
) -> None:
    place = {"config": "swahili", "split": "train", "id": "a/train/1", "source": "a"}
    row = {**place, "origin": origin, "engine": engine, "package": package, "version": version}
    other = row | {"id": "a/train/2", "origin": "machine", "engine": "argos", "package": "p", "version": "1"}
    assert found("licence/engine", [row, other]) == ([] if names else [("swahili", "a/train/1")])


def test_an_id_that_is_repeated_within_a_split_is_in_one_split() -> None:
    rows = [("zulu", "train"), ("zulu", "train"), ("swahili", "train"), ("swahili", "test"), ("french", "test")]
    assert found("leakage/id_in_splits", [{"config": c, "split": s, "id": "a"} for c, s in rows]) == [("swahili", "a")]


@pytest.mark.parametrize(("machine", "check"), [(False, "upstream"), (True, "translated")])
def test_what_a_machine_made_alike_is_no_leak_of_the_upstream(machine: bool, check: str) -> None:
    near = {"config": "zulu", "split": "test", "trained": "a", "similarity": 0.9}
    rows = [{**near, "id": str(each), "machine": each} for each in (True, False)]
    assert found(f"near_leakage/{check}", rows) == [("zulu", str(machine))]


def test_a_measure_at_its_threshold_is_not_above_it() -> None:
    threshold = thresholds()["balance.effect"]
    row = {"measure": "nli", "split": "train", "id": "a", "detail": "so many"}
    observed = {"zulu": threshold, "swahili": threshold + 0.001}
    rows = [{**row, "config": config, "observed": each} for config, each in observed.items()]
    assert found("balance/nli", rows) == [("swahili", "a")]
    assert found("balance/mcqa", rows) == []


ISSUE = {"suite": "parity", "check": "answer", "config": "zulu", "id": "a/train/1", "run": True}
FOUND = {"suite": "parity", "check": "answer", "config": "zulu", "id": "a/train/1"}


@pytest.mark.parametrize(
    ("issue", "finding", "gone"),
    [
        ({}, {}, False),
        ({"config": None}, {"config": "swahili"}, False),
        ({}, {"suite": "structure"}, True),
        ({}, {"check": "labels"}, True),
        ({}, {"config": "swahili"}, True),
        ({}, {"id": "a/train/2"}, True),
        ({"config": None}, {"id": "a/train/2"}, True),
        ({"run": False}, {"id": "a/train/2"}, False),
        ({"config": "french"}, {}, False),  # no such config is judged
        ({"id": "b/train/1"}, {}, False),  # nor anything of this source
        ({"suite": "quality", "id": "numbers"}, {}, True),
        ({"suite": "quality", "id": "numbers", "config": "french"}, {}, False),
    ],
)
def test_a_known_issue_is_gone_where_its_check_ran_and_does_not_find_it(
    issue: dict[str, object], finding: dict[str, object], gone: bool
) -> None:
    places = [{"config": config, "source": "a"} for config in ("zulu", "swahili")]
    entry = ISSUE | issue
    rows = found("known_issues/gone", [entry], findings=[FOUND | finding], places=places)
    assert rows == ([(entry["config"], entry["id"])] if gone else [])
