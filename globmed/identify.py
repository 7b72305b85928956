"""Which language a text is in, as a language identifier has it.

CLD2 is the one identifier in a wheel that knows Wolof; it reads 100,000 sentences a second. Short options
defeat every identifier, so that a text of a few words is not judged.
"""

import re

import pycld2

from globmed.languages import Language

#: Neighbours that CLD2 takes for one another; none of them is in the dataset.
NEIGHBOURS = {
    "zu": {"xh", "ss", "nr", "rw"},
    "es": {"gl", "ca"},
    "pt": {"gl"},
    "zh": {"zh-Hant"},
    "wo": {"om"},
}
#: Texts with fewer letters are not judged; an ideograph says as much as several letters.
LETTERS = 30
WEIGHT = {"Hans": 4, "Jpan": 3, "Kore": 3}
NO_LETTER = re.compile(r"[\W\d_]+")


def share(text: str | None, expected: Language) -> float | None:
    """The share of a text that is in the expected language, from 0 to 1; None where it is too short to tell."""
    if text is None or len(NO_LETTER.sub("", text)) * WEIGHT.get(expected.script, 1) < LETTERS:
        return None
    accepted = {expected.tag} | NEIGHBOURS.get(expected.tag, set())
    try:
        _, _, found = pycld2.detect(text, hintLanguage=expected.tag, bestEffort=True)
    except pycld2.error:  # control characters and lone surrogates
        return None
    shares = [(code, percent / 100) for _, code, percent, _ in found if code != "un"]
    if not shares:
        return None
    return sum((share for code, share in shares if code in accepted), 0.0)
