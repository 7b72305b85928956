"""Planted faults: each changes what it says, and nothing where it has no place."""

from random import Random

import pytest

from benchmarks.checks.fact_faults import FACT_FAULTS
from benchmarks.checks.faults import Fault
from benchmarks.checks.text_faults import TEXT_FAULTS
from globmed.languages import language

RANDOM = Random(1)  # noqa: S311
SOURCE = "The child takes it orally every day and cannot sleep."
RIGHT = "El niño lo toma por vía oral todos los días y no puede dormir."


@pytest.mark.parametrize(
    ("faults", "name", "source", "planted"),
    [
        (FACT_FAULTS, "route", SOURCE, True),
        (FACT_FAULTS, "frequency", SOURCE, True),
        (FACT_FAULTS, "month", SOURCE, False),
        (FACT_FAULTS, "route", "He sleeps.", False),
        (TEXT_FAULTS, "negation_dropped", SOURCE, True),
        (TEXT_FAULTS, "negation_added", SOURCE, False),
        (TEXT_FAULTS, "negation_added", "The child can sleep.", True),
        (TEXT_FAULTS, "gone_on", SOURCE, True),
        (TEXT_FAULTS, "cut_whole", SOURCE, True),
        (TEXT_FAULTS, "half_left", SOURCE, True),
        (TEXT_FAULTS, "half_left", "He sleeps.", False),
    ],
)
def test_a_fault_is_planted_where_it_has_a_place(
    faults: dict[str, Fault], name: str, source: str, planted: bool
) -> None:
    bad = faults[name](RANDOM, source, RIGHT, language("es"))
    assert (bad is not None and bad != RIGHT) == planted


def test_one_denial_is_taken_back_and_the_others_stay() -> None:
    twice = "No coma y no beba."
    assert TEXT_FAULTS["negation_dropped"](RANDOM, "Do not eat and do not drink.", twice, language("es")) == (
        "coma y no beba."
    )
