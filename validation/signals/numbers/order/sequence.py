"""Numbers that follow one that they preceded.

Clauses move in a translation, and their numbers with them. A number that is told by what stands beside it did not
change places with another one: it has a unit that the other has not, is part of a clock time, is a year behind a word
for a year, or stands behind the same word as in the source ("Nord Stream 2").
"""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from validation.signals.numbers.lexicon import Lexicon
from validation.signals.numbers.order.exchange import exchanged
from validation.signals.numbers.order.placed import (
    DOSES,
    Placed,
    by_roles,
    is_dated,
    is_of_clock,
    is_sure,
    is_year,
    place,
)
from validation.signals.numbers.order.roles import roles_of
from validation.signals.numbers.quantities import Quantity

#: The last word before a number.
WORD_BEFORE = re.compile(r"([^\W\d_]{3,})[ -]?$")
#: Two words whose beginnings are alike in this share of their letters are the same one: amoxicillin, amoxicilline.
ALIKE = 0.75


def out_of_order(
    wanted: Sequence[Quantity], given: Sequence[Quantity], source: Lexicon, lex: Lexicon
) -> list[Quantity]:
    """Return the numbers that follow one that they preceded, where the language keeps their order.

    A number that occurs more often on one side, in words, as part of a name, or as the label of a day has no fixed
    place; clock times and years have theirs among themselves.
    """
    told = by_roles(source, lex)
    if len(given) < 2 or (told and len({q.values for q in given if q.text[0].isdecimal()}) < 2):
        return []
    placed = [each for each in place(wanted, given, words=told) if not _anchored(each, wanted, given, lex)]
    clocks = [each for each in placed if is_of_clock(each.wanted) or is_of_clock(each.given)]
    years = [each for each in placed if is_year(each.wanted)]
    others = [each for each in placed if not _told_as_such(each, lex)]
    late = [each.wanted for kind in (clocks, years, others) for each in _behind_a_later_one(kind, source, lex)]
    return late + exchanged(wanted, given, placed, source, lex)


def parts_changed(wanted: list[Quantity], pairs: Sequence[tuple[Quantity, Quantity]]) -> list[Quantity]:
    """Return parts that became the whole, and their whole the part: 20 of 100 as 100 of 20."""
    firm = sorted(((a, b) for a, b in pairs if is_sure(a) and b.firm), key=lambda pair: wanted.index(pair[0]))
    return [
        b
        for (a, a_given), (b, b_given) in pairwise(firm)
        if a.whole != b.whole
        and (a.whole, b.whole) == (b_given.whole, a_given.whole)
        and a.units == b.units
        and not (is_year(a) or is_year(b))
        and max((b if a.whole else a).values) < max((a if a.whole else b).values)
    ]


def _behind_a_later_one(placed: Sequence[Placed], source: Lexicon, lex: Lexicon) -> list[Placed]:
    """Return those that the translation has before the last one that they follow and keep their order with."""
    found = []
    for i, later in enumerate(placed):
        before = next((each for each in reversed(placed[:i]) if _keeps_order(each, later, source, lex)), None)
        adjacent = before is placed[i - 1]
        of_whole = adjacent and before and (_part_of_whole(before, later) or (lex.reorders and later.wanted.whole))
        if before and before.place > later.place and not of_whole:
            found.append(later)
    return found


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
    clock = is_of_clock(placed.wanted) and is_of_clock(placed.given)
    return clock or (is_year(placed.wanted) and is_dated(placed.given, lex))


def _keeps_order(earlier: Placed, later: Placed, source: Lexicon, lex: Lexicon) -> bool:
    """Return whether two numbers keep their order in a language; where units differ, a swap changes them anyway."""
    a, b = earlier.wanted, later.wanted
    if (b.over and earlier.given.over) or a.units & b.units & DOSES:
        return True  # 120/80 as 80/120
    if by_roles(source, lex):
        return earlier.place > later.place and not _told_apart(earlier, later, source, lex)
    if lex.reorders == "all" or (a.units and b.units and a.units.isdisjoint(b.units)):
        return False
    if bool(a.units) != bool(b.units) and _same_unit(earlier) and _same_unit(later):
        return False
    return not lex.reorders or (bool(a.units) == bool(b.units) and is_year(a) == is_year(b))


def _told_apart(one: Placed, other: Placed, source: Lexicon, lex: Lexicon) -> bool:
    """Return whether both sides say the same of one of two numbers, and neither says it of the other one."""
    here, other_here = roles_of(one.wanted, source), roles_of(other.wanted, source)
    there, other_there = roles_of(one.given, lex), roles_of(other.given, lex)
    if lex.dated:
        there -= set() if is_dated(one.given, lex) else {"year"}
        other_there -= set() if is_dated(other.given, lex) else {"year"}
    return bool((here & there) - other_here - other_there or (other_here & other_there) - here - there)


def _same_unit(placed: Placed) -> bool:
    here, there = placed.wanted.units, placed.given.units
    return bool(here & there) or not (here or there)


def _part_of_whole(earlier: Placed, later: Placed) -> bool:
    """Return whether both sides mark the part and the whole as such, in any order."""
    here, there = (earlier.wanted.whole, later.wanted.whole), (earlier.given.whole, later.given.whole)
    return here[0] != here[1] and here == there
