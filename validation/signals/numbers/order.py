"""The order of numbers: doses that changed places are all still there, each with the unit of another.

Clauses move in a translation, and their numbers with them. A number that is told by what stands beside it did not
change places with another one: it has a unit that the other has not, is part of a clock time, is a year behind a word
for a year, or stands behind the same word as in the source ("Nord Stream 2").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from validation.signals.numbers.lexicon import Lexicon
from validation.signals.numbers.quantities import Quantity
from validation.signals.numbers.tokens import NOTHING

#: Units of amounts, and of their times: numbers that have the same one keep their order in every language.
FORMS = frozenset({"tablet", "capsule", "drop", "teaspoon", "tablespoon"})
AMOUNTS = FORMS | {"kg", "g", "mg", "mcg", "ng", "L", "dL", "mL", "mcL", "IU", "U", "mEq", "mmol", "mmHg"}
DOSES = AMOUNTS | {"minute", "hour", "day", "week", "month"}
#: The last word before a number, and the first one behind it.
WORD_BEFORE, WORD_BEHIND = re.compile(r"([^\W\d_]{3,})[ -]?$"), re.compile(r"\.? (?:de |of )?([^\W\d_]+)")
#: Two words whose beginnings are alike in this share of their letters are the same one: amoxicillin, amoxicilline.
ALIKE = 0.75
#: Text around the hour or the minutes of a clock time: 7.55 a.m., 07 h 55, 19:00, 19 Uhr.
CLOCK = re.compile(r"[ap]\.?m\b")
MINUTES_BEHIND, HOUR_BEFORE = re.compile(r"(?:[:.]| ?h ?)[0-5]\d(?!\d)| Uhr\b"), re.compile(r"\d(?::| ?h ?)$")
#: Text around the years of a range.
YEARS_BEHIND, YEARS_BEFORE = re.compile(r"[-–/](?:1[5-9]|20)\d\d(?!\d)"), re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d[-–/]$")


@dataclass(frozen=True, slots=True)
class Placed:
    """A number of the source, its like in the translation, and the place of that one there."""

    place: int
    wanted: Quantity
    given: Quantity


def out_of_order(wanted: Sequence[Quantity], given: Sequence[Quantity], lex: Lexicon) -> list[Quantity]:
    """Return the numbers that follow one that they preceded, where the language keeps their order.

    A number that occurs more often on one side, in words, as part of a name, or as the label of a day has no fixed
    place; clock times and years have theirs among themselves.
    """
    placed = [each for each in _placed(wanted, given) if not _anchored(each, wanted, given, lex)]
    clocks = [each for each in placed if _of_clock(each.wanted) or _of_clock(each.given)]
    years = [each for each in placed if _year(each.wanted)]
    others = [each for each in placed if not _told_as_such(each, lex)]
    return [each.wanted for kind in (clocks, years, others) for each in _behind_a_later_one(kind, lex.reorders)]


def _behind_a_later_one(placed: Sequence[Placed], reorders: str) -> list[Placed]:
    """Return those that the translation has before the last one that they follow and keep their order with."""
    found = []
    for i, later in enumerate(placed):
        before = next((each for each in reversed(placed[:i]) if _keeps_order(each, later, reorders)), None)
        adjacent = before is placed[i - 1]
        if before and before.place > later.place and not (adjacent and _part_of_whole(before, later)):
            found.append(later)
    return found


def parts_changed(wanted: list[Quantity], pairs: Sequence[tuple[Quantity, Quantity]]) -> list[Quantity]:
    """Return parts that became the whole, and their whole the part: 20 of 100 as 100 of 20."""
    firm = sorted(((a, b) for a, b in pairs if a.firm and b.firm), key=lambda pair: wanted.index(pair[0]))
    return [
        b
        for (a, a_given), (b, b_given) in pairwise(firm)
        if a.whole != b.whole
        and (a.whole, b.whole) == (b_given.whole, a_given.whole)
        and a.units == b.units
        and not (_year(a) or _year(b))
        and max((b if a.whole else a).values) < max((a if a.whole else b).values)
    ]


def _placed(wanted: Sequence[Quantity], given: Sequence[Quantity]) -> list[Placed]:
    """Return the source's numbers that have a place in the translation."""
    labels = [q for q in wanted if q.label]
    here = [q for q in wanted if q.firm and not q.name and not q.label]
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


def _anchored(placed: Placed, wanted: Sequence[Quantity], given: Sequence[Quantity], lex: Lexicon) -> bool:
    """Return whether the same word stands before a number on both sides, and before no other number.

    A word of the lexicon, such as a month or a unit, says nothing: it may stand on either side of its number.
    """
    here, there = _word_before(placed.wanted), _word_before(placed.given)
    if there in lex.words:
        return False
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(here, there, strict=False)))
    alike = same >= ALIKE * max(len(here), len(there), 1)
    sides = ((here, wanted), (there, given))
    return alike and all(sum(_word_before(q) == word for q in side) == 1 for word, side in sides)


def _word_before(quantity: Quantity) -> str:
    found = WORD_BEFORE.search(quantity.head)
    return found[1].lower() if found else ""


def _told_as_such(placed: Placed, lex: Lexicon) -> bool:
    """Return whether a number is a clock time, or a year that its translation marks as one."""
    clock = _of_clock(placed.wanted) and _of_clock(placed.given)
    return clock or (_year(placed.wanted) and _dated(placed.given, lex))


def _of_clock(quantity: Quantity) -> bool:
    shown = MINUTES_BEHIND.match(quantity.tail) or HOUR_BEFORE.search(quantity.head)
    return quantity.clock or bool(shown or CLOCK.search(quantity.text))


def _dated(quantity: Quantity, lex: Lexicon) -> bool:
    """Return whether the text around a number shows that it is a year, and no other number of the text."""
    behind = WORD_BEHIND.match(quantity.tail)
    if behind and lex.words.get(behind[1].lower(), NOTHING).month:
        return False  # a day became the year: "em 2013 de maio de 12"
    shown = YEARS_BEHIND.match(quantity.tail) or YEARS_BEFORE.search(quantity.head)
    return bool(shown or (lex.dated and re.search(rf"(?i)(?<!\w)(?:{lex.dated})[ -]?$", quantity.head)))


def _keeps_order(earlier: Placed, later: Placed, reorders: str) -> bool:
    """Return whether two numbers keep their order in a language; where units differ, a swap changes them anyway."""
    a, b = earlier.wanted, later.wanted
    if (b.over and earlier.given.over) or a.units & b.units & DOSES:
        return True  # 120/80 as 80/120
    if reorders == "all" or (a.units and b.units and a.units.isdisjoint(b.units)):
        return False
    if bool(a.units) != bool(b.units) and _same_unit(earlier) and _same_unit(later):
        return False
    return not reorders or (bool(a.units) == bool(b.units) and _year(a) == _year(b))


def _same_unit(placed: Placed) -> bool:
    here, there = placed.wanted.units, placed.given.units
    return bool(here & there) or not (here or there)


def _part_of_whole(earlier: Placed, later: Placed) -> bool:
    """Return whether both sides mark the part and the whole as such, in any order."""
    here, there = (earlier.wanted.whole, later.wanted.whole), (earlier.given.whole, later.given.whole)
    return here[0] != here[1] and here == there


def _year(quantity: Quantity) -> bool:
    return any(1000 <= value <= 2999 for value in quantity.values)
