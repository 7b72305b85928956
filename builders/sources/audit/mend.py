"""Mend a list of options where this needs no guess."""

from collections.abc import Iterable
from string import ascii_uppercase
from typing import NamedTuple

from builders.sources.audit.faults import Fault
from builders.sources.audit.options import is_absent, repeated


class Mended(NamedTuple):
    """The labels and texts of the options, the label of the right one, and the faults that were mended or noted."""

    options: list[tuple[str, str]]
    answer: str | None
    faults: tuple[Fault, ...]


def mend_options(options: Iterable[tuple[str, str]], answer: str | None) -> Mended:
    """Remove absent options and reletter the others; note duplicate wrong options.

    An absent option that the key names is kept, without a text, so that the item is rejected. Labels that are
    out of order stay as they are.
    """
    given = [(label, "" if is_absent(text) else text) for label, text in options]
    kept = [(label, text) for label, text in given if text or label == answer]
    faults: tuple[Fault, ...] = ()
    if len(kept) < len(given) and [label for label, _ in given] == list(ascii_uppercase[: len(given)]):
        letters = {label: letter for (label, _), letter in zip(kept, ascii_uppercase, strict=False)}
        # A key beyond the last option names none, and must not name another one after relettering.
        given, answer = [(letters[label], text) for label, text in kept], letters.get(answer or "")
        is_moved = any(label != letter for label, letter in letters.items())
        faults = (Fault.ABSENT_OPTION, Fault.LETTERS) if is_moved else (Fault.ABSENT_OPTION,)
    twice = repeated([text for _, text in given])
    if twice and all(given[place][0] != answer for place in twice):
        faults = (*faults, Fault.OPTION_TWICE)
    return Mended(given, answer, faults)
