"""Compare answers by content: case, white space, Unicode form and a full stop do not count.

Superscripts, fractions and circled digits within a text are kept: 10² is not 102.
"""

import re
import unicodedata
from collections.abc import Mapping

#: Compatibility forms that are read as the plain one: full-width letters, ligatures, the micro sign, ...
_FORMS = frozenset({"<compat>", "<font>", "<narrow>", "<noBreak>", "<wide>"})
_QUOTES = str.maketrans("‘’“”‐‑", "''\"\"--")
_OPEN, _CLOSE = r"[\s(\[\"'*]*", r"[\s)\]\"'*.,:;]*"
_LABEL = re.compile(rf"{_OPEN}(?:(?:answer|choice|option)\b[\s:]*)?{_OPEN}([a-z]|\d{{1,2}}){_CLOSE}", re.IGNORECASE)


def label(text: str) -> str:
    """Return the label of an option: ``a``, ``A.``, ``(A)``, ``Option A`` and full-width ``Ａ`` are ``A``, ``1.`` is 1.

    A text that is not a label is returned without surrounding white space.
    """
    found = _LABEL.fullmatch(unicodedata.normalize("NFKC", _seen(text)))
    return found[1].upper() if found else text.strip()


def word(text: str) -> str:
    """Return a label that is a word (yes, entailment, health) in lower case, without punctuation around it."""
    return " ".join(unicodedata.normalize("NFKC", _seen(text)).casefold().split()).strip(" .,:;!\"'()[]*")


def folded(text: str) -> str:
    """Normalize a text for comparison: Unicode form, case, white space and a last full stop do not count."""
    plain = "".join(_plain(mark) for mark in unicodedata.normalize("NFC", _seen(text)).translate(_QUOTES))
    return " ".join(plain.casefold().split()).rstrip(" .,;。\"'")


def is_text_of(options: Mapping[str, str], chosen: str, answer: str) -> bool:
    """Return whether a text is that of the option with a label, and cannot be that of another option."""
    if options[chosen] == answer:
        return True
    wanted = _without_label(answer, chosen)
    return [name for name, text in options.items() if _without_label(text, name) == wanted] == [chosen]


def _without_label(text: str, name: str) -> str:
    """Return a text, normalized and without its option's label before it (``B) Iron``)."""
    return re.sub(rf"^\(?{re.escape(name.casefold())}[).:]\s+", "", folded(text))


def _seen(text: str) -> str:
    """Return a text without invisible format characters (joiners, soft hyphens, direction marks)."""
    return text if text.isascii() else "".join(mark for mark in text if unicodedata.category(mark) != "Cf")


def _plain(mark: str) -> str:
    form = unicodedata.decomposition(mark).partition(" ")[0]
    return unicodedata.normalize("NFKC", mark) if form in _FORMS else mark
