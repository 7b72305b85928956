"""Check that both sides of parallel text are in the stated languages."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import langcodes

from globmed.errors import UserError
from globmed.languages.identify import NEIGHBOURS, code_of, told
from globmed.languages.tags import listed_language, standard_tag

#: Number of pairs checked, drawn from the whole file: every second one may be of the other direction.
SAMPLE = 1_000
#: The share of the identified texts of a side that makes it a language's.
MOST = 0.6
#: The share of all texts of a side below which its own language is missing.
FEW = 0.1
#: Identified texts needed on each side to find the columns swapped, and on one side to find it wrong.
SWAPPED_FROM, WRONG_FROM = 3, 20


class Side(NamedTuple):
    """A side of parallel text.

    Attributes:
        tag: that of the expected language.
        accepted: CLD2's codes that count as it; empty if CLD2 does not know it.
        votes: number of texts by CLD2's code.
        texts: number of texts that were long enough, including those not identified.
    """

    tag: str
    accepted: frozenset[str]
    votes: Counter[str]
    texts: int

    @property
    def found(self) -> str | None:
        """The code of most identified texts."""
        (code, count), *_ = self.votes.most_common(1) or [("", 0)]
        return code if count > MOST * self.votes.total() else None

    @property
    def own(self) -> int:
        """The number of texts in the expected language."""
        return sum(self.votes[code] for code in self.accepted)


def check_direction(
    sources: Sequence[str], targets: Sequence[str], direction: tuple[str, str], name: str, remedy: str
) -> None:
    """Refuse parallel text whose sides are in other languages, in particular if they are swapped.

    Languages unknown to the identifier, and files with too little identifiable text, are not checked.

    Args:
        sources: texts expected to be in the first language.
        targets: texts expected to be in the second.
        direction: the tags of the two.
        name: the name of the text in errors.
        remedy: advice for swapped sides.

    Raises:
        UserError: the languages found, and the next step.
    """
    source, target = _side(sources, direction[0]), _side(targets, direction[1])
    if _is_swapped(source, target):
        step = f"{remedy}, or name the languages the other way round"
    elif source.found and target.found and (_is_wrong(source) or _is_wrong(target)):
        step = "name their languages, or other files"
    else:
        return
    found = f"the sources are in {_said(source)}, the targets in {_said(target)}"
    raise UserError(
        f"{name}: {found}, expected {_name(source.tag)} and {_name(target.tag)}; {step}; "
        "if they are right, give --trust-languages"
    )


def _side(texts: Sequence[str], tag: str) -> Side:
    tag = standard_tag(tag)
    listed, code = listed_language(tag), code_of(tag)
    drawn = random.Random(0).sample(range(len(texts)), min(SAMPLE, len(texts)))  # noqa: S311 - nothing secret
    counted = told([texts[number] for number in sorted(drawn)], listed.script if listed else "")
    votes = Counter({found: count for found, count in counted.items() if found is not None})
    accepted = frozenset({code, *NEIGHBOURS.get(listed.tag if listed else tag, ())} if code else ())
    return Side(tag, accepted, votes, counted.total())


def _is_swapped(source: Side, target: Side) -> bool:
    """Return whether each side is in the other's language, or on its side if CLD2 does not know the other."""
    return (
        (_is_in(source, target) and _is_in(target, source))
        or (not target.accepted and _is_in(target, source) and _lacks_own(source))
        or (not source.accepted and _is_in(source, target) and _lacks_own(target))
    )


def _is_in(side: Side, other: Side) -> bool:
    """Return whether a side is in the language of the other, and not in its own."""
    return side.votes.total() >= SWAPPED_FROM and side.found in other.accepted - side.accepted


def _lacks_own(side: Side) -> bool:
    return side.texts >= WRONG_FROM and side.own < FEW * side.texts


def _is_wrong(side: Side) -> bool:
    """Return whether a side of a listed language, whose similar languages are known, is in another one."""
    known = bool(side.accepted) and listed_language(side.tag) is not None
    if not known or side.found is None or side.found in side.accepted:
        return False
    # Unidentified texts may be in the expected language: of Yoruba without its marks, most are.
    return side.votes.total() >= WRONG_FROM and side.votes[side.found] > MOST * side.texts and _lacks_own(side)


def _said(side: Side) -> str:
    if side.found is None:
        return "an unidentifiable language"
    return f"{_name(side.found)} ({side.votes[side.found]:,} of {side.votes.total():,} identifiable texts)"


def _name(code: str) -> str:
    return str(langcodes.Language.get(code).display_name("en"))
