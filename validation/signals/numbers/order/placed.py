"""Numbers of a source and their places in the translation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from validation.signals.fold import fold_text
from validation.signals.numbers.lexicon import Lexicon
from validation.signals.numbers.quantities import Quantity
from validation.signals.numbers.tokens import NOTHING

#: Units of amounts, and of their times: numbers that have the same one keep their order in every language.
FORMS = frozenset({"tablet", "capsule", "drop", "teaspoon", "tablespoon"})
AMOUNTS = FORMS | {"kg", "g", "mg", "mcg", "ng", "L", "dL", "mL", "mcL", "IU", "U", "mEq", "mmol", "mmHg"}
DOSES = AMOUNTS | {"minute", "hour", "day", "week", "month"}
#: The first word behind a number.
WORD_BEHIND = re.compile(r"\.? (?:de |of )?([^\W\d_]+)")
DIGIT = re.compile(r"[0-9]")
#: Words that are no number by themselves, but parts of a fraction.
FRACTION = re.compile(r"(?i).*(?:thirds|quarters?|hal[fv]e?s?|ths)")
#: Text around the hour or the minutes of a clock time: 7.55 a.m., 07 h 55, 19:00, 19 Uhr.
CLOCK = re.compile(r"[ap]\.?m\b")
MINUTES_BEHIND, HOUR_BEFORE = re.compile(r"(?:[:.]| ?h ?)[0-5]\d(?!\d)| Uhr\b"), re.compile(r"\d(?::| ?h ?)$")
#: Text around the years of a range.
YEARS_BEHIND, YEARS_BEFORE = re.compile(r"[-–/](?:1[5-9]|20)\d\d(?!\d)"), re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d[-–/]$")
#: What stands between the numbers of a range, a list or a ratio.
BETWEEN = fold_text(
    "[ %]*(?:[-–~/:&,、・]|to|and|or|至|到|和|或|から|と|や|対|에서|내지|또는|와|과|및|대|bis|und|oder) *"
)
LISTED = re.compile(BETWEEN)


@dataclass(frozen=True, slots=True)
class Placed:
    """A number of the source, its like in the translation, and the place of that one there."""

    place: int
    wanted: Quantity
    given: Quantity


def by_roles(source: Lexicon, lex: Lexicon) -> bool:
    """Return whether numbers may change their order, and what stands beside them tells which have changed places."""
    return bool(lex.reorders and source.roles and lex.roles)


def place(wanted: Sequence[Quantity], given: Sequence[Quantity], *, words: bool) -> list[Placed]:
    """Return the source's numbers that have a place in the translation; ``words`` too, where that has digits."""
    labels = [q for q in wanted if q.label]
    here = [q for q in wanted if (is_sure(q) if words else q.firm) and not q.name and not q.label]
    there = [q for q in given if q.firm and not q.name and (q.units & AMOUNTS or not _alike(q, labels))]
    ahead, found = list(enumerate(there)), []
    for quantity in here:
        alike = [each for each in ahead if not quantity.values.isdisjoint(each[1].values)]
        if alike and _alike(quantity, here) == _alike(quantity, there):
            nearest = min(alike, key=lambda each: each[1].text != quantity.text)
            ahead.remove(nearest)
            found.append(Placed(nearest[0], quantity, nearest[1]))
    return found


def _alike(quantity: Quantity, others: Sequence[Quantity]) -> int:
    return sum(not quantity.values.isdisjoint(other.values) for other in others)


def is_sure(quantity: Quantity) -> bool:
    """Return whether this is surely a number: in digits, or a word that is no month and no part of a fraction."""
    return quantity.firm or not (quantity.month or FRACTION.fullmatch(quantity.text) or DIGIT.search(quantity.text))


def is_year(quantity: Quantity) -> bool:
    """Return whether a number may be a year."""
    return any(1000 <= value <= 2999 for value in quantity.values)


def is_dated(quantity: Quantity, lex: Lexicon) -> bool:
    """Return whether the text around a number shows that it is a year, and no other number of the text."""
    behind = WORD_BEHIND.match(quantity.tail)
    if behind and lex.words.get(behind[1].lower(), NOTHING).month:
        return False  # a day became the year: "em 2013 de maio de 12"
    shown = YEARS_BEHIND.match(quantity.tail) or YEARS_BEFORE.search(quantity.head)
    return bool(shown or (lex.dated and re.search(rf"(?i)(?<!\w)(?:{lex.dated})[ -]?$", quantity.head)))


def is_of_clock(quantity: Quantity) -> bool:
    """Return whether a number is the hour or the minutes of a clock time."""
    shown = MINUTES_BEHIND.match(quantity.tail) or HOUR_BEFORE.search(quantity.head)
    return quantity.clock or bool(shown or CLOCK.search(quantity.text))


def in_one_list(one: Quantity, other: Quantity, quantities: Sequence[Quantity]) -> bool:
    """Return whether two numbers stand in one range, list or ratio."""
    first, last = sorted(quantities.index(each) for each in (one, other))
    return all(LISTED.fullmatch(between(a, b) or "") for a, b in pairwise(quantities[first : last + 1]))


def between(a: Quantity, b: Quantity) -> str | None:
    """Return the text between a number and the next one; None if that one stands too far behind."""
    place = a.tail.find(b.text)
    return a.tail[:place] if place >= 0 else None
