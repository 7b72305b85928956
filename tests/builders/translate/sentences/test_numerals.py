"""Copied numbers in the target language's writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.translate.sentences.numerals import localise
from globmed.languages import language, languages, select
from validation.signals.numbers.signal import agrees

GERMAN, SWAHILI = select("de,sw")


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("1.500 g", "1,500 g"),
        ("0.5–1.25 mg", "0,5–1,25 mg"),
        ("1,500 mL", "1.500 mL"),
        ("12,345.6", "12.345,6"),
        ("3, 4, 5", "3, 4, 5"),
        ("1.2.3", "1.2.3"),
        ("5 mg.", "5 mg."),
        ("33,3", "33,3"),
        ("1,00", "1,00"),
    ],
)
def test_a_number_is_written_as_in_the_language(english: str, german: str) -> None:
    assert localise(english, GERMAN) == german
    assert localise(english, SWAHILI) == english


@given(st.decimals(0, 10**7, places=2), st.sampled_from(sorted(languages())), st.booleans())
def test_no_dose_changes(dose: object, name: str, grouped: bool) -> None:
    english, target = language("english"), language(name)
    text = f"{dose:,} mg" if grouped else f"{dose} mg"
    assert agrees(text, localise(text, target), english, target)
