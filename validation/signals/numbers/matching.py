"""Quantities of a source against those of its translation: missing, added and different ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

from globmed.languages import Language
from validation.signals.numbers.conversion import CONVERTED, converted
from validation.signals.numbers.lexicon import lexicon
from validation.signals.numbers.quantities import Quantity

#: Counts "1 day" against "a day" or "per day"; no article is a number, so a 1 is never added.
ONE = Decimal(1)
PERCENT, YEAR = "%", "year"
#: Units of amounts, and of their times: numbers that have the same one keep their order in every language.
FORMS = frozenset({"tablet", "capsule", "drop", "teaspoon", "tablespoon"})
AMOUNTS = FORMS | {"kg", "g", "mg", "mcg", "ng", "L", "dL", "mL", "mcL", "IU", "U", "mEq", "mmol", "mmHg"}
DOSES = AMOUNTS | {"minute", "hour", "day", "week", "month"}
HALF = Decimal("0.5")
#: Small counts that are compared in words; "one" is too often an article.
FEW = range(2, 21)
DIGIT = re.compile(r"\d")
SCALES = (1, 1000, 10**6, 10**9)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of a source's numbers with its translation's; for the reasons see `numbers`."""

    agreement: float
    missing: tuple[str, ...]
    added: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def critical(self) -> bool:
        """Return whether anything but a correct conversion was found."""
        return any(reason != CONVERTED for reason in self.reasons)


AGREE = Comparison(1.0, (), (), ())


def compare(source: Sequence[Quantity], target: Sequence[Quantity], language: Language) -> Comparison:
    """Compare the quantities of a source with those of its translation into ``language``."""
    lex = lexicon(language)
    wanted = [_shifted(q, lex.clock_shift) for q in source if q.values]
    given = [q for q in target if q.values]
    pairs, left, over = _pair(wanted, given)
    left, over = _without_lists(left, over, lex.decimal)
    missing = [q for q in left if q.firm and not q.name and not _found(q, given)]
    added = [q for q in over if q.firm and not q.name and ONE not in q.values and not _found(q, wanted)]
    names = [q for q in left if _named(q)], [q for q in over if _named(q) and not _found(q, wanted)]
    if all(names):
        missing, added = missing + names[0], added + names[1]
    missing += [q for q in left if not q.firm and q.units & FORMS and min(q.values) > 1 and not _found(q, given)]
    told = [q for q in left if not q.firm and q not in missing and min(q.values) > 1 and not _found(q, given)]
    if told and (others := added or [q for q in over if q.firm and not q.name]):
        missing, added = missing + told, others
    changed_word = _changed_words(left, over) or _changed_count(
        [q for q in left if not _found(q, given)], [q for q in over if not _found(q, wanted)]
    )
    units = [a for a, b in pairs if _unit_differs(a, b, _mentioned(target), lex.strict)]
    units += [a for a, b in pairs if _rate_lost(a, b, target, lex.strict) or _unit_gained(a, b, source)]
    signs = [a for a, b in pairs if _comparison_differs(a, b)]
    order = _out_of_order(wanted, given, lex.reorders) or _parts_changed(wanted, pairs)
    below = [a for a, b in pairs if a.negative and not b.negative and not b.name]
    firm = sum(quantity.firm for quantity in wanted + given)
    right = _converted(missing, added, wanted, over, [a for a, _ in pairs]) if missing or added else []
    return _result(Faults(missing, added, changed_word, units, signs + below, order, right), firm)


@dataclass(frozen=True, slots=True)
class Faults:
    """The source's quantities that are at fault, by kind; ``added`` are the translation's."""

    missing: list[Quantity]
    added: list[Quantity]
    words: list[Quantity]
    units: list[Quantity]
    signs: list[Quantity]
    order: list[Quantity]
    converted: list[Quantity]  # of the missing and the added, those that are right in another unit


def _result(faults: Faults, firm: int) -> Comparison:
    missing = any(q not in faults.converted for q in faults.missing)
    added = any(q not in faults.converted for q in faults.added)
    flags = {
        "number_changed": (missing and added) or bool(faults.words),
        "number_missing": missing and not added,
        "number_added": added and not missing,
        "unit_changed": bool(faults.units),
        "comparison_changed": bool(faults.signs),
        "order_changed": bool(faults.order),
        CONVERTED: bool(faults.converted),
    }
    reasons = tuple(reason for reason, raised in flags.items() if raised)
    if not reasons:
        return AGREE
    lost = faults.missing + faults.words
    wrong = len(lost) + len(faults.added) + len(faults.units) + len(faults.signs) + len(faults.order)
    return Comparison(
        agreement=1 - wrong / max(firm + 2 * len(faults.words), wrong),
        missing=tuple(q.text for q in lost),
        added=tuple(q.text for q in faults.added),
        reasons=reasons,
    )


