"""The layout of a segment: the parts that are translated, and those around them that are kept.

A segment is a list of lines. Each line's leading bullet, option letter or number, its white space and the separators of
table cells are kept verbatim; a part that has only numbers, units and symbols is copied. The rest is split into
sentences, the unit of translation, deduplication and storage.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from unicodedata import normalize

#: The longest text translated in one call, in bytes of UTF-8: a token is at least a byte, and models of this kind read
#: at most 512 tokens.
LONGEST = 400

#: White space, bullets, "A.", "(b)", "12)" and the like at the start of a line. Not "E. coli" or "S. aureus": no
#: lower-case letter may follow a capital and a full stop. Not "I am" or "A man" either.
_LEAD = re.compile(
    r"\s*(?:(?:[-*•·–—▪◦●○]|\((?:[A-Za-z]|\d{1,2}|[ivx]{1,4})\)|(?:[A-Za-z]|\d{1,2}|[ivx]{1,4})\)|"
    r"(?:[a-z]|\d{1,2}|[ivx]{1,4})\.|(?:[A-J]|[IVX]{1,4})\.(?=\s+[^\sa-z]))\s+)*"
)
_CELLS = re.compile(r"((?:(?<!\s)\s+)?\|\s*|\t+)")
#: A number with its sign, marks and exponent, and the symbols that occur between numbers.
_NUMBER = r"[<>≤≥=±~+\-−–/×x·^(]*\s*\d[\d.,/:\u202f\u00a0 ]*(?:\s*[×x·]\s*10\^?[-−]?\d+)?"
_UNIT = (
    r"(?:%|‰|°[CF]?|[kmcdµμn]?g|mcg|[mdµμn]?L|[kcmµμn]?m|mmHg|cmH2O|kPa|bpm|IU|U|mU|mEq|[mµμn]?mol|[kM]?Hz|kcal|cal|"
    r"[kM]?Bq|[mµ]?Sv|Gy|h|min|s)"
)
_UNITS = rf"{_UNIT}(?:\s*/\s*(?:\d+\s*)?{_UNIT})*[²³]?(?![A-Za-wyzµμ])"
#: Atomic, so that a table of hundreds of numbers followed by a word is matched only once.
_QUANTITY = re.compile(rf"(?>{_NUMBER}\s*(?:{_UNITS})?\)?\s*)+[.;,]?")
_SYMBOL = re.compile(r"[=^→⇌±√∑]")
_WORD = re.compile(r"[^\W\d_]{4}")
_LETTER = re.compile(r"[^\W\d_]")
#: Words that belong to the adjacent number, like a unit.
_SIGN = r"<>≤≥=±~×/+−–-"
_NUMERAL = r"[\d〇零一二三四五六七八九十百千万萬億亿兆两兩半]"
#: Places to cut a sentence that is too long, in order of preference: after ; or :, after a comma, at white space that
#: is not beside a number, at any white space, between letters of a script without spaces (not after a number, where
#: its unit follows), elsewhere in a word.
_CUTS = (
    re.compile(r"[;:]\s+|[；：。！？]"),
    re.compile(r"(?<!\d),\s+|[，、]"),
    re.compile(rf"(?<![\s\d{_SIGN}])\s+(?![\s{_SIGN}])"),
    re.compile(r"\s+"),
    re.compile(rf"(?<=[^\W\d_A-Za-z])(?<!{_NUMERAL})(?<!{_NUMERAL}.)(?<!{_NUMERAL}..)(?=[^\W\d_A-Za-z])(?!{_NUMERAL})"),
    re.compile(r"(?<=[^\d.,])(?=[^\W\d_])"),
)
#: A single word of this length is a URL, a sequence or an encoded file: nothing that a model could translate.
_NO_WORD = re.compile(rf"[!-~]{{{LONGEST},}}")

Split = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a segment: sentences that are translated and decoded together, or text that is copied."""

    text: str
    sentences: tuple[str, ...] = ()


def take_apart(text: str, split: Split) -> list[Piece]:
    """Split a segment into its pieces in order, at least one; joined, their texts are the segment again."""
    # Unlike in a file, every separator splits the lines of a text and is kept.
    return [piece for line in text.splitlines(keepends=True) for piece in _line(line, split)] or [Piece(text)]


def _line(line: str, split: Split) -> Iterator[Piece]:
    body = line.rstrip()
    lead = _LEAD.match(body)
    start = lead.end() if lead else 0
    if start:
        yield Piece(body[:start])
    yield from (_part(part, split) for part in _CELLS.split(body[start:]) if part)
    if len(body) < len(line):
        yield Piece(line[len(body) :])


def _part(part: str, split: Split) -> Piece:
    if not _LETTER.search(part) or _QUANTITY.fullmatch(part) or _formula(part) or _NO_WORD.fullmatch(part):
        return Piece(part)
    return Piece(part, tuple(cut for sentence in split(part) for cut in _cut(sentence)))


def _formula(part: str) -> bool:
    """Return whether a part is a formula, such as ``CO2 + H2O → H2CO3`` or ``pH = 7.4``: a sign, and no long word."""
    return bool(_SYMBOL.search(part)) and not _WORD.search(part)


def _cut(sentence: str) -> Iterator[str]:
    """Yield a sentence in parts of at most `LONGEST` bytes, without the white space between them."""
    while _bytes(sentence) > LONGEST:
        window = sentence[: _window(sentence)]
        # A cut at less than half the length is rejected, and the next kind of place is tried.
        ends = (max((m.end() for m in cut.finditer(window)), default=0) for cut in _CUTS)
        end = next((end for end in ends if end > len(window) // 2), len(window))
        yield sentence[:end].rstrip()
        sentence = sentence[end:].lstrip()
    if sentence:
        yield sentence


def _bytes(text: str) -> int:
    """Return the length of a text in bytes, including for tokenizers that expand ligatures and squared words."""
    return max(len(text.encode()), len(normalize("NFKC", text).encode()))


def _window(sentence: str) -> int:
    """Return how many characters from the start have at most `LONGEST` bytes."""
    return len(list(takewhile(LONGEST.__ge__, accumulate(map(_bytes, sentence)))))
