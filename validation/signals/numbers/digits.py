"""Comparison of numbers in digits, for languages whose number words are not listed.

Every number in digits of a source must occur in its translation. Units, comparisons and number
words are not read: a correct "biyu" for 2 is flagged, and a "two" that became "three" is not.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from globmed.languages import Language
from validation.signals.fold import fold_text
from validation.signals.numbers.matching import AGREE, Comparison
from validation.signals.numbers.readings import numbers_apart, readings

NUMBER = re.compile(r"\d+(?:[.,'·]\d+)*", re.ASCII)
#: As text has them; a decimal mark of one is a thousands mark of the other.
ASCII_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of decimals and thousands in a language."""

    decimal: str
    thousands: str


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written, and its possible values."""

    text: str
    values: frozenset[Decimal]


def compare_digits(source: str, target: str, source_language: Language, target_language: Language) -> Comparison:
    """Compare the digits of a source with those of its translation."""
    wanted, given = _written(source, source_language), list(_written(target, target_language))
    missing = []
    for number in wanted:
        match = next((other for other in given if other.values & number.values), None)
        if match is None:
            missing.append(number.text)
        else:
            given.remove(match)
    if not missing:
        return AGREE
    added = tuple(number.text for number in given)
    reason = "number_changed" if added else "number_missing"
    return Comparison(1 - len(missing) / len(wanted), tuple(missing), added, (reason,))


@lru_cache(maxsize=4096)
def _written(text: str, language: Language) -> tuple[Written, ...]:
    ascii_text = fold_text(text).translate(str.maketrans(language.digits, ASCII_DIGITS))
    marks = Marks(language.decimal_mark, "'," if language.decimal_mark == "." else "'.")
    return tuple(number for found in NUMBER.findall(ascii_text) for number in _numbers(found, marks))


def _numbers(digits: str, marks: Marks) -> Iterable[Written]:
    if values := readings(digits, marks):
        return [Written(digits, values)]
    return [Written(str(value), frozenset({value})) for value in numbers_apart(digits)]
