"""A language that nobody has written a lexicon for: its signals are null or say less, and none of them fails."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.languages import Language, language
from validation.signals.numbers.digits import compare_digits
from validation.signals.pairs import score_pairs

NEW = replace(language("swahili"), name="unlisted", tag="din")
ENGLISH = language("english")
COMMA = replace(NEW, decimal_mark=",")
ARABIC = replace(NEW, digits="٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    ("source", "target", "there"),
    [
        ("Give 5 mg for 2 weeks.", "Ba shi 5 mg har mako 2.", NEW),
        ("Give 1,500 mg.", "Ba shi 1500 mg.", NEW),
        ("Give 1.5 mg of 1,200.", "Ba shi 1,5 mg na 1.200.", COMMA),
        ("Give 12.5 mg.", "Ba shi ١٢.٥ mg.", ARABIC),
        ("Give two.", "Ba shi 2.", NEW),
        ("On 12.05.2020", "A 12.05.2020", NEW),
    ],
)
def test_digits_that_are_kept_agree(source: str, target: str, there: Language) -> None:
    assert compare_digits(source, target, ENGLISH, there).reasons == ()


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("Give 5 mg.", "Ba shi 50 mg.", "number_changed"),
        ("Give 1.5 mg.", "Ba shi 15 mg.", "number_changed"),
        ("Give 5 mg for 2 weeks.", "Ba shi 5 mg.", "number_missing"),
    ],
)
def test_digits_that_are_lost_or_changed_are_critical(source: str, target: str, reason: str) -> None:
    found = compare_digits(source, target, ENGLISH, NEW)
    assert (found.reasons, found.critical) == ((reason,), True)


def test_what_is_missing_and_added_is_told_with_the_share_that_agrees() -> None:
    found = compare_digits("Give 5 mg and 7 mg for 2 weeks, 4 in all.", "50 mg, 7 mg, mako 2", ENGLISH, NEW)
    assert (found.missing, found.added, found.agreement) == (("5", "4"), ("50",), 0.5)


@given(st.lists(st.text("0123456789.,'x -/", max_size=20), min_size=1, max_size=5))
def test_a_copy_agrees_with_itself(texts: list[str]) -> None:
    assert all(compare_digits(text, text, ENGLISH, NEW).reasons == () for text in texts)


def test_signals_that_need_lists_are_null_and_the_others_are_measured() -> None:
    pairs = pl.DataFrame({"source": ["Do not give 5 mg to this child today."] * 2, "target": ["Kada 5 mg yau.", "50"]})
    scored = score_pairs(pairs, ENGLISH, NEW)
    assert all(scored[name].null_count() == 2 for name in ("negation", "language", "length_ratio", "truncation"))
    assert scored["critical"].to_list() == [False, True]
    assert scored["script"].to_list() == [1.0, None]


@pytest.mark.parametrize(
    ("script", "text"), [("Ethi", "ሰላም ለዓለም ሁሉ"), ("Arab", "السلام عليكم"), ("Latn", "Ina kwana yau")]
)
def test_any_script_of_unicode_is_known(script: str, text: str) -> None:
    pairs = pl.DataFrame({"source": ["Peace"], "target": [text]})
    for expected, share in ((script, 1.0), ("Hans", 0.0)):
        assert score_pairs(pairs, ENGLISH, replace(NEW, script=expected))["script"].to_list() == [share]
