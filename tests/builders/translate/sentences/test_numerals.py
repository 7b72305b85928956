"""Copied numbers in the target language's writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.translate.sentences.numerals import decimal_mark, localise
from globmed.languages import Language, language, languages
from validation.signals.numbers.signal import agrees


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
    assert localise(english, "en", "de") == german
    assert localise(english, "en", "sw") == english


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("1,500 g", "1.500 g"),
        ("1.500 mL", "1,500 mL"),
        ("12.345,6", "12,345.6"),
        ("0.5 mg", "0.5 mg"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_number_is_read_as_in_its_language(german: str, english: str) -> None:
    assert localise(german, "de", "en") == english
    assert localise(german, "de", "es") == german


@pytest.mark.parametrize(
    ("tag", "mark"), [("de", ","), ("fi", ","), ("ha", "."), ("pt-BR", ","), ("qaa", None), ("?", None)]
)
def test_the_decimal_mark_of_a_language_that_is_not_listed_is_that_of_cldr(tag: str, mark: str | None) -> None:
    assert decimal_mark(tag) == mark


def test_without_a_known_mark_on_either_side_a_number_stays_as_it_is() -> None:
    assert localise("1,500.5 mg", "qaa", "de") == localise("1,500.5 mg", "en", "qaa") == "1,500.5 mg"


LANGUAGES = st.sampled_from(sorted(languages())).map(language)


@given(st.decimals(0, 10**7, places=2), LANGUAGES, LANGUAGES, st.booleans())
def test_no_dose_changes(dose: object, source: Language, target: Language, grouped: bool) -> None:
    english = f"{dose:,} mg" if grouped else f"{dose} mg"
    text = localise(english, "en", source.tag)
    assert agrees(text, localise(text, source.tag, target.tag), source, target)
