"""Digits to values, as each language reads its marks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.languages import language
from validation.signals.numbers.lexicon import lexicon
from validation.signals.numbers.readings import readings


@pytest.mark.parametrize(
    ("tag", "digits", "values"),
    [
        ("en", "1,200", {"1200"}),
        ("en", "1.200", {"1.2"}),
        ("de", "1,200", {"1.2"}),
        ("de", "1.200", {"1200"}),
        ("de", "0.5", {"0.5"}),
        ("es", "1,200", {"1200", "1.2"}),
        ("fr", "1 200,5", {"1200.5"}),
        ("en", "1,00,000", {"100000"}),
        ("fr", "12'500", {"12500"}),
        ("en", "1,234.5", {"1234.5"}),
        ("pt", "1.234.567", {"1234567"}),
        ("en", "1.234.567", {"1234567"}),
        ("de", "10,00,000", {"1000000"}),
        ("en", "12.05.2020", set()),
        ("zh", "007", {"7"}),
        ("en", "0,5", {"0.5"}),
        ("en", "1'25", set()),
        ("de", "1.2345", {"1.2345"}),
        ("de", "1.234.5678", set()),
        ("en", "1,00,000.5", {"100000.5"}),
        ("en", "1,00,0000", set()),
        ("en", "12,34.5", set()),
        ("en", "1,234'5", set()),
        ("en", "1,234 5", set()),
    ],
)
def test_readings(tag: str, digits: str, values: set[str]) -> None:
    assert readings(digits, lexicon(language(tag))) == {Decimal(value) for value in values}


@given(st.integers(0, 10**9), st.sampled_from(["en", "de", "fr", "sw", "zh"]))
def test_grouped_digits_read_as_the_number(value: int, tag: str) -> None:
    lex = lexicon(language(tag))
    grouped = f"{value:,}".replace(",", lex.thousands[0])
    assert Decimal(value) in readings(grouped, lex)
