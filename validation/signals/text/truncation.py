"""Truncation: a translation that stops before its source does."""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from globmed.languages import Language
from validation.signals.numbers.lexicon import has_lexicon, lexicon
from validation.signals.numbers.tokens import any_of
from validation.signals.signal import SOURCE, TARGET, TextSignal
from validation.signals.sizes import usual
from validation.signals.text.length import length_ratio, length_score

#: The end of a sentence, ignoring quotes, brackets and separate accents; or a quotation, after its comma.
END = r"(?:[.!?…。！？．｡:：;；][\s\"'“”‘’»)\]）」』\p{M}]*|[,，][”’」』])$"
#: Where the source closes a quotation at its end, the translation may end so without a full stop.
QUOTED = r"[\"'”’»」』]\s*$"
#: Above this share of the usual length, and above this length score, a text without an end only lost its full stop.
CUT_BELOW, CUT_SCORE = 1.1, 1.0
#: Below this score a text of few characters, which vary more, is short enough to be cut, whatever it ends with.
BRIEF_SHORT, BRIEF = -2.5, 60
OPENING, CLOSING = r"[(（\[［「『《【〈]", r"[)）\]］」』》】〉]"


def truncated(source: pl.Expr, target: pl.Expr, language: Language) -> pl.Expr:
    """Return whether the source ends a sentence and the translation does not, or is short, or stops within brackets.

    Null where the language's usual length or its joining words are not known.
    """
    joining = unfinished(language)
    known = usual(language)
    if joining is None or known is None:
        return pl.lit(None, pl.Boolean)
    ratio = length_ratio(source, target, language)
    ends, score = source.str.contains(END), length_score(source, ratio, language)
    whole = target.str.contains(END) | (source.str.contains(QUOTED) & target.str.contains(QUOTED))
    cut = (ratio < CUT_BELOW) | (score < CUT_SCORE)
    within = _open(target) & ~_open(source)
    short = pl.when(source.str.len_chars() < BRIEF).then(BRIEF_SHORT).otherwise(known["short"])
    hangs = _plain(target.str.strip_chars_end().str.tail(20)).str.contains(joining)
    return (ends & ~whole & cut) | (within & ~whole) | hangs | (score < short)


def _plain(text: pl.Expr) -> pl.Expr:
    """Return the text in lower case without accents; the whole of `fold` is not needed here."""
    apart = text.str.to_lowercase().str.normalize("NFD").str.replace_all("[\u0300-\u036f]", "")
    return apart.str.normalize("NFC").str.replace_all("’", "'")


def _open(text: pl.Expr) -> pl.Expr:
    """Return whether a bracket is never closed; lists have only closing ones: a)."""
    return text.str.count_matches(OPENING) > text.str.count_matches(CLOSING)


@cache
def unfinished(language: Language) -> str | None:
    """Return the pattern of a text that ends in a joining word; None where such words are not listed."""
    table = tomllib.loads(files("validation.signals.text").joinpath("lexicon/unfinished.toml").read_text("utf-8"))
    listed = table.get(language.name)
    if listed is None or not has_lexicon(language):
        return None
    words = any_of(word.strip() for word in listed.split(","))
    return rf"(?:^|[\s'-])(?:{words})$" if lexicon(language).boundaries == "word" else rf"(?:{words})$"


SIGNAL = TextSignal(
    "truncation",
    measure=lambda texts: truncated(SOURCE, TARGET, texts.target_language).cast(pl.Float64),
    fault=lambda cut, texts: cut == 1,
)
