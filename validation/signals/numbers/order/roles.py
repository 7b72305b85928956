"""What a number counts or dates, by its unit and by what stands beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from validation.signals.numbers.lexicon import NUMBER, Lexicon
from validation.signals.numbers.order.placed import is_year
from validation.signals.numbers.quantities import Quantity

DIGITS = re.compile(r"[0-9.,:]+")
#: Text around one of two numbers that stand together: a score, a ratio, a range.
PAIR_BEHIND, PAIR_BEFORE = re.compile(r" ?[-–~:/&] ?\d"), re.compile(r"\d ?[-–~:/&] ?$")
#: Roles that are told by the words of another one besides: the 12th of June, the 1930s, the seventh year.
STRONGER = {
    "date": ("rank",),
    "century": ("age", "rank"),
    "decade": ("year",),
    "quarter": ("rank", "minute"),
    "rank": ("year", "times"),
}
#: So many characters on either side of a number tell its role.
NEAR = 24


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of a language's roles, to be searched for as rarely as possible.

    Attributes:
        roles: their names.
        behind: matches where a number begins; a group for each role, which takes part where the role is told by what
            stands behind the number.
        other: matches where any of ``others`` does.
        others: patterns of roles that are told by what stands before the number too, or instead of it.
    """

    roles: tuple[str, ...]
    behind: re.Pattern[str]
    other: re.Pattern[str]
    others: tuple[tuple[str, re.Pattern[str]], ...]


def roles_of(quantity: Quantity, lex: Lexicon) -> frozenset[str]:
    """Return what a number counts or dates; "years" are so many, a "year" is one of 1000 to 2999."""
    told = _beside(quantity, lex) if quantity.head or quantity.tail else set()
    if "year" in told and not is_year(quantity):
        told = told - {"year"} | {"years"}
    told -= {weaker for role in told for weaker in STRONGER.get(role, ())}
    told |= {role for role, so in (("month", quantity.month), ("clock", quantity.clock)) if so}
    return (quantity.units - {"year"}) | told


def _beside(quantity: Quantity, lex: Lexicon) -> set[str]:
    """Return the roles that the text around a number tells."""
    patterns = _patterns(tuple(lex.roles.items()))
    head, tail = quantity.head[-NEAR:], quantity.tail[:NEAR]
    paired = PAIR_BEHIND.match(tail) or PAIR_BEFORE.search(head)
    told = {"pair"} if paired else set()
    for number in {quantity.text, quantity.text if DIGITS.fullmatch(quantity.text) else "11"}:  # "two weeks", "second"
        text, start, end = f"{head}{number}{tail}", len(head), len(head) + len(number)
        found = patterns.behind.match(text, start)
        if found:
            told |= {role for role, group in zip(patterns.roles, found.groups(), strict=True) if group is not None}
        if patterns.other.search(text):
            told |= {role for role, pattern in patterns.others if _covers(pattern, text, start, end)}
    return told


def _covers(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return any(match.start() <= start and end <= match.end() for match in pattern.finditer(text))


@cache
def _patterns(roles: tuple[tuple[str, str], ...]) -> Patterns:
    ways = [(role, list(_alternatives(pattern))) for role, pattern in roles]
    behind = [[way for way in each if way.removeprefix(r"\b").startswith(NUMBER)] for _, each in ways]
    others = [(role, [way for way in each if way not in told]) for (role, each), told in zip(ways, behind, strict=True)]
    return Patterns(
        roles=tuple(role for role, _ in ways),
        behind=re.compile("".join(rf"(?:(?={'|'.join(told) or '(?!)'})())?" for told in behind)),
        other=re.compile("|".join(way for _, each in others for way in each) or "(?!)"),
        others=tuple((role, re.compile("|".join(each))) for role, each in others if each),
    )


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield the alternatives of a pattern that are outside of any brackets."""
    depth, start = 0, 0
    for place, character in enumerate(pattern):
        depth += (character in "([") - (character in ")]")
        if character == "|" and depth == 0:
            yield pattern[start:place]
            start = place + 1
    yield pattern[start:]
