"""Numbers that two sentences exchanged, and numbers that only moved."""

import polars as pl
import pytest

from validation.signals.text.facts.exchanged import exchanged

SPANS = ["Give 120 mg.", "Wash it.", "Then 1,250 mg of the other."]


def _found(*target: str) -> list[int]:
    spanned = pl.DataFrame({"text": 0, "row": [0, 1, 2], "source": SPANS, "target": target})
    return sorted(exchanged(spanned)["row"])


def test_two_sentences_with_each_other_s_number_are_found() -> None:
    assert _found("Dé 1.250 mg.", "Lávela.", "Luego 120 mg del otro.") == [0, 2]
    assert _found("Nika u-1250 mg.", "Yigeze.", "Bese u-120 mg.") == [0, 2]


@pytest.mark.parametrize(
    "target",
    [
        ("Dé 120 mg.", "Lávela.", "Luego 1.250 mg del otro."),
        ("Dé algo.", "Dé 120 mg y lávela.", "Luego 1250 mg del otro."),
        ("Dé 1.250 mg.", "Lávela.", "Luego 1.250 mg del otro."),
        ("COVID-1250", "Lávela.", "IL120 y 1 250 mg"),
    ],
)
def test_a_number_that_moved_or_changed_is_no_exchange(target: tuple[str, str, str]) -> None:
    assert _found(*target) == []


def test_texts_exchange_nothing_with_each_other() -> None:
    spanned = pl.DataFrame({"text": [0, 1], "row": [0, 1], "source": ["5 mg", "10 mg"], "target": ["10 mg", "5 mg"]})
    assert exchanged(spanned).is_empty()
