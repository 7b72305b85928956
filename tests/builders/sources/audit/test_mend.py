"""Absent options go, the right one keeps its text, and what stands twice is told."""

from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.sources.audit.faults import Fault
from builders.sources.audit.mend import mend_options
from builders.sources.audit.options import ABSENT, repeated

TEXTS = st.lists(st.sampled_from(["Iron", "Zinc", "iodine", "nan", "", "None", "N/A", "Na", "None.", "Aa"]), max_size=8)


@given(TEXTS, st.integers(0, 9))
def test_the_right_text_stays_right(texts: list[str], place: int) -> None:
    given_options = list(zip(ascii_uppercase, texts, strict=False))
    key = ascii_uppercase[place]
    options, answer, faults = mend_options(given_options, key)
    before = dict(given_options).get(key)
    after = dict(options).get(answer or "")
    if before is None:
        assert after is None
    else:
        assert after == ("" if before in ABSENT else before)
    assert [label for label, _ in options] == list(ascii_uppercase[: len(options)])
    assert [text for _, text in options if text] == [text for text in texts if text not in ABSENT]
    assert (Fault.ABSENT_OPTION in faults) == (len(options) < len(texts))


@pytest.mark.parametrize("text", ["nan", "NaN", "None", "N/A", "", " "])
def test_an_absent_option_goes_wherever_it_stands(text: str) -> None:
    options, answer, faults = mend_options([("A", "Iron"), ("B", text), ("C", "Zinc")], "C")
    assert (options, answer, faults) == ([("A", "Iron"), ("B", "Zinc")], "B", (Fault.ABSENT_OPTION, Fault.LETTERS))


@pytest.mark.parametrize("text", ["None.", "None of them", "Na", "NA", "Nil", "0"])
def test_an_option_that_says_something_stays(text: str) -> None:
    assert mend_options([("A", "Iron"), ("B", text)], "A").options == [("A", "Iron"), ("B", text)]


def test_labels_out_of_order_stay() -> None:
    given_options = [("A", "Iron"), ("C", ""), ("D", "Zinc")]
    assert mend_options(given_options, "A") == (given_options, "A", ())


@pytest.mark.parametrize(
    ("texts", "places"),
    [
        (["Iron", "Zinc", "iron."], {0, 2}),
        (["Iron  deficit", "Iron deficit"], {0, 1}),
        (["AA", "Aa", "aa"], set()),
        (["10²", "102"], set()),
        (["5'", "5"], set()),
        (["mg", "Mg"], set()),
        ([], set()),
    ],
)
def test_texts_that_stand_twice(texts: list[str], places: set[int]) -> None:
    assert repeated(texts) == places
