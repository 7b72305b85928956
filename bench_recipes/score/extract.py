"""Extract the choice from a generated answer, strictly: unreadable answers are counted separately, never guessed.

`labels` reads letters. The answers of other closed tasks are words: alone, first, or stated as the answer.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bench_recipes.score.labels import label
from bench_recipes.score.thoughts import spoken
from bench_recipes.score.wording import any_of, clean, contained, plain, words
from globmed.languages import ENGLISH, language
from globmed.languages.identify import FAULT_BELOW, share
from globmed.prompts import Style, prompts
from globmed.records.results import Outcome
from globmed.schema import ANSWERS

__all__ = ["Read", "read", "refuses", "words"]

#: Characters: a refusal is short and explicit.
REFUSAL_WITHIN, REFUSAL_AT_MOST = 250, 700
STOPPED: Mapping[str, Outcome] = {"content_filter": "filtered"}
#: The stop reason of a model at its token limit.
LIMITS = ("max_tokens", "model_length")


@dataclass(frozen=True)
class Read:
    """The extracted choice, in the dataset's own words, and the outcome of the item."""

    parsed: str | None
    outcome: Outcome


def read(
    text: str,
    item: Mapping[str, Any],
    style: Style = "native",
    stop: str = "stop",
    refused: bool = False,
    thinks: bool = False,
) -> Read:
    """Read an answer to an item of `tasks.ITEMS`.

    Args:
        text: the model's answer.
        item: one row of `tasks.ITEMS`.
        style: language of the instruction.
        stop: the stop reason; a content filter has its own outcome, and so has an answer that was cut within its
            thoughts or before it stated a choice.
        refused: whether the provider marked it as a refusal.
        thinks: whether it is a reasoning model; text that was cut is then an answer only after the end of the thoughts.
    """
    if stop in STOPPED or refused:
        return Read(None, STOPPED.get(stop, "refusal"))
    limited = stop in LIMITS
    heard = spoken(text)
    if heard.cut or (limited and (not heard.text or (thinks and not heard.thought))):
        return Read(None, "truncated")
    if item["task"] == "lfqa":
        return Read(None, _long(heard.text, item))
    own = _own_turn(heard.text, item["language"])
    if limited:  # a final letter may begin a word, unless it is the whole answer
        own = re.sub(r"(?<=\w)(\W+|(?<=[^\W\da-zA-Z]))[A-Za-z]+\Z", "", own)
    parsed, foreign = _closed(own, item, style) if item["task"] in ANSWERS else (label(own, item), None)
    if parsed is not None:
        return Read(parsed, "correct" if parsed == item["answer"] else "wrong")
    return Read(foreign, _unread(heard.text, item, style, limited, foreign))


def _unread(text: str, item: Mapping[str, Any], style: Style, limited: bool, foreign: str | None) -> Outcome:
    """Return the outcome of an answer without a readable choice."""
    if refuses(clean(text)):
        return "refusal"
    if foreign is None and limited:
        return "truncated"
    if foreign is not None or (style == "native" and _elsewhere(text, item)):
        return "other_language"
    return "unparsed"


def refuses(said: str) -> bool:
    """Return whether a short answer declines, in any of the languages."""
    start = plain(said)
    return len(start) <= REFUSAL_AT_MOST and _refusals().search(start[:REFUSAL_WITHIN]) is not None


def _own_turn(text: str, name: str) -> str:
    """Return a text up to a further question that a base model appends."""
    asks = "|".join(re.escape(word) for word in (_question(name), _question(ENGLISH), "Human:", "User:"))
    return re.split(rf"(?<=\S)\n\s*(?:{asks})", text, maxsplit=1)[0]


@cache
def _question(name: str) -> str:
    style: Style = "native" if name in words() else "english"
    return prompts(name, style).parts["question"].split("{", maxsplit=1)[0].strip()


@cache
def _refusals() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for entry in words().values() for text in entry["refusal"]))


def _closed(text: str, item: Mapping[str, Any], style: Style) -> tuple[str | None, str | None]:
    """Return the answer in the requested words; else by the words of English or of another language."""
    contents, rest = contained(text)
    own = [item["language"]] if style == "native" else [ENGLISH, *{item["language"]} & words().keys()]
    others = [name for name in words() if name not in own]
    found = _said(contents, rest, item["task"], own)
    if found:
        return (found.pop(), None) if len(found) == 1 else (None, None)
    foreign = _said(contents, rest, item["task"], [ENGLISH]) or _said(contents, rest, item["task"], others)
    return None, foreign.pop() if len(foreign) == 1 else None


def _said(contents: Sequence[str], rest: str, task: str, names: Sequence[str]) -> set[str]:
    """Return the answers in JSON, XML or boxes; if there are none, those in the text."""
    found = {answer for content in contents for answer in _worded(clean(content), task, names)}
    return found or _worded(clean(rest), task, names)


def _worded(said: str, task: str, names: Iterable[str]) -> set[str]:
    """Return the answers in the whole text, its first words, or a statement in it."""
    text = plain(said)
    found = set()
    for name in names:
        known = _lexicon(name, task)
        one = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
        start = re.match(rf"[\W_]*({one})(?=\s*(?:[.,;:!。、,)\]\"'\n—–]|$)|\s+[-—–(])", text)
        stated = [
            match[1]
            for match in re.finditer(
                rf"(?<![a-z]){words()[name]['answer']}[\W_]*({one})(?!\w)(?!\s+{any_of('or', name)}(?!\w))", text
            )
        ]
        lines = [plain(line).strip(" .。!\"'()") for line in said.split("\n")]
        found |= {known[word] for word in ([start[1]] if start else []) + stated}
        found |= {known[line] for line in (lines[0], lines[-1]) if line in known}
    return found


@cache
def _lexicon(name: str, task: str) -> dict[str, str]:
    """Map words to answers; a word that two answers of the task share is left out."""
    own = prompts(name, "native").answers
    return {plain(word): answer for answer in ANSWERS[task] for word in (own[answer], *words()[name][answer])}


def _long(text: str, item: Mapping[str, Any]) -> Outcome:
    if not clean(text):
        return "unparsed"
    if refuses(clean(text)):
        return "refusal"
    return "other_language" if _elsewhere(text, item) else "scored"


def _elsewhere(text: str, item: Mapping[str, Any]) -> bool:
    """Return whether a text is identified as being in another language than the item's."""
    found = share(text, language(item["language"]))
    return found is not None and found < FAULT_BELOW
