"""The round trip fires on a text that came back as another, and says nothing of what it cannot judge."""

import polars as pl
import pytest

from validation.signals.evidence.round_trip import FAULT_BELOW, round_trip, round_trip_fault

SOURCE = "Keep the wound clean and dry for three days."


def score(source: str | None, back: str | None) -> tuple[float | None, bool]:
    columns = pl.Series([source], dtype=pl.String), pl.Series([back], dtype=pl.String)
    scored = round_trip(*columns)
    return scored[0], round_trip_fault(columns[0], scored)[0]


def test_the_same_text_is_one_and_another_is_a_fault() -> None:
    assert score(SOURCE, SOURCE) == (1.0, False)
    near, fault = score(SOURCE, "Keep your wound dry and clean for three days.")
    assert near is not None
    assert 0.6 < near < 1
    assert not fault
    far, fault = score(SOURCE, "Bus tickets went up again.")
    assert far is not None
    assert far < FAULT_BELOW
    assert fault
    assert score(SOURCE, "") == (0.0, True)


def test_it_is_the_chrf_of_sacrebleu() -> None:
    from sacrebleu.metrics.chrf import CHRF

    back = "Keep your wound dry and clean for three days."
    assert score(SOURCE, back)[0] == pytest.approx(CHRF(word_order=0).sentence_score(back, [SOURCE]).score / 100)


def test_a_short_text_is_scored_but_never_a_fault() -> None:
    assert score("Kidney", "Beans") != (None, False)
    assert not score("Kidney", "Beans")[1]


@pytest.mark.parametrize(("source", "back"), [(None, "a"), ("a", None), ("", "a"), (" ", "a")])
def test_what_is_not_there_is_not_judged(source: str | None, back: str | None) -> None:
    assert score(source, back) == (None, False)


def test_rows_keep_their_order() -> None:
    source = pl.Series(["a cat sat", None, "a dog ran", "a cat sat"])
    back = pl.Series(["a cat sat", "x", "zzz", "a cat sat"])
    assert round_trip(source, back).to_list() == [1.0, None, 0.0, 1.0]
