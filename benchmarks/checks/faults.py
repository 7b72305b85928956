"""Faults planted into good translations, to measure which of them the signals catch.

Each takes a translation and gives it back with one fault, or None where it has no place for it. None of them
looks at how a signal works: digits are found by a plain pattern, units and comparisons by their names.
"""

import re
from collections.abc import Callable
from random import Random

from globmed.languages import ENGLISH, Language
from globmed.languages import language as globmed_language
from validation.signals.numbers.lexicon import Lexicon, lexicon

Fault = Callable[[Random, str, str, Language], str | None]

DIGITS = re.compile(r"(?<![A-Za-z0-9.,-])\d+(?:[.,]\d+)*(?![A-Za-z0-9])")
COMPARES = re.compile(r"(?:[<>≤≥]|(?:less|more|fewer|greater) than|at least|at most|over|under|up to) ?(?P<number>\d+)")
RANGES = re.compile(
    r"(?<![\d.,-])(\d+(?:[.,]\d+)?) ?(?:-|–|—|~|～|to|à|a|bis|hadi|kuya ku-|sí|ba) ?(\d+(?:[.,]\d+)?)(?![\d-])"
)
SIGNS = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}
#: A unit of each kind is swapped for another of its kind.
KINDS = (
    ("mg", "mcg", "g", "kg", "ng"),
    ("mL", "L", "dL"),
    ("mm", "cm", "m", "km"),
    ("minute", "hour", "day", "week", "month", "year"),
)


def change_number(random: Random, source: str, text: str, language: Language) -> str | None:
    """Replace one digit of one number."""
    match = _number(random, text)
    if match is None:
        return None
    places = [i for i in range(*match.span()) if text[i].isdecimal()]
    place = random.choice(places)
    lead = place == match.start() and len(places) > 1
    digit = random.choice([d for d in "0123456789" if d != text[place] and not (lead and d == "0")])
    return text[:place] + digit + text[place + 1 :]


def scale_number(random: Random, source: str, text: str, language: Language) -> str | None:
    """Multiply or divide one number by ten."""
    match = _number(random, text)
    if match is None or not (value := match.group()).strip("0.,"):
        return None
    mark = language.decimal_mark
    if value.startswith("0") and mark in value:
        scaled = value.replace(mark, "", 1).lstrip("0") if random.random() < 0.5 else "0" + mark + "0" + value[2:]
    else:
        scaled = re.sub(r"[.,]", "", value) + "0" if re.fullmatch(r"\d{1,3}([.,]\d{3})+", value) else _ten(value)
    return text[: match.start()] + scaled + text[match.end() :]


def swap_unit(random: Random, source: str, text: str, language: Language) -> str | None:
    """Replace one unit by another of the same kind: mg for mcg, days for weeks."""
    lex = lexicon(language)
    places = []
    for kind in KINDS:
        for unit in kind:
            given = _numbers_with(source, unit)
            for name in _names(unit, lex) if given else ():
                found = re.finditer(_beside_number(name, language), text)
                places += [(match, kind, unit) for match in found if _beside(match, text) in given]
    if not places:
        return None
    match, kind, unit = random.choice(places)
    other = random.choice([u for u in kind if u != unit and _names(u, lex)])
    start, end = match.span("unit")
    return text[:start] + _names(other, lex)[0] + text[end:]


def flip_comparison(random: Random, source: str, text: str, language: Language) -> str | None:
    """Replace below by above, or the other way round."""
    places = list(re.finditer(r"[<>≤≥](?= ?\d)", text))
    if places:
        match = random.choice(places)
        return text[: match.start()] + SIGNS[match.group()] + text[match.end() :]
    compared = {match["number"] for match in COMPARES.finditer(source)}
    if not compared:
        return None
    lex = lexicon(language)
    for sign, other in (("<", ">"), (">", "<")):
        for phrase in sorted(
            (p for p, e in lex.words.items() if e.before == sign and p not in lex.ranges),
            key=len,
            reverse=True,
        ):
            found = re.search(rf"(?i)(?<!\w){re.escape(phrase)}(?= ?(?P<number>\d+))", text)
            if found and found["number"] in compared and phrase.isascii() == found.group().isascii():
                opposite = min((p for p, e in lex.words.items() if e.before == other), key=len)
                return text[: found.start()] + opposite + text[found.end() :]
    return None


def transpose_numbers(random: Random, source: str, text: str, language: Language) -> str | None:
    """Two numbers change places."""
    found = list(DIGITS.finditer(text))
    places = [(a, b) for i, a in enumerate(found) for b in found[i + 1 :] if a.group() != b.group()]
    if not places:
        return None
    a, b = random.choice(places)
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def lose_range_end(random: Random, source: str, text: str, language: Language) -> str | None:
    """A range of the source keeps its first end alone."""
    ranges = {(m[1], m[2]) for m in RANGES.finditer(source)}
    found = [m for m in RANGES.finditer(text) if (m[1], m[2]) in ranges]
    if not found:
        return None
    match = random.choice(found)
    return text[: match.end(1)] + text[match.end(2) :]


def _number(random: Random, text: str) -> re.Match[str] | None:
    places = list(DIGITS.finditer(text))
    return random.choice(places) if places else None


def _ten(value: str) -> str:
    mark = next((m for m in ",." if m in value), None)
    if mark is None:
        return value + "0"
    whole, _, rest = value.partition(mark)
    return f"{whole}{rest[0]}{mark}{rest[1:]}" if len(rest) > 1 else whole + rest


def _names(unit: str, lex: Lexicon) -> list[str]:
    signs = [sign for sign, entry in lex.signs.items() if entry.units == {unit} and len(sign) > 1]
    words = [word for word, entry in lex.words.items() if entry.units == {unit} and not entry.numeric]
    return [name for name in signs + words if name.isascii() or not name.isalpha() or lex.boundaries != "word"]


def _numbers_with(source: str, unit: str) -> set[str]:
    """Return the numbers that have a unit in the source; a range or a list has one for all of them."""
    names = "|".join(_names(unit, lexicon(globmed_language(ENGLISH))))
    several = r"(?P<numbers>\d[\d.,]*(?:(?:-? (?:to|and|or) |[-–]|, )\d[\d.,]*)*)"
    found = re.finditer(rf"{several}[ -]?(?:{names})(?![A-Za-z])", source)
    return {number for match in found for number in re.findall(r"\d+", match["numbers"])}


def _beside(unit: re.Match[str], text: str) -> str:
    """Return the digits next to a unit."""
    behind = re.search(r"\d+(?=[ -]?$)", text[: unit.start()])
    ahead = re.match(r" ?(\d+)", text[unit.end() :])
    return behind.group() if behind else ahead[1] if ahead else ""


def _beside_number(name: str, language: Language) -> str:
    lex = lexicon(language)
    edge = r"(?![A-Za-z])" if name.isascii() else ""
    behind = rf"(?<=\d)[ -]?(?P<unit>{re.escape(name)}){edge}"
    if not lex.unit_before or lex.boundaries != "word":
        return behind
    return rf"(?<![A-Za-z])(?P<unit>{re.escape(name)}) (?=\d)"


NUMBER_FAULTS: dict[str, Fault] = {
    "change_number": change_number,
    "scale_number": scale_number,
    "swap_unit": swap_unit,
    "flip_comparison": flip_comparison,
    "transpose_numbers": transpose_numbers,
    "lose_range_end": lose_range_end,
}
