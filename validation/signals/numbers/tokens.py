"""Tokenizer: numbers in digits and entries of the lexicon are tokens; everything else is a gap."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from globmed.languages import Language
from validation.signals.numbers.lexicon import Counted, Entry, Glue, Lexicon, lexicon

#: Between the items of a list, each of which may have its neighbour's unit.
LIST = " ?[,、;] ?"
#: A letter of the scripts that put spaces between words; texts are folded, so that none has an accent.
LETTER = r"[A-Za-z]"
HANGUL = r"[\uac00-\ud7a3]"
ROMAN = {"I": 1, "V": 5, "X": 10}

NOTHING = Entry()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text that bears on a number; ``parts`` are the pieces of a number word written together."""

    start: int
    end: int
    text: str
    kind: str  # "number", "power", "clock", "roman", "word"
    entry: Entry = NOTHING
    parts: tuple[tuple[Entry, int], ...] = ()

    @property
    def counts(self) -> bool:
        """Return whether the token is (part of) a number."""
        return self.kind != "word" or bool(self.parts or self.entry.numeric)


def tokenise(text: str, language: Language) -> list[Token]:
    """Return the tokens of a folded text, in order."""
    lex = lexicon(language)
    return [token for match in scanner(language).finditer(text) if (token := _token(match, lex))]


def _token(match: re.Match[str], lex: Lexicon) -> Token | None:
    kind, text = match.lastgroup, match.group()
    start, end = match.span()
    if kind in ("number", "power", "clock"):
        return Token(start, end, text, kind)
    if kind == "sign":
        return Token(start, end, text, "word", lex.signs[text])
    if kind == "phrase":
        return Token(start, end, text, "word", lex.words[text.lower()])
    if kind == "roman":
        return Token(start, end, text, kind, Entry(values=frozenset({Decimal(_roman(text))})))
    if kind == "counted" and lex.counted:
        return Token(start, end, text, "word", NOTHING, _counted(text, lex, lex.counted))
    parts = unglue(lex.glue.plain(text), lex.glue) if kind == "letters" and lex.glue else ()
    return Token(start, end, text, "word", NOTHING, parts) if parts else None


@cache
def scanner(language: Language) -> re.Pattern[str]:
    """Return the pattern that finds a language's tokens."""
    lex = lexicon(language)
    letters = any_of(sign for sign in lex.signs if sign[-1].isalnum())
    others = any_of(sign for sign in lex.signs if not sign[-1].isalnum())
    alternatives = [
        r"(?P<power>10 ?\^ ?[-−+]?\d+)",
        rf"(?P<clock>(?<![\d.,])\d{{1,2}}(?:[:.h]\d{{2}})? ?(?:{lex.clock})(?!\w))" if lex.clock else "",
        rf"(?P<number>{number_pattern(lex)})",
        rf"(?P<sign>(?<![A-Za-z])(?:{letters})(?![A-Za-z0-9]|\.[A-Z])|{others})",
        *(_counted_phrases(lex, lex.counted) if lex.counted else [_phrases(lex)]),
        r"(?P<roman>(?<![A-Za-z])(?:[IVX]{2,5}|[VX])(?:(?:e|eme)(?= )|(?![A-Za-z])))",
        _letters(lex),
    ]
    return re.compile("|".join(filter(None, alternatives)))


def _phrases(lex: Lexicon) -> str:
    if lex.boundaries == "none":
        return f"(?P<phrase>(?i:{any_of(lex.words)}))"
    hyphen = "-?" if lex.glue and lex.glue.hyphens else ""
    return rf"(?P<phrase>(?<!{LETTER})(?i:{any_of(lex.words)})(?!{hyphen}{LETTER}))"


def _counted_phrases(lex: Lexicon, counted: Counted) -> list[str]:
    """Return patterns where number words begin a word or follow a magnitude; units may occur inside a word."""
    numbers = [word for word, entry in lex.words.items() if entry.numeric]
    steps = "".join(word for word, entry in lex.words.items() if entry.magnitude is not None and len(word) == 1)
    begins = rf"(?:(?<!{HANGUL})|(?<=[{steps}]))"
    return [
        rf"(?P<counted>(?<!{HANGUL})[{counted.digits}{steps}]+(?= ?(?:{any_of(counted.counters)})))",
        rf"(?P<phrase>{begins}(?:{any_of(numbers)})|{any_of(set(lex.words) - set(numbers))})",
    ]


def _letters(lex: Lexicon) -> str:
    hyphens = f"(?:-?{LETTER}+)*" if lex.glue and lex.glue.hyphens else ""
    return f"(?P<letters>{LETTER}+{hyphens})"


def number_pattern(lex: Lexicon) -> str:
    """Return the pattern of a number in digits with its marks; spaces group thousands only in some languages."""
    plain = r"\d+(?:[.,'·]\d+)*"
    # Digits of a name begin no group: CD4 350.
    return rf"(?<!\d )(?<!{LETTER})\d{{1,3}}(?: \d{{3}})+(?!\d)(?:[.,]\d+)?|{plain}" if " " in lex.thousands else plain


def any_of(phrases: Iterable[str]) -> str:
    """Return a pattern that matches any of the phrases, the longest first."""
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda p: (-len(p), p)))


def unglue(word: str, glue: Glue) -> tuple[tuple[Entry, int], ...]:
    """Split a number word into pieces, each with the sign with which the one before is added to it (0: not at all)."""
    for prefix in ("", *glue.prefixes):
        if word.startswith(prefix):
            for pieces in _pieces(word[len(prefix) :], 0, glue):
                return pieces
    long = (word[i:] for i in range(1, len(word) - glue.free_prefix + 1)) if glue.free_prefix else ()
    return next((((glue.pieces[stem], 0),) for stem in long if stem in glue.pieces), ())


def _pieces(rest: str, sign: int, glue: Glue) -> Iterator[tuple[tuple[Entry, int], ...]]:
    for length in range(len(rest), 1, -1):
        entry = glue.pieces.get(rest[:length])
        if entry is None:
            continue
        tail = rest[length:]
        if not tail or tail in glue.endings:
            yield ((entry, sign),)
            continue
        for joiner, next_sign in (("", 0), *glue.joiners.items()):
            if tail.startswith(joiner) and (joiner or glue.adjacent or entry.magnitude is not None):
                for pieces in _pieces(tail[len(joiner) :], next_sign, glue):
                    yield ((entry, sign), *pieces)


def _counted(text: str, lex: Lexicon, counted: Counted) -> tuple[tuple[Entry, int], ...]:
    digits = {digit: Entry(frozenset({Decimal(value)})) for value, digit in enumerate(counted.digits, start=1)}
    return tuple((digits.get(sign) or lex.words[sign], 0) for sign in text)


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text.rstrip("em")]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
