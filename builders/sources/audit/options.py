"""Faults of a list of options: absent options and duplicate texts."""

import unicodedata
from collections.abc import Sequence

#: Values that tools write for an absent option; ``NA`` is an element, ``none.`` and ``None of them`` are answers.
ABSENT = frozenset({"", "nan", "NaN", "None", "N/A", "n/a", "<NA>", "null"})


def is_absent(text: str | None) -> bool:
    """Return whether an option's text means that the option is absent."""
    return (text or "").strip() in ABSENT


def repeated(texts: Sequence[str]) -> set[int]:
    """Return the places of texts that occur more than once; case matters in genotypes and symbols."""
    seen = [_compared(text) for text in texts]
    return {place for place, text in enumerate(seen) if seen.count(text) > 1}


def _compared(text: str) -> str:
    plain = " ".join(unicodedata.normalize("NFC", text).split()).rstrip(" .")
    is_word = len(plain) > 3 and plain[1:].islower()
    return plain.lower() if is_word else plain
