"""Script: the share of letters that belong to the language's script."""

import polars as pl

from globmed.languages import Language
from validation.signals.signal import TARGET, TextSignal

#: The characters of an ISO 15924 code that is not one script of Unicode by that name.
SCRIPTS = {
    "Hans": r"\p{Han}",
    "Hant": r"\p{Han}",
    "Jpan": r"\p{Han}\p{Hiragana}\p{Katakana}ー",
    "Kore": r"\p{Hangul}\p{Han}",
}
#: Below this a text is written in another script. Gene names and units are Latin in every language.
FAULT_BELOW = 0.3
#: A text of ideographs or syllables may have as many words of another script as it has such signs: drug names.
NAMES = 3
#: Fewer letters are a unit or a symbol ("118/76 mmHg"), which every script keeps.
LETTERS = 7


def script(target: pl.Expr, language: Language) -> pl.Expr:
    """Return the share of a text's letters that are in the language's script; null where it has too few letters."""
    letters = target.str.count_matches(r"\p{L}")
    own = SCRIPTS.get(language.script, rf"\p{{{language.script}}}")
    expected = target.str.count_matches(rf"[{own}--\P{{L}}]")
    return pl.when(letters >= LETTERS).then(expected / letters)


def named(target: pl.Expr, language: Language) -> pl.Expr:
    """Return whether a text in a script other than Latin has Latin names, few relative to its own signs."""
    if language.script not in SCRIPTS:
        return pl.lit(False)
    names = target.str.count_matches(r"\p{Latin}{3,}")
    return names.is_between(1, NAMES) & (names <= target.str.count_matches(rf"[{SCRIPTS[language.script]}]"))


SIGNAL = TextSignal(
    "script",
    measure=lambda texts: script(TARGET, texts.target_language),
    fault=lambda share, texts: (share < FAULT_BELOW) & ~named(TARGET, texts.target_language),
)
