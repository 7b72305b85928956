"""Every expectation holds on the sample's rows and fires on its planted fault, through Great Expectations."""

import re

import pytest

from globmed.storage.queries import QUERIES
from tests.validation.conftest import Judged
from tests.validation.suites.faults import ELSEWHERE, FAULTS, OTHERS
from validation.facts.structure import STRUCTURE
from validation.suites import SUITES
from validation.thresholds import thresholds

EVERY = [f"{suite.name}/{check.name}" for suite in SUITES for check in suite.checks]
PLANTED = {fault.reason: (fault.config, fault.id) for fault in FAULTS} | {
    reason: (config, item) for reason, config, item in OTHERS
}


@pytest.mark.parametrize("reason", EVERY)
def test_it_holds_on_sound_rows(sound: Judged, reason: str) -> None:
    assert sound.success(reason), sound.verdict.findings.filter(reason=reason)


@pytest.mark.parametrize("reason", [reason for reason in EVERY if reason not in ELSEWHERE])
def test_it_fires_on_its_fault(faulty: Judged, reason: str) -> None:
    config, item = PLANTED[reason]
    assert not faulty.success(reason)
    found = faulty.verdict.findings.filter(reason=reason, config=config)
    assert found.height
    assert item is None or item in found["id"].to_list()


def test_nothing_else_is_found_in_the_sound_rows(sound: Judged) -> None:
    assert sound.verdict.findings.is_empty()
    assert not sound.verdict.not_run


def test_every_fault_that_the_query_finds_has_its_expectation() -> None:
    codes = set(re.findall(r"SELECT\s+'(\w+)'", (QUERIES / "validate" / "facts" / "structure.sql").read_text("utf-8")))
    assert {"id_repeated", "other_task", "signal_range"} <= codes <= set(STRUCTURE)


def test_a_leak_is_told_once(faulty: Judged) -> None:
    found = faulty.verdict.findings
    own, others = (
        set(found.filter(reason=f"leakage/{name}")["id"]) for name in ("train_held_out", "train_held_out_sources")
    )
    assert "sample/test/leaked" in own
    assert others == {"elsewhere/validation/leaked"}


def test_measures_say_what_was_observed_and_allowed(faulty: Judged) -> None:
    measured = {f"{e.suite}/{e.name}": (e.observed, e.threshold) for e in faulty.verdict.expectations}
    observed, threshold = measured["quality/numbers_high"]
    assert observed == pytest.approx(4 / 20)
    assert threshold == thresholds()["quality.numbers_high"]
    observed, threshold = measured["balance/nli"]
    assert observed is not None
    assert observed > threshold == thresholds()["balance.effect"]
