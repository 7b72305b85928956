"""Quantities of a source against those of its translation: missing, added and different ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

from globmed.languages import Language
from validation.signals.numbers.conversion import CONVERTED, converted
from validation.signals.numbers.lexicon import lexicon
from validation.signals.numbers.order.exchange import units_exchanged
from validation.signals.numbers.order.placed import DOSES, FORMS, between
from validation.signals.numbers.order.sequence import out_of_order, parts_changed
from validation.signals.numbers.quantities import Quantity

#: Counts "1 day" against "a day" or "per day"; no article is a number, so a 1 is never added.
ONE = Decimal(1)
PERCENT, YEAR, CENTURY = "%", "year", "century"
HALF = Decimal("0.5")
#: Small counts that are compared in words; "one" is too often an article.
FEW = range(2, 21)
DIGIT = re.compile(r"\d")
DASH = re.compile(r"[-–—]")
#: What English calls points are points of a percentage in a translation.
POINTS = re.compile(r"[ -]points?\b")
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


def compare(
    source: Sequence[Quantity],
    target: Sequence[Quantity],
    source_language: Language,
    target_language: Language,
) -> Comparison:
    """Compare the quantities of a source with those of its translation."""
    lex = lexicon(target_language)
    wanted = [_shifted(q, lex.clock_shift) for q in source if q.values]
    given = [q for q in target if q.values]
    pairs, left, over = _pair(wanted, given)
    left, over = _without_lists(left, over, lex.decimal)
    left, over = _without_groups(left, over)
    missing = [q for q in left if q.firm and not q.name and not _repeats(q, given)]
    added = [q for q in over if q.firm and not q.name and ONE not in q.values and not _repeats(q, wanted)]
    names = [q for q in left if _named(q)], [q for q in over if _named(q) and not _found(q, wanted)]
    if all(names):
        missing, added = missing + names[0], added + names[1]
    missing += _ends_in_words(wanted, pairs)
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
    order = out_of_order(wanted, given, lexicon(source_language), lex) if not units else []
    order = order or parts_changed(wanted, pairs) or units_exchanged(pairs)
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


def _without_groups(left: list[Quantity], over: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """Remove numbers with spaces that the translation repeats, and whose groups count one by one there: 116 123."""
    for number in (q for q in left if " " in q.text):
        groups = number.text.split(" ")
        last = next((q for q in over if q.text == groups[-1] and q.head.endswith(" ".join([*groups[:-1], ""]))), None)
        if last is not None:
            left = [q for q in left if q is not number]
            over = [q for q in over if q.text not in groups]
    return left, over


def _ends_in_words(wanted: list[Quantity], pairs: list[tuple[Quantity, Quantity]]) -> list[Quantity]:
    """Return the second numbers of ranges of which the translation has the first alone in digits: 3-1 as 3, and "a"."""
    like, found = {id(a): b for a, b in pairs}, []
    for a, b in pairwise(wanted):
        first, second = like.get(id(a)), like.get(id(b))
        if first and second and a.firm and b.firm and DASH.fullmatch(between(a, b) or ""):
            found += [b] if first.firm and not second.firm else []
    return found


def _named(quantity: Quantity) -> bool:
    """Return whether a quantity is part of a name or a Roman numeral (stage III)."""
    return quantity.name or (quantity.text.isupper() and quantity.text.isalpha() and quantity.text.isascii())


def _unlikeness(a: Quantity, b: Quantity) -> tuple[bool, int]:
    """Return a sort key: digits paired with words last, then pairs with more differences later.

    A month's name is as good as digits, since some languages number the months.
    """
    words = (a.firm or a.month) != (b.firm or b.month)
    units = bool(a.units and b.units and a.units.isdisjoint(b.units)) * 2 + (bool(a.units) != bool(b.units))
    signs = a.comparison[:1] != b.comparison[:1]
    return words, units + 2 * signs + (a.name != b.name) + (a.month != b.month)


def _found(quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """Return whether the value occurs on the other side at all: a repetition may become a pronoun.

    Two and a half (million) may be written as two (million) and a separate "half".
    """
    if any(not quantity.values.isdisjoint(other.values) for other in others if not other.month):
        return True
    scaled = [(v / scale, scale) for v in quantity.values for scale in SCALES]
    rest = {(v - HALF) * scale for v, scale in scaled if v - HALF == v.to_integral_value(ROUND_FLOOR)}
    return any(rest & other.values for other in others) and any(HALF in other.values for other in others)


def _repeats(quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """Return whether the value occurs on the other side, and not as another dose or time alone: "5 mg for 5 days"."""
    alike = [other for other in others if not quantity.values.isdisjoint(other.values)]
    known = quantity.units & DOSES
    another = known and alike and all(other.units & DOSES and known.isdisjoint(other.units) for other in alike)
    return not another and _found(quantity, others)


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
    """Return whether a number became a percentage that the source has none of (3-fold as 3 %), or a year a count.

    A decade is not its century: the 1930s as 30世纪20年代.
    """
    if not a.firm or a.units or not b.units:
        return False
    if CENTURY in b.units:
        return True
    percent = PERCENT in b.units and PERCENT not in _mentioned(source) and not POINTS.match(a.tail)
    return percent or (all(1900 <= value <= 2100 for value in a.values) and YEAR not in b.units)


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
