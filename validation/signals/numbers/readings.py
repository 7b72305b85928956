"""Values of digits: the readings of "1,200" or "12.05.2020" in the language of the text."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

MARKS = re.compile(r"[.,'· ]")
GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,' ])\d{3})(?:\1\d{3})*")
INDIAN = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}")


class Marked(Protocol):
    """A language's marks of decimals and thousands."""

    @property
    def decimal(self) -> str:
        """The marks before decimals."""

    @property
    def thousands(self) -> str:
        """The marks that group thousands."""


def readings(digits: str, lex: Marked) -> frozenset[Decimal]:
    """Return the values of one number; empty where the marks only separate several numbers (dates, versions).

    A mark is read as the language uses it. A reading outside its rules is taken only where there is
    no other: "0.5" can be nothing but a half in a German text, while "1.200" is 1200 there.
    """
    whole = _whole(digits)
    if whole is not None:
        return frozenset({whole})
    found: set[Decimal] = set()
    mark = _only_mark(digits)
    if mark is None:
        return frozenset(_two_marks(digits))
    if mark in lex.thousands and (GROUPED.fullmatch(digits) or INDIAN.fullmatch(digits)):
        found.add(Decimal(MARKS.sub("", digits)))
    if digits.count(mark) == 1 and mark not in "' " and mark in lex.decimal + "·":
        found.add(Decimal(digits.replace(mark, ".")))
    if not found:
        found |= _foreign(digits, mark)
    return frozenset(found)


def numbers_apart(digits: str) -> Sequence[Decimal]:
    """Return the separate numbers of a date or a version."""
    return [Decimal(part) for part in MARKS.split(digits) if part]


def _whole(digits: str) -> Decimal | None:
    return Decimal(digits) if digits.isdecimal() else None


def _only_mark(digits: str) -> str | None:
    marks = set(MARKS.findall(digits))
    return marks.pop() if len(marks) == 1 else None


def _two_marks(digits: str) -> set[Decimal]:
    head, mark, tail = re.split(r"([.,'· ])(?=\d+$)", digits, maxsplit=1)
    if mark in head or mark in "' " or not (GROUPED.fullmatch(head) or INDIAN.fullmatch(head)):
        return set()
    return {Decimal(f"{MARKS.sub('', head)}.{tail}")}


def _foreign(digits: str, mark: str) -> set[Decimal]:
    if digits.count(mark) == 1 and mark not in "' ":
        return {Decimal(digits.replace(mark, "."))}
    if GROUPED.fullmatch(digits) or INDIAN.fullmatch(digits):
        return {Decimal(MARKS.sub("", digits))}
    return set()