def _converted(
    missing: list[Quantity], added: list[Quantity], wanted: list[Quantity], over: list[Quantity], kept: list[Quantity]
) -> list[Quantity]:
    """Return missing or added quantities that are given in another unit, in the translation or by the source itself."""
    lost = [a for a in missing if any(_converts(a, b) for b in over) or any(converted(a, b) for b in kept)]
    told = [b for b in added if any(_converts(a, b) for a in wanted)]
    return lost + told


def _converts(a: Quantity, b: Quantity) -> bool:
    return converted(a, b) and not _comparison_differs(a, b)


def _pair(
    wanted: list[Quantity], given: list[Quantity]
) -> tuple[list[tuple[Quantity, Quantity]], list[Quantity], list[Quantity]]:
    """Pair equal numbers, the most similar first: digits with digits before digits with words."""
    ranked = sorted(
        (_unlikeness(a, b), i, j)
        for i, a in enumerate(wanted)
        for j, b in enumerate(given)
        if not a.values.isdisjoint(b.values)
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in ranked:
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    pairs = [(wanted[i], given[j]) for i, j in partner.items()]
    left = [q for i, q in enumerate(wanted) if i not in partner]
    return pairs, left, [q for j, q in enumerate(given) if j not in taken]


def _without_lists(left: list[Quantity], over: list[Quantity], decimal: str) -> tuple[list[Quantity], list[Quantity]]:
    """Remove numbers that represent several: a telephone number, a list, 5.30 p.m.

    Never where the mark may be a decimal one: "3 to 5 mg" is not "3,5 mg".
    """
    marks = "[ ']" if "," in decimal else "[ ',]"
    for listing in over:
        parts = [
            Decimal(part)
            for part in re.split(r"[.:]" if "." in listing.text else marks, listing.text)
            if part.isdecimal()
        ]
        found = [q for part in parts for q in left if part in q.values]
        if len(parts) > 1 and len(found) == len(parts) and ("." not in listing.text or found[0].clock):
            left = [q for q in left if q not in found]
            over = [q for q in over if q is not listing]
    return left, over


def _named(quantity: Quantity) -> bool:
    """Return whether a quantity is part of a name or a Roman numeral (stage III)."""
    return quantity.name or (quantity.text.isupper() and quantity.text.isalpha() and quantity.text.isascii())


def _unlikeness(a: Quantity, b: Quantity) -> tuple[bool, int]:
    """Return a sort key: digits paired with words last, then pairs with more differences later."""
    units = bool(a.units and b.units and a.units.isdisjoint(b.units)) * 2 + (bool(a.units) != bool(b.units))
    return a.firm != b.firm, units + 2 * (a.comparison[:1] != b.comparison[:1]) + (a.name != b.name)


def _found(quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """Return whether the value occurs on the other side at all: a repetition may become a pronoun.

    Two and a half (million) may be written as two (million) and a separate "half".
    """
    if any(not quantity.values.isdisjoint(other.values) for other in others if not other.month):
        return True
    scaled = [(v / scale, scale) for v in quantity.values for scale in SCALES]
    rest = {(v - HALF) * scale for v, scale in scaled if v - HALF == v.to_integral_value(ROUND_FLOOR)}
    return any(rest & other.values for other in others) and any(HALF in other.values for other in others)


def _changed_words(left: list[Quantity], over: list[Quantity]) -> list[Quantity]:
    """Return number words that have the same unit and another value on the other side: "two weeks", "wiki tatu"."""
    return [
        a
        for a in left
        if not a.firm
        and a.units
        and any(not b.firm and a.units & b.units for b in over)
        and not any(b.firm and a.units & b.units for b in over)
    ]


def _changed_count(left: list[Quantity], over: list[Quantity]) -> list[Quantity]:
    """Return the one small number word that has no counterpart, if the other side has one too: three, quatre."""
    lost, gained = ([q for q in quantities if _counts(q)] for quantities in (left, over))
    return lost if len(lost) == len(gained) == 1 else []


def _counts(quantity: Quantity) -> bool:
    """Return whether a word counts a few, and is not part of a larger number."""
    plain = not (quantity.firm or quantity.month or quantity.vague or quantity.units or DIGIT.search(quantity.text))
    return plain and all(value in FEW for value in quantity.values)


def _unit_differs(a: Quantity, b: Quantity, mentioned: frozenset[str], strict: frozenset[str]) -> bool:
    if a.units and b.units:
        return a.units.isdisjoint(b.units) or bool(a.per and b.per and a.per.isdisjoint(b.per))
    if a.listed and b.units:
        return a.listed.isdisjoint(b.units)
    lost = a.units <= strict and a.units.isdisjoint(mentioned)
    return bool(a.firm and a.units and lost)


def _mentioned(quantities: Sequence[Quantity]) -> frozenset[str]:
    return frozenset(unit for quantity in quantities for unit in quantity.units | quantity.per)


def _rate_lost(a: Quantity, b: Quantity, target: Sequence[Quantity], strict: frozenset[str]) -> bool:
    """Return whether a dose lost part of its rate: mg/kg as mg. A rate may also be given apart from its number."""
    if not a.units & strict:
        return False
    rates = (q.units | q.per if not q.values or ONE in q.values else q.per for q in target)
    return not a.per <= b.per.union(*rates)


def _unit_gained(a: Quantity, b: Quantity, source: Sequence[Quantity]) -> bool:
    """Return whether a number became a percentage that the source has none of (3-fold as 3 %), or a year a count."""
    if not a.firm or a.units or not b.units:
        return False
    percent = PERCENT in b.units and PERCENT not in _mentioned(source)
    return percent or (all(1900 <= value <= 2100 for value in a.values) and YEAR not in b.units)


def _out_of_order(wanted: list[Quantity], given: list[Quantity], reorders: str) -> list[Quantity]:
    """Return the numbers that follow one that they preceded, where the language keeps their order.

    A number that occurs more often on one side, in words, as part of a name, or as the label of a day has no fixed
    place.
    """
    labels = [q for q in wanted if q.label]
    here = [q for q in wanted if q.firm and not q.name and not q.label]
    there = [q for q in given if q.firm and not q.name and (q.units & AMOUNTS or not _alike(q, labels))]
    ahead, found = list(enumerate(there)), []
    for quantity in here:
        alike = [each for each in ahead if not quantity.values.isdisjoint(each[1].values)]
        if alike and _alike(quantity, here) == _alike(quantity, there):
            ahead.remove(alike[0])
            found.append((alike[0][0], quantity, alike[0][1]))
    return [
        later
        for (i, earlier, given_one), (j, later, given_other) in pairwise(found)
        if i > j
        and _keeps_order(earlier, later, reorders, slashed=later.over and given_one.over)
        and not _part_of_whole(earlier, later, given_one, given_other)
    ]


def _parts_changed(wanted: list[Quantity], pairs: Sequence[tuple[Quantity, Quantity]]) -> list[Quantity]:
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


def _alike(quantity: Quantity, others: Sequence[Quantity]) -> int:
    return sum(not quantity.values.isdisjoint(other.values) for other in others)


def _keeps_order(a: Quantity, b: Quantity, reorders: str, *, slashed: bool) -> bool:
    """Return whether two numbers keep their order in a language; where units differ, a swap changes them anyway."""
    if slashed or a.units & b.units & DOSES:
        return True  # 120/80 as 80/120
    if reorders == "all" or (a.units and b.units and a.units.isdisjoint(b.units)):
        return False
    return not reorders or (bool(a.units) == bool(b.units) and _year(a) == _year(b))


def _part_of_whole(a: Quantity, b: Quantity, a_given: Quantity, b_given: Quantity) -> bool:
    """Return whether both sides mark the part and the whole as such, in any order."""
    return a.whole != b.whole and (a.whole, b.whole) == (a_given.whole, b_given.whole)


def _year(quantity: Quantity) -> bool:
    return any(1000 <= value <= 2999 for value in quantity.values)


def _comparison_differs(a: Quantity, b: Quantity) -> bool:
    """Return whether comparisons differ: two signs exactly, else by direction; words may have no counterpart."""
    if a.sign and b.sign:
        return a.comparison != b.comparison
    if a.comparison and b.comparison:
        return a.comparison[0] != b.comparison[0]
    return (a.sign and a.firm) or (b.sign and b.firm)


def _shifted(quantity: Quantity, shift: int) -> Quantity:
    """Add the hour as counted in languages whose day begins at dawn (Swahili: seven o'clock is hour one)."""
    if not (quantity.clock and shift):
        return quantity
    hours = quantity.values
    return replace(quantity, values=hours | {v + shift for v in hours} | {v - shift for v in hours})
