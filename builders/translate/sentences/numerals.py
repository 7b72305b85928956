"""Write copied numbers with the decimal mark of the target language.

``1.500 g`` is one and a half grams in English and one and a half kilograms in German, so copied numbers are rewritten.
Nothing is converted or rounded; the digits are kept.
"""

import re
from functools import cache

from babel import Locale, UnknownLocaleError

from globmed.languages import languages

#: Thousands separators, by decimal mark.
_THOUSANDS = {".": ",", ",": ".", "٫": "٬"}


def localise(text: str, source: str, target: str) -> str:
    """Return the same text with its numbers written as the target language writes them.

    Args:
        text: in the source language; ``1,234.5`` or ``0.25`` are numbers in English, ``1.2.3`` and ``12,34`` are not.
        source: its tag.
        target: the tag of the target language; if a decimal mark is not known, the text is unchanged.
    """
    given, wanted = decimal_mark(source), decimal_mark(target)
    if given is None or wanted is None or given == wanted:
        return text
    marks = str.maketrans({given: wanted, _THOUSANDS[given]: _THOUSANDS[wanted]})
    return _numbers(given).sub(lambda number: number[0].translate(marks), text)


@cache
def decimal_mark(tag: str) -> str | None:
    """Return the decimal mark of a language according to the list, else to CLDR; None if neither has it."""
    entry = next((entry for entry in languages().values() if entry.tag == tag), None)
    if entry is not None:
        return entry.decimal_mark
    try:
        mark = Locale.parse(tag, sep="-").number_symbols["latn"]["decimal"]
    except (UnknownLocaleError, ValueError, KeyError):
        return None
    return str(mark) if mark in _THOUSANDS else None


@cache
def _numbers(mark: str) -> re.Pattern[str]:
    decimal, thousands = re.escape(mark), re.escape(_THOUSANDS[mark])
    either = decimal + thousands
    return re.compile(rf"(?<![\d{either}])(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:{decimal}\d+)?(?![{either}]?\d)")
