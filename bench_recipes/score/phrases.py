"""Patterns of the context before and after an option's letter, built from the words of ``words.toml``.

Clear statements ("the answer is") are matched in every language. The rest is matched only in the item's language and in
English: a negation in one language may be a conjunction in another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bench_recipes.score.wording import JOINING, PATTERNS, any_of
from globmed.languages import ENGLISH

#: Letters that are also words somewhere: "A doctor", "E a criança", "O médico", "y".
WORD_LETTERS = "AEIOUY"
OPEN, CLOSE = r"[\s:\"'“‘„‚«»‹›(\[「『【《〈{=⟨<>→\-–—]*", r"[)\]}」』】》〉⟩>\"'”’“«»‹›]*"
RIGHT_SIGN, WRONG_SIGN = "[✅✔✓☑]", "[❌✗✘✖]"
#: A word of Latin letters starts where no letter precedes it, and ends where none follows.
START, END = r"(?:(?<![a-zà-ɏ])|(?![a-zà-ɏ]))", r"(?:(?![a-zà-ɏ])|(?<![a-zà-ɏ]))"


@dataclass(frozen=True)
class Phrases:
    """Patterns, in three groups.

    Letters:
        letter: a separate label in capitals; next to Chinese, Japanese or Korean it needs no space.
        small: a label in lower case, followed only by an end, a bracket or a reason.
        line: a line that starts with a label, its ``mark`` and the ``rest``.

    Before a letter, up to it:
        answer: a statement of any kind of answer.
        stated: the same.
        short: the start of a sentence that has only a letter, or the reason for it.
        instead: another letter that is rejected in favour of this one.
        option: the word for an option.
        lead: the start of a sentence or bracket, or a word after which a letter is not part of a name.
        denied: a negation, possibly of several letters.
        joined: another letter and an "or".

    After a letter:
        correct, rejected, right, wrong: a verdict.
        copula: the end of a sentence without further content.
        because, after: possible continuations of a sentence.
        person: the rest of a name whose initial is the letter.
        other: an "or" and another letter.
        negation: a negation.

    Anywhere:
        hedge: doubt in the same clause, before the letter; ``doubted``: directly after it.
        retract: a retraction of the text before.
    """

    letter: re.Pattern[str]
    small: re.Pattern[str]
    line: re.Pattern[str]
    answer: re.Pattern[str]
    stated: re.Pattern[str]
    short: re.Pattern[str]
    instead: re.Pattern[str]
    option: re.Pattern[str]
    lead: re.Pattern[str]
    denied: re.Pattern[str]
    joined: re.Pattern[str]
    correct: re.Pattern[str]
    rejected: re.Pattern[str]
    right: re.Pattern[str]
    wrong: re.Pattern[str]
    copula: re.Pattern[str]
    because: re.Pattern[str]
    after: re.Pattern[str]
    person: re.Pattern[str]
    other: re.Pattern[str]
    negation: re.Pattern[str]
    hedge: re.Pattern[str]
    doubted: re.Pattern[str]
    retract: re.Pattern[str]


@cache
def phrases(labels: Sequence[str], language: str) -> Phrases:
    """Return the patterns for the labels of an item in a language."""
    names = tuple(dict.fromkeys((language, ENGLISH)))
    said = {key: any_of(key, *names) for key in (*PATTERNS, *JOINING)}
    option, answer = any_of("option"), any_of("answer")
    own = "(?:" + "|".join(map(re.escape, labels)) + ")"
    alone = rf"(?<![A-Za-zÀ-ɏ0-9'°]){own}(?![A-Za-zÀ-ɏ0-9'°+]|-\w|\.\w)"
    either = rf"\s*{START}{said['or']}{END}-?\s*"
    join = rf"(?:\.{{2,}}|…)?\s*[(\[]?(?:[,/&、;+]\s*(?:{said['or']}\s+)?|{either})\s*(?:{option}\s*)?[(\[\"'「]*"
    listed = rf"(?:(?:\s*,\s*(?-i:{own}){CLOSE})*,?{either}(?-i:{own}){CLOSE})?"
    several = rf"(?:{OPEN}(?-i:{own}){CLOSE}{join})*"
    opening = r"(?:[.!?…;:,]\s+|[。、,\n]\s*)[^\w\n]*"
    verdict = r"(?:[^\S\n]|[).:=→\-–—(])+"
    initials, surname = r"\.\s?(?:[A-Z]\.\s?)", r"[A-ZÀ-Þ][A-Za-zÀ-ɏ'-]+"
    goes_on = rf"(?:{said['because']}|{said['after']}){END}"
    return Phrases(
        letter=re.compile(alone),
        small=re.compile(
            rf"(?<![A-Za-zÀ-ɏ0-9'])(?-i:{own.lower()})(?:(?=[)\]]|[.\"'»]*\s*(?:$|\n))"
            rf"|(?<![{WORD_LETTERS.lower()}])(?=[.,;:](?:\s|$)|(?i:\s+{goes_on}|{said['copula']})))"
        ),
        line=re.compile(
            rf"[^\w\n]*?(?P<label>(?i:{own}))(?!-\w)"
            rf"(?P<mark>{CLOSE}\s*[.):、,;\]}}\-–—⟩=]+\s*|\s+|(?=[(])|(?=[^\x00-\u02ff])|$)(?P<rest>.*)"
        ),
        answer=_any_case(rf"{START}{answer}{OPEN}"),
        stated=_any_case(rf"{START}{answer}(?:[\s:]*{option}{END})?{OPEN}$"),
        short=_any_case(
            rf"(?:{opening}(?:{said['so']}[,\s]+)?{said['it_is']}|{START}{said['so']},?)(?:\s*{option}{END})?{OPEN}$"
        ),
        instead=_any_case(rf"{START}{said['not']}(?:\s*{option})?{OPEN}(?-i:{own}){CLOSE},?\s*{said['but']}{OPEN}$"),
        option=_any_case(rf"(?<!\w){option}[\s:\"'(\[「『-]*$"),
        lead=_any_case(rf"(?:[.,:;!?…。、\n(\[「『\"“»—–]|{START}(?:{said['lead']}|{said['so']}|{option}))\s*{OPEN}$"),
        denied=_any_case(rf"{START}{said['not']}(?:\s*{option})?s?{several}{OPEN}$"),
        joined=_any_case(rf"(?<![A-Za-zÀ-ɏ0-9'])(?-i:{own}){CLOSE}{join}$"),
        correct=_any_case(said["correct"]),
        rejected=_any_case(rf"{listed}{said['rejected']}{END}"),
        right=_any_case(rf"{verdict}{said['right']}(?!\w)(?![^\S\n]+[^\W\d_])|[^\w\n]*{RIGHT_SIGN}"),
        wrong=_any_case(rf"{verdict}{said['wrong']}{END}|[^\w\n]*{WRONG_SIGN}"),
        copula=_any_case(said["copula"]),
        because=_any_case(rf"[\s,]*{said['because']}{END}"),
        after=_any_case(rf"[\s,]*{goes_on}"),
        person=re.compile(
            rf"{initials}+{surname}|{initials}*{surname}"
            rf"(?:\s+et al\b|\s*\((?:1[89]|20)\d\d\)|,?\s*(?i:{said['wrote']}{END}))"
        ),
        other=_any_case(
            rf"{join}(?-i:{own})(?![A-Za-zÀ-ɏ0-9'])(?!{CLOSE}{said['rejected']})(?!\s+(?!{said['or']}{END})(?-i:[a-z]))"
        ),
        negation=_any_case(rf"{said['not']}{END}"),
        hedge=_any_case(rf"{START}{said['hedge']}{END}"),
        doubted=_any_case(rf"(?:[\s,(]{{0,3}}|[^\x00-\u02ff。、\n]{{0,10}}){said['hedge']}{END}"),
        retract=_any_case(said["retract"]),
    )


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)
