"""Read the formatting of a text: struck-through words are deleted, raised digits become superscript characters."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import regex

Height = Literal["normal", "raised", "lowered"]
_SIGNS = {
    "raised": str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾"),
    "lowered": str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"),
}
_CLOSING = regex.compile(r"[.,;:!?)](?!\p{N})")
_WORD = regex.compile(r"[\p{L}\p{N}]")


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a cell with uniform formatting."""

    text: str
    struck: bool = False
    height: Height = "normal"


@dataclass(frozen=True, slots=True)
class Meant:
    """A formatted text as plain text.

    Attributes:
        text: without struck-through parts, with raised and lowered digits as Unicode superscripts and subscripts.
        struck: the struck-through parts.
        raised: raised and lowered digits that were replaced by Unicode characters.
        unclear: an ambiguous place; empty if there is none.
    """

    text: str
    struck: str = ""
    raised: str = ""
    unclear: str = ""


def meant(runs: Iterable[Run]) -> Meant:
    """Read the runs of a text as their formatting means them.

    White space that stood on both sides of struck words is kept once; letters on both sides are kept apart where
    white space was struck with the words.
    """
    text, gap, struck, raised, unclear = "", "", "", "", ""
    for run in runs:
        if run.struck:
            gap, struck = gap + run.text, struck + run.text
            continue
        plain = _plain(run)
        raised += run.text if plain not in (None, run.text) else ""
        unclear = unclear or (run.text if plain is None else "")
        plain = run.text if plain is None else plain
        if gap and plain:
            joined = _joined(text, gap, plain)
            unclear = unclear or (f"{text[-10:]}({gap}){plain[:10]}" if joined is None else "")
            text, gap = text + plain if joined is None else joined, ""
        else:
            text += plain
    return Meant(text, struck, raised, unclear)


def _plain(run: Run) -> str | None:
    """Return the text of a run as plain text; None if a raised or lowered number has no signs for it."""
    if run.height == "normal":
        return run.text
    signs = run.text.translate(_SIGNS[run.height])
    if all(old != new or old.isspace() for old, new in zip(run.text, signs, strict=True)):
        return signs
    return None if any(mark.isnumeric() for mark in run.text) else run.text


def _joined(before: str, gap: str, after: str) -> str | None:
    """Join two texts without the struck ``gap`` between them; None if two numbers would become one."""
    if not before or before[-1].isspace():
        return (before.rstrip(" ") if _CLOSING.match(after) else before) + after.removeprefix(" ")
    if not (_WORD.match(before[-1]) and _WORD.match(after[0])):
        return before + after
    if gap[0].isspace() or gap[-1].isspace():
        return f"{before} {after}"
    if before[-1].isnumeric() and after[0].isnumeric() and not gap.isnumeric():
        return None
    return before + after
