"""Numbers that changed places in a language of another order, told by what they count there, and by impossible forms.

Chinese, Japanese, Korean and German put clauses in another order than English, so that two numbers in the order of
the source may be the ones that changed places: what stands beside each of them decides.
"""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from validation.signals.numbers.lexicon import Lexicon
from validation.signals.numbers.order.placed import (
    HOUR_BEFORE,
    Placed,
    between,
    by_roles,
    in_one_list,
    is_dated,
    is_of_clock,
    is_year,
)
from validation.signals.numbers.order.roles import roles_of
from validation.signals.numbers.quantities import Quantity

#: Text between the parts of a fraction, the whole first: 3分の2, 3분의 2.
PARTS = re.compile(r" ?(?:分の|分之|분의) ?")
#: Text behind an hour whose minutes have another number of digits than two: 11:4, 19:2018.
CUT_MINUTES = re.compile(r":(?:\d|\d{3,})(?![\d:])")


def exchanged(
    wanted: Sequence[Quantity], given: Sequence[Quantity], placed: Sequence[Placed], source: Lexicon, lex: Lexicon
) -> list[Quantity]:
    """Return the numbers of the source that have the place of another one, whatever the order.

    Args:
        wanted: all of the source's.
        given: all of the translation's.
        placed: those that have a place of their own in the translation.
        source: the lexicon of the source's language.
        lex: that of the translation's.
    """
    found = _as_minutes(wanted, given) + _turned_round(wanted, given, source, lex)
    if by_roles(source, lex):
        found += _undated(placed, lex) + (_parts_first(placed) if lex.reorders == "all" else [])
    return found + _with_another_role(wanted, given, source, lex)


def units_exchanged(pairs: Sequence[tuple[Quantity, Quantity]]) -> list[Quantity]:
    """Return numbers that lost their unit to another one that had none: 29 March, 90 % as 90 March, 29 %.

    Args:
        pairs: numbers of the source, each with its like in the translation.
    """
    if len(pairs) < 2:
        return []
    lost = [a for a, b in pairs if b.firm and a.units and not (b.units or b.listed or a.clock)]
    won = {unit for a, b in pairs if a.firm and not (a.units or a.listed or a.name) for unit in b.units}
    return [a for a in lost if a.units & won]


def _as_minutes(wanted: Sequence[Quantity], given: Sequence[Quantity]) -> list[Quantity]:
    """Return hours that became minutes (7 a.m. as 00:7), or whose minutes are none (19:00 as 19:2018)."""
    hours = [q for q in wanted if q.clock]
    if not hours:
        return []
    minutes = [q for q in given if HOUR_BEFORE.search(q.head)]
    others = [q for q in given if q not in minutes]
    lost = [
        hour
        for hour in hours
        if any(not hour.values.isdisjoint(q.values) for q in minutes)
        and all(hour.values.isdisjoint(q.values) for q in others)
    ]
    cut = any(CUT_MINUTES.match(q.tail) for q in given) and not any(CUT_MINUTES.match(q.tail) for q in wanted)
    return lost or hours[:1] * cut


def _turned_round(
    wanted: Sequence[Quantity], given: Sequence[Quantity], source: Lexicon, lex: Lexicon
) -> list[Quantity]:
    """Return the first number of the source if the translation alone has a range or a fraction the wrong way round.

    10 to 5 cm where the source has 2 to 4 inches; three halves for two thirds. From 4 to 2 inches, it is right.
    """
    wrong = sum(_over_one(a, b) or (_falls(a, b, lex) and not _in_turn(a, b, wanted)) for a, b in pairwise(given))
    converted = sum(_falls(a, b, source) and not _in_turn(a, b, given) for a, b in pairwise(wanted))
    return list(wanted[:1]) if wrong > converted else []


def _in_turn(a: Quantity, b: Quantity, quantities: Sequence[Quantity]) -> bool:
    """Return whether two numbers come in the order of these: 250 ml/h on day 1, 125 ml/h on day 2."""
    return any(
        not (a.values.isdisjoint(first.values) or b.values.isdisjoint(second.values))
        for first, second in combinations(quantities, 2)
    )


def _over_one(a: Quantity, b: Quantity) -> bool:
    """Return whether two neighbours are a fraction that has more parts than its whole."""
    return _sure(a, b) and bool(PARTS.fullmatch(between(a, b) or "")) and max(a.values) < min(b.values)


def _falls(a: Quantity, b: Quantity, lex: Lexicon) -> bool:
    """Return whether two neighbours of one unit are a range that ends below its beginning."""
    if not (_sure(a, b) and b.units and b.units == a.units):
        return False
    return (between(a, b) or "").strip().lower() in lex.ranges and min(a.values) > max(b.values)


def _sure(a: Quantity, b: Quantity) -> bool:
    return bool(a.firm and b.firm and a.values and b.values) and not (a.name or is_year(a))


def _undated(placed: Sequence[Placed], lex: Lexicon) -> list[Quantity]:
    """Return the years that are none in the translation, if it has a number that is no year in the place of one."""
    if not lex.dated:
        return []
    years = [p.wanted for p in placed if is_year(p.wanted) and not p.wanted.units and not is_dated(p.given, lex)]
    others = [p for p in placed if not is_year(p.wanted) and not p.given.units and is_dated(p.given, lex)]
    return years if others else []


def _parts_first(placed: Sequence[Placed]) -> list[Quantity]:
    """Return the parts that stay before an unmarked whole: languages of another order put the whole first (8 of 10)."""
    return [
        part.wanted
        for part, whole in pairwise(placed)
        if whole.wanted.whole
        and not part.wanted.whole
        and whole.wanted.text in part.wanted.tail
        and part.place < whole.place
        and not whole.given.whole
        and not whole.given.over
        and part.wanted.units == whole.wanted.units
        and not (is_year(part.wanted) or is_of_clock(part.wanted))
        and max(part.wanted.values) <= max(whole.wanted.values)
    ]


def _with_another_role(
    wanted: Sequence[Quantity], given: Sequence[Quantity], source: Lexicon, lex: Lexicon
) -> list[Quantity]:
    """Return the numbers whose role another one has, while they are in the translation with another role.

    Only of roles that both sides tell equally often, and of one number each: one is often told on one side alone.
    """
    if len(wanted) < 2:
        return []
    here = [(q, roles_of(q, source)) for q in wanted if not q.name]
    there = [(q, roles_of(q, lex)) for q in given if not (q.name or q.head[-1:].isdecimal())]  # 3倍 is one number
    found = []
    for role in {role for _, roles in here for role in roles} & {role for _, roles in there for role in roles}:
        told, telling = ([q for q, roles in side if role in roles] for side in (here, there))
        lost, won = _without(told, telling), _without(telling, told)
        if len(told) == len(telling) and len(lost) == len(won) == 1 and not won[0].whole:
            found += lost if _exchanged(lost[0], won[0], wanted, given) else []
    return found


def _exchanged(lost: Quantity, won: Quantity, wanted: Sequence[Quantity], given: Sequence[Quantity]) -> bool:
    """Return whether a number is elsewhere in the translation than one that has its role there.

    In a list the role is often told of its last number alone: aged 33, 34 and 39.
    """
    elsewhere = [q for q in given if not q.values.isdisjoint(lost.values)]
    before = [q for q in wanted if not q.values.isdisjoint(won.values)]
    return bool(elsewhere) and not (
        any(in_one_list(lost, q, wanted) for q in before) or any(in_one_list(won, q, given) for q in elsewhere)
    )


def _without(quantities: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    return [q for q in quantities if all(q.values.isdisjoint(other.values) for other in others)]
