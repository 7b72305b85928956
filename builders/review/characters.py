"""Hidden characters: those that are kept, removed or refused, and those that do not count as an edit.

Spreadsheets, phones and word processors insert characters that are not visible. How each is treated:

- Zero-width space, word joiner, U+FEFF, soft hyphen, invisible operators, tags and control characters are removed. The
  zero-width space is kept beside letters of scripts written without spaces, where it marks possible line breaks
  (Thai, Lao, Khmer, Myanmar, ...).
- Zero-width non-joiner: kept between two letters of a script whose letters join or form conjuncts (Persian, Hindi,
  ...), where it is part of the spelling; elsewhere it has no effect.
- Zero-width joiner: kept beside such a letter or a symbol (emoji).
- Left-to-right, right-to-left and Arabic letter marks are kept in a text that has letters written from right to left,
  where they decide the order in which a dose is read; elsewhere they have no effect.
- Separators of lines and pages (U+2028, U+2029, U+0085, vertical tab, ...) become line feeds, so that no words merge.
- Characters that may replace something lost beside or between digits (`HIDDEN`), and those that other readers may see
  differently (`UNREADABLE`), are left for a person to correct: no number changes silently.

White space, Unicode form (NFC), and automatic replacements of what was typed (curly quotes, the ellipsis, the
non-breaking hyphen, variation selectors) do not count as an edit by themselves; within an edit they are kept. Joiners
and marks: https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
"""

import unicodedata

import regex

#: Between or next to digits they may represent a lost separator, range or sign.
HIDDEN = regex.compile(
    r"((?<=\p{N})[\u200b-\u200f\u061c\u2060-\u2064\ufeff\u034f\x00-\x08\x0e-\x1b\x7f]+(?=\p{N})"
    r"|(?<=\p{N}\s?)\u00ad|\u00ad(?=\s?\p{N}))"
)
#: Shown in one font alone, or put where something could not be shown.
UNREADABLE = regex.compile(r"[\p{Co}\p{Cn}\ufff9-\ufffd]")
_LINE_ENDS = regex.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_REMOVED = regex.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u00ad\u034f\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
_BROKEN_WORDS = regex.compile(r"(?<=\p{L}\p{M}*)\u00ad\n(?=\p{L})")
_SIMPLE = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}\p{Georgian}\p{Ethiopic}\p{Hangul}"
_SIMPLE += r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Common}\p{Inherited}"
_JOINING = rf"[[\p{{L}}\p{{M}}]--[{_SIMPLE}]]"
_JOINERS = regex.compile(
    rf"(?V1)(?<!{_JOINING}\p{{Inherited}}*)\u200c|\u200c(?!{_JOINING})"
    rf"|(?<!(?:{_JOINING}|\p{{So}})[\p{{Inherited}}\p{{Sk}}]*)\u200d(?!{_JOINING}|\p{{So}})"
)
_REPEATED_JOINERS = regex.compile(r"([\u200c\u200d])\1+")
_SPACELESS = r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tai_Le}\p{New_Tai_Lue}\p{Tai_Tham}\p{Tai_Viet}\p{Javanese}]"
_ZERO_WIDTH_SPACES = regex.compile(rf"(?<!{_SPACELESS})\u200b(?!{_SPACELESS})")
_MARKS = regex.compile(r"[\u200e\u200f\u061c]")
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‐‑", "-"),
        **dict.fromkeys("\ufe0e\ufe0f\u200b"),
        "…": "...",
    }
)


def without_invisible(text: str) -> str:
    """Return the text without invisible characters that no language needs; lines end in line feeds.

    Those at digits (`HIDDEN`) stay: whoever reads the text decides what they stand for.
    """
    if text.isascii() and text.isprintable():
        return text
    is_right_to_left = any(unicodedata.bidirectional(mark) in ("R", "AL") for mark in _MARKS.sub("", text))
    parts = HIDDEN.split(_LINE_ENDS.sub("\n", text))
    return "".join(part if place % 2 else _cleaned(part, is_right_to_left) for place, part in enumerate(parts))


def _cleaned(text: str, is_right_to_left: bool) -> str:
    # A word that a page broke is one word again.
    text = _BROKEN_WORDS.sub("", text)
    text = _ZERO_WIDTH_SPACES.sub("", _REPEATED_JOINERS.sub(r"\1", _REMOVED.sub("", text)))
    text = _JOINERS.sub("", text)
    return text if is_right_to_left else _MARKS.sub("", text)


def compared(text: str) -> str:
    """Normalize a text for comparison: texts that look the same give the same result."""
    return " ".join(unicodedata.normalize("NFC", without_invisible(text)).translate(_ALIKE).split())
