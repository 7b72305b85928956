"""The pieces of a long text that matter for numbers, extracted by one Rust regular expression per language.

Most pieces occur many times in a corpus, so that Python parses each of them once. A piece holds everything
that decides how its numbers read: the comparison before, the unit on either side, and attached text.
"""

from functools import lru_cache

import polars as pl

from globmed.languages import Language
from validation.signals.numbers.lexicon import Glue, Lexicon, lexicon
from validation.signals.numbers.tokens import HANGUL, LETTER, LIST, any_of, unglue

#: Units of doses, as signs that are not words in any language.
RATES = frozenset({"kg", "mL", "dL", "m^2"})
#: The most text between two elements of one piece.
GAP = r"[ $€£\-–—/×x·*^(:'≈~+−]{0,3}"


def windows(folded: pl.Series, language: Language) -> pl.Series:
    """Extract the pieces of folded texts, a list per text."""
    lex = lexicon(language)
    glued = _glued_words(folded, lex.glue) if lex.glue else ()
    return folded.str.extract_all(window_pattern(language, glued))


def _glued_words(folded: pl.Series, glue: Glue) -> tuple[str, ...]:
    """Return the number words written in one that occur in these texts; a pattern of their parts would be too slow."""
    words = folded.str.extract_all(r"[A-Za-z][A-Za-z-]+").explode().unique().drop_nulls()
    return tuple(sorted(word for word in words if unglue(glue.plain(word), glue)))


@lru_cache(maxsize=64)
def window_pattern(language: Language, glued: tuple[str, ...]) -> str:
    """Return the pattern of a piece (Rust syntax, no look-around)."""
    lex = lexicon(language)
    compared, element = _compared(lex), _element(lex, glued)
    between = any_of({*lex.ranges, *(phrase for phrase, entry in lex.words.items() if entry.joiner)})
    gap = f"(?:-? ?(?:{between})[ -]?|{LIST}|{GAP})"  # "18- to 29-year-olds"
    return f"(?:{compared}|{element})(?:{gap}(?:{compared}|{element}))*"


def _element(lex: Lexicon, glued: tuple[str, ...]) -> str:
    signs = any_of(sign for sign in lex.signs if not sign[-1].isalnum())
    return f"{_blob(lex)}|{_rate(lex)}|{_word(lex, glued)}|{signs}|(?-u:\\b)[IVX]{{1,5}}(?:e|eme)?(?-u:\\b)"


def _rate(lex: Lexicon) -> str:
    """Return the pattern of a unit's sign that is separate from its number: "par kg", "每 mL 含 1 mg"."""
    signs = any_of(sign for sign, entry in lex.signs.items() if entry.units & RATES and len(sign) > 1)
    return rf"(?-u:\b)(?:{signs})(?-u:\b)"


def _blob(lex: Lexicon) -> str:
    """Return the pattern of digits with what is attached to them, and the Latin word behind, which may be a unit."""
    signs = any_of(sign for sign in lex.signs if sign.isalnum() and len(sign) > 1)
    front = rf"(?:(?-u:\b)(?:{signs}|{any_of(lex.leads)})[ -])?" if lex.leads else ""
    front = (rf"(?:(?-u:\b)(?i:{lex.whole}))?" if lex.whole else "") + front
    money = r"(?:[A-Z]{0,3}[$€£¥] ?)?"
    digits = r"[ (\[<>≤≥=~]?[−-]?[A-Za-z-]*" + money + r"[0-9]+(?:[.,'·:/^h]?[0-9]+| [0-9]{3})*"
    power = r"(?:\^?-?[0-9]+(?:\.[0-9]+)?)?"
    told = f"(?: ?{lex.clock})|" if lex.clock else ""
    units = any_of(phrase for phrase, entry in lex.words.items() if entry.units and " " in phrase)
    told += f"(?: ?(?i:{units}))|" if units else ""
    unit = rf"[°μ]{{0,2}}{LETTER}{{1,12}}(?:\.[A-Za-z])?{power}(?:/μ?[A-Za-z]+{power})*"
    behind = rf"(?:{told}[A-Za-z.]*(?:[ -]?(?:{unit}))?)"
    behind += f"(?:{lex.whole_behind})?" if lex.whole_behind else ""
    return front + digits + behind


def _word(lex: Lexicon, glued: tuple[str, ...]) -> str:
    if lex.boundaries == "word":
        words = {phrase for phrase, entry in lex.words.items() if not (entry.joiner and len(phrase) < 4)}
        hyphened = [word for word in glued if "-" in word]
        first = f"{any_of(hyphened)}|" if hyphened else ""
        last = f"|{any_of(glued)}" if glued else ""  # behind, since a phrase may begin with one of them
        return rf"(?-u:\b)(?:{first}(?i:{any_of(words)}){last})(?-u:\b)"
    counted = f"|[{lex.counted.digits}]+" if lex.counted else ""
    inside = f"{HANGUL}*" if lex.boundaries == "left" else ""
    return f"{inside}(?:{any_of(lex.words)}{counted})"


def _compared(lex: Lexicon) -> str:
    """Return the pattern of a comparison with up to three words before its number ("zaidi ya watu 5")."""
    before = any_of(phrase for phrase, entry in lex.words.items() if entry.before)
    if lex.boundaries == "word":
        return rf"(?-u:\b)(?i:{before})(?:[ '-]+{LETTER}+){{0,3}}[ '~≈$€£-]+{_blob(lex)}"
    return rf"(?:{before})[^\W\d_]{{0,6}}{_blob(lex)}"
