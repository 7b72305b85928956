"""Read which option an explanation states as the right one, by its letter or its number."""

import re
from string import ascii_uppercase

_REFUSED = r"(?!\s*(?:is\s+|are\s+)?(?:wrong|incorrect|not\b|false\b|excluded|ruled))"
_LETTER = re.compile(
    r"\b(?:ans(?:wer)?|correct\s+(?:answer|option|choice))\b[\s.:;,=–-]*(?:is\b|are\b)?[\s.:;,=–-]*(?:option\s*)?"
    r"['\"‘’“”`(\[]*(?P<letter>[a-hA-H])(?P<close>['\"‘’“”`)\]]*)(?P<end>\s*(?:i\.?\s*e\b|[.,:;)\]-]|$)|\s)" + _REFUSED,
    re.IGNORECASE,
)
#: A number is stated by "the correct answer is 3", in English, Spanish and French; "option 3" is only a mention.
_NUMBER = re.compile(
    r"(?P<hedge>\b(?:also|aussi|tambi[eé]n|not?|pas|ni|nor|would|could|pourrait|podr[ií]a)\b.{0,30})?"
    r"\b(?:correct (?:answer|option|one)|right answer|(?:respuesta|opción) correcta|"
    r"(?:réponse|option) (?:correcte|exacte)|bonne réponse)\b"
    r"(?:\s+(?:is|would be|es|sería|est|serait|the|la|le|number|número|numéro|option|opción|answer|respuesta|réponse)\b"
    r"|\s*[:,(\"]\s*)*\s*(?:n[º°.]\s*)?\(?(?P<number>[1-9])\b"
    r"(?![.,]\d|\s*(?:%|mg|months?|years?|ml|of|de|and|y|et|or|o|ou|to|a|à|,\s*\d|/|-\s*\d)(?![a-z]))" + _REFUSED,
    re.IGNORECASE | re.DOTALL,
)


def stated_letter(explanation: str | None) -> str | None:
    """Return the letter that an explanation states as the right one (``Ans. is 'c'``); None for none or for two.

    A single small letter is an article ("the answer is a virus") unless quotes, brackets or a full stop set it off.
    """
    found = {
        match["letter"].upper()
        for match in _LETTER.finditer(explanation or "")
        if match["letter"].isupper() or match["close"] or match["end"].strip()
    }
    return found.pop() if len(found) == 1 else None


def stated_option(explanation: str | None) -> str | None:
    """Return the label of the option that an explanation states, by its letter or its number from 1; None as above."""
    numbers = {found["number"] for found in _NUMBER.finditer(explanation or "") if not found["hedge"]}
    by_number = ascii_uppercase[int(numbers.pop()) - 1] if len(numbers) == 1 else None
    by_letter = stated_letter(explanation)
    return by_letter if by_number is None or by_number == by_letter else None if by_letter else by_number
