"""What is wrong with a list of options: some that are absent, and texts that stand twice."""

import unicodedata
from collections.abc import Sequence

#: How tools write an option that is not there; ``NA`` is an element, ``none.`` and ``None of them`` are answers.
ABSENT = frozenset({"", "nan", "NaN", "None", "N/A", "n/a", "<NA>", "null"})


def is_absent(text: str | None) -> bool:
    """Return whether an option's text says that there is no such option."""
    return (text or "").strip() in ABSENT


def repeated(texts: Sequence[str]) -> set[int]:
    """Return the places of texts that stand more than once; case matters where it is a genotype or a symbol."""
    seen = [_compared(text) for text in texts]
    return {place for place, text in enumerate(seen) if seen.count(text) > 1}


def _compared(text: str) -> str:
    plain = " ".join(unicodedata.normalize("NFC", text).split()).rstrip(" .")
    is_word = len(plain) > 3 and plain[1:].islower()
    return plain.lower() if is_word else plain
