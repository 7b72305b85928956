"""Numbers that are copied, written with the decimal mark of the target language.

``1.500 g`` is one gram and a half in English and a kilogram and a half in German: what is copied has to be rewritten.
Nothing is converted or rounded, the digits stay.
"""

import re

from globmed.languages import Language

#: 1,234.5 or 0.25 as English writes them; not 1.2.3, not 12,34.
_ENGLISH = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![.,]?\d)")
_SWAP = str.maketrans(".,", ",.")


def localise(text: str, language: Language) -> str:
    """The same text with its English numbers written as the language writes them."""
    if language.decimal_mark == ".":
        return text
    return _ENGLISH.sub(lambda number: number[0].translate(_SWAP), text)
