"""Identify the language of a text.

CLD2 is the only identifier available as a wheel that knows Wolof; it reads 100,000 sentences a second. No identifier is
reliable on short options, so texts of a few words are not judged. CLD2 needs to be told what to expect, and then takes
Portuguese for Spanish: `globmed.languages.similar` tells them apart.
"""

import re
from collections import Counter
from collections.abc import Iterable

import pycld2

from globmed.languages import ENGLISH, Language, languages
from globmed.languages.similar import similar_share

#: Similar languages that CLD2 confuses; none of them is in the dataset.
NEIGHBOURS = {
    "zu": {"xh", "ss", "nr", "rw"},
    "es": {"gl", "ca"},
    "pt": {"gl"},
    "zh": {"zh-Hant"},
    "wo": {"om"},
}
#: The tags of languages that CLD2 can identify.
KNOWN = frozenset(code for name, code in pycld2.LANGUAGES if name in pycld2.DETECTED_LANGUAGES)
#: CLD2's codes that BCP 47 has replaced.
ALIASES = {"he": "iw", "jv": "jw", "nb": "no", "fil": "tl"}
#: Texts with fewer letters are not judged; an ideograph counts as several letters.
LETTERS = 30
WEIGHT = {"Hans": 4, "Jpan": 3, "Kore": 3}
#: Below this share, a text is in another language.
FAULT_BELOW = 0.3
#: Names make any text look like English, or a language that is not in the dataset; CLD2's score is then low.
SURE_OF_ENGLISH, SURE_OF_OTHERS = 500, 300
NO_LETTER = re.compile(r"[\W\d_]+")


def share(text: str | None, expected: Language) -> float | None:
    """Return the share of a text that is in the expected language, from 0 to 1; None if it cannot be identified."""
    if text is None:
        return None
    short = len(NO_LETTER.sub("", text)) * WEIGHT.get(expected.script, 1) < LETTERS
    similar = similar_share(text, expected, short=short)
    if similar is not None and similar < FAULT_BELOW:
        return similar
    return None if short else _identified(text, expected)


def _identified(text: str, expected: Language) -> float | None:
    if expected.tag not in KNOWN:
        return None
    accepted = {expected.tag} | NEIGHBOURS.get(expected.tag, set())
    try:
        _, _, found = pycld2.detect(text, hintLanguage=expected.tag, bestEffort=True)
    except pycld2.error:  # control characters and lone surrogates
        return None
    known = [(code, percent / 100, score) for _, code, percent, score in found if code != "un"]
    own = sum((part for code, part, _ in known if code in accepted), 0.0)
    if not known or (own < FAULT_BELOW and not _sure(known[0][0], known[0][2])):
        return None
    return own


def _sure(code: str, score: float) -> bool:
    """Return whether a guess is better than one that is based on names in a text."""
    if code == languages()[ENGLISH].tag:
        return score >= SURE_OF_ENGLISH
    return score >= SURE_OF_OTHERS or code in {entry.tag for entry in languages().values()}


def code_of(tag: str) -> str | None:
    """Return CLD2's code of a BCP-47 tag; None for a language, or a script of it, that CLD2 does not know."""
    language, *subtags = tag.split("-")
    code = ALIASES.get(language, language)
    if tag in KNOWN or code not in KNOWN:
        return tag if tag in KNOWN else None
    return None if any(len(subtag) == 4 and subtag.isalpha() for subtag in subtags) else code


def told(texts: Iterable[str], script: str = "") -> Counter[str | None]:
    """Count texts by their identified language, by CLD2's code; None for those that cannot be identified.

    No language is expected: a hint makes CLD2 take Portuguese for Spanish. Texts that are too short are joined to their
    neighbours; a short rest at the end is not counted.

    Args:
        texts: in any language.
        script: of the expected language (ISO 15924); in some scripts a letter carries more information.
    """
    found: Counter[str | None] = Counter()
    short: list[str] = []
    for text in texts:
        short.append(text)
        joined = "\n".join(short)
        if len(NO_LETTER.sub("", joined)) * WEIGHT.get(script, 1) >= LETTERS:
            found[_reliable(joined)] += 1
            short = []
    return found


def _reliable(text: str) -> str | None:
    try:
        reliable, _, found = pycld2.detect(text)
    except pycld2.error:  # control characters and lone surrogates
        return None
    return str(found[0][1]) if reliable and found[0][1] != "un" else None
