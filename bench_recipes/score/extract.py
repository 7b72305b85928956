"""What a generated answer says: strictly; what cannot be read is counted apart, never guessed.

A letter counts where it is marked as the answer: alone, before its option's text, in brackets, or in a phrase such as
"the answer is". "A doctor would say (C)" is C. Two different answers are none.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bench_recipes.results import Outcome
from globmed.errors import UserError
from globmed.identify import FAULT_BELOW, share
from globmed.languages import ENGLISH, language
from globmed.prompts import CLOSED, Style, asked, prompts
from globmed.schema import ANSWERS

TABLE = ("answer", "correct", "option", "because", "or", "rejected", *CLOSED, "refusal")
#: Letters that are also words somewhere: "A doctor", "E a criança", "O médico".
WORD_LETTERS = set("AEIOUY")
CIRCLED = str.maketrans({chr(0x2460 + n): f"⟨{n + 1}⟩" for n in range(10)})
#: Cyrillic and Greek letters that look like a label.
LOOK_ALIKE = str.maketrans("АВСЕΑΒΕ", "ABCEABE")
#: Counting as a list of options is counted in three languages, and digits after the word for an option.
SERIES = {"chinese": "甲乙丙丁戊己庚辛", "japanese": "アイウエオカキク", "korean": "가나다라마바사아"}
NUMERALS = {numeral: index + 1 for index, numeral in enumerate("一二三四五六七八九")}
MARKUP = re.compile(r"[*_`#$]+|\\(?:text|mathrm|mathbf)\b")
THOUGHT = re.compile(r"<think>.*?</think>|^.*</think>", re.S)
SPACES = re.compile(r"[^\S\n]+")
#: Marks are part of a letter, or follow it.
LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ\u0300-\u036f]+")
EDGES = r"[\s\W_]*"
#: A refusal is short, and says so at once.
REFUSAL_WITHIN, REFUSAL_AT_MOST = 250, 700
STOPPED: Mapping[str, Outcome] = {"content_filter": "filtered"}


@dataclass(frozen=True)
class Read:
    """What was read: the choice in the dataset's own words, and what became of the item."""

    parsed: str | None
    outcome: Outcome


def read(
    text: str, item: Mapping[str, Any], style: Style = "native", stop: str = "stop", refused: bool = False
) -> Read:
    """Read an answer to an item of `tasks.ITEMS`.

    Args:
        text: what the model said.
        item: one row of `tasks.ITEMS`.
        style: language of the instruction.
        stop: why the model stopped; a content filter is an outcome of its own.
        refused: whether the provider itself marked it as a refusal.
    """
    if stop in STOPPED or refused:
        return Read(None, STOPPED.get(stop, "refusal"))
    said = _clean(text)
    if item["task"] == "lfqa":
        return Read(None, _long(said, text, item))
    parsed, foreign = _closed(said, item, style) if item["task"] in ANSWERS else (_letter(said, item), None)
    if parsed is not None:
        return Read(parsed, "correct" if parsed == item["answer"] else "wrong")
    if refuses(said):
        return Read(None, "refusal")
    elsewhere = foreign is not None or (style == "native" and _elsewhere(text, item))
    return Read(foreign, "other_language" if elsewhere else "unparsed")


def refuses(said: str) -> bool:
    """Whether a short answer declines, in any of the languages."""
    start = plain(said)
    return len(start) <= REFUSAL_AT_MOST and _refusals().search(start[:REFUSAL_WITHIN]) is not None


def plain(text: str) -> str:
    """Lower case, no marks on Latin words, white space as one space."""
    return " ".join(_unmarked(unicodedata.normalize("NFKC", text)).casefold().split())


@cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """The table of ``words.toml``, checked.

    Raises:
        UserError: a language or a key that is missing or unknown.
    """
    table = tomllib.loads(files("bench_recipes.score").joinpath("words.toml").read_text("utf-8"))
    if table.keys() != set(asked()):
        raise UserError(f"words.toml has {', '.join(table)}; expected every language that has prompts")
    for name, entry in table.items():
        if entry.keys() != set(TABLE):
            raise UserError(f"words.toml: [{name}] has {sorted(entry)}; expected {sorted(TABLE)}")
    return table


def _clean(text: str) -> str:
    """Without thoughts and markup, full-width forms as ordinary ones; lines stay."""
    text = THOUGHT.sub(" ", text)
    text = re.sub(r"\\boxed\s*\{", " answer: {", text)
    text = MARKUP.sub(" ", text.translate(CIRCLED))
    text = unicodedata.normalize("NFKC", text).translate(LOOK_ALIKE).replace("’", "'").replace("‘", "'")
    return SPACES.sub(" ", _unmarked(text, at_least=2)).strip()


def _unmarked(text: str, at_least: int = 1) -> str:
    """Words of Latin letters without marks; a shorter one keeps its own (É is no E)."""

    def unmark(match: re.Match[str]) -> str:
        return _without_marks(match[0]) if len(match[0]) >= at_least else match[0]

    return LATIN_WORD.sub(unmark, unicodedata.normalize("NFC", text))


def _without_marks(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if unicodedata.category(mark) != "Mn"))


def _letter(said: str, item: Mapping[str, Any]) -> str | None:
    """The label of an option."""
    labels, texts = item["choices"] or [], [plain(_clean(text)) for text in item["texts"] or []]
    if not labels or not said:
        return None
    for find in (_alone, _before_its_text, _stated, _only_marked):
        found = find(said, labels, texts, item["language"])
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None


def _alone(said: str, labels: Sequence[str], texts: Sequence[str], name: str) -> set[str]:
    """The whole answer is a letter, a numbered place, or an option's text."""
    if match := re.fullmatch(r"\W*⟨(\d+)⟩\W*|(\d+) ?[번番]\W*", said):
        return _nth(int(match[1] or match[2]), labels)
    if match := re.fullmatch(rf"{EDGES}(\w){EDGES}", said):
        sign = match[1].upper()
        series = SERIES.get(name, "")[: len(labels)]
        return {sign} & set(labels) or ({labels[series.index(sign)]} if sign in series else set())
    whole = plain(said).rstrip(".。 ")
    return {label for label, text in zip(labels, texts, strict=False) if whole == text.rstrip(".。 ")}


def _before_its_text(said: str, labels: Sequence[str], texts: Sequence[str], name: str) -> set[str]:
    """A line that starts with a letter; two such lines list the options, and say nothing."""
    found, first = {}, said.split("\n", 1)[0]
    for line in said.split("\n"):
        match = re.match(rf"[\W_]*?(?i:{_one_of(labels)})(?P<mark>\s*[.):、,;\]}}\-–—⟩]+\s*|\s+|$)(?P<rest>.*)", line)
        if match is None:
            continue
        label, rest = match["label"].upper(), plain(match["rest"]).rstrip(".。 ")
        own = label in labels and _starts(rest, texts[labels.index(label)])
        if match["label"] not in labels and not own:
            continue
        if not own and any(_starts(rest, text) for text in texts):
            return {label, "another option's text"}
        others = re.findall(_one_of(labels), match["rest"])
        marked = match["mark"].strip() != "" or not rest
        if own or (line == first and marked and not others and not _goes_on(match["mark"], rest, label)):
            found[label] = line
    return set() if len(found) > 1 else set(found)


def _goes_on(mark: str, rest: str, label: str) -> bool:
    """A comma or dash after a letter that could be a word: "A, the first letter" is no answer."""
    return label in WORD_LETTERS and rest != "" and mark.strip()[:1] in {"-", "–", "—"}


def _starts(text: str, option: str) -> bool:
    """Whether a text starts with an option's, and does not go on inside a word or number."""
    option = option.rstrip(".。 ")
    return bool(option) and text.startswith(option) and not re.match(r"[\w.,]\d|[a-z0-9]", text[len(option) :])


def _stated(said: str, labels: Sequence[str], texts: Sequence[str], name: str) -> set[str]:
    """Every answer that is called one; the last line counts too when it is a letter alone."""
    found = set()
    last = said.rsplit("\n", 1)[-1]
    if "\n" in said and (match := re.fullmatch(rf"{EDGES}{_one_of(labels)}{EDGES}", last)):
        found.add(match["label"])
    *statements, undecided = _statements(tuple(labels))
    if undecided.search(said):
        return set(labels)
    for pattern in statements:
        found |= {match["label"] for match in pattern.finditer(said)}
    lowered = plain(said)
    for match in _answers_are().finditer(lowered):
        rest = re.sub(r"^[\W_]+", "", lowered[match.end() :])
        named = [
            label for label, text in zip(labels, texts, strict=False) if rest.rstrip(".。 ") == text.rstrip(".。 ")
        ]
        found |= set(named)
    return found


def _only_marked(said: str, labels: Sequence[str], texts: Sequence[str], name: str) -> set[str]:
    """Letters in brackets or after the word for an option, if all of them are the same; or a numbered place."""
    rejected = rf"(?!\W*(?i:{_any('rejected')}))"
    option = rf"(?i:(?<!\w){_any('option')})[\s:\"'(\[「『-]*{_one_of(labels)}{_no_word()}{rejected}"
    found = {match["label"] for match in re.finditer(option, said)}
    found |= {
        match["label"] for match in re.finditer(rf"[(\[「『\"“'⟨{{]\s*{_one_of(labels)}\s*[)\]」』\"”'⟩}}]", said)
    }
    found |= {
        match["label"]
        for match in re.finditer(rf"{_one_of(labels)}(?=です|だ(?!\w)|でしょう|입니다|이다|임|项|。)", said)
    }
    if found:
        return found
    numbered = re.findall(rf"(?i:(?<!\w){_any('option')}) ?(\d|[{''.join(NUMERALS)}])(?![\w.,%])(?! ?\w)", said)
    places = {NUMERALS.get(place) or int(place) for place in numbered}
    # A number may be what an option reads.
    return (
        set().union(*(_nth(place, labels) for place in places)) if not any(str(p) in texts for p in places) else set()
    )


def _nth(place: int, labels: Sequence[str]) -> set[str]:
    return {labels[place - 1]} if 1 <= place <= len(labels) else set()


def _one_of(labels: Iterable[str]) -> str:
    """A label in capitals that stands alone; beside Chinese, Japanese or Korean it may stand without a space."""
    own = "|".join(map(re.escape, labels))
    return rf"(?<![A-Za-zÀ-ɏ0-9'])(?P<label>{own})(?![A-Za-zÀ-ɏ0-9']|\.\w)"


@cache
def _statements(labels: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    label = _one_of(labels)
    own = "|".join(map(re.escape, labels))
    either = "|".join(_either("or"))
    second = rf"[)\]」]?\s*(?:,|/|&|(?i:{either}))\s*[(\[]?(?:{own})(?![A-Za-z0-9'])"
    rejected = rf"(?!\W*(?i:{_any('rejected')}))"
    phrase = rf"(?i:(?<![A-Za-z]){_any('answer')})(?i:\s*{_any('option')}(?!\w))?[\s:\"'(\[「『{{=⟨-]*"
    before = rf"{phrase}{label}{_no_word()}(?!{second}){rejected}"
    after = rf"{label}[)\]」』\"']*(?i:{_any('correct')})"
    return re.compile(before), re.compile(after), re.compile(f"{phrase}{label}{second}")


@cache
def _no_word() -> str:
    """After a letter: "Answer: A doctor ..." is none, "the answer is A because" is one."""
    because = "|".join(_either("because"))
    letters = "".join(sorted(WORD_LETTERS))
    return rf"(?:(?<![{letters}])|(?!\s+[A-Za-zÀ-ɏ])|(?=\s+(?i:{because})\b))"


def _either(key: str) -> list[str]:
    """The words of every language, the longest first."""
    return sorted({re.escape(word) for entry in words().values() for word in entry[key]}, key=len, reverse=True)


@cache
def _answers_are() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){_any('answer')}")


@cache
def _any(key: str) -> str:
    return "(?:" + "|".join(entry[key] for entry in words().values()) + ")"


@cache
def _refusals() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for entry in words().values() for text in entry["refusal"]))


def _closed(said: str, item: Mapping[str, Any], style: Style) -> tuple[str | None, str | None]:
    """The answer in the words that were asked for; else what the words of English, or of another language, say."""
    own = [item["language"]] if style == "native" else [ENGLISH, *{item["language"]} & words().keys()]
    found = _worded(said, item["task"], own)
    if len(found) == 1:
        return found.pop(), None
    if found:
        return None, None
    others = [name for name in words() if name not in own]
    foreign = _worded(said, item["task"], [ENGLISH]) or _worded(said, item["task"], others)
    return None, foreign.pop() if len(foreign) == 1 else None


def _worded(said: str, task: str, names: Iterable[str]) -> set[str]:
    """The answers that the whole text, its first words or a statement in it give."""
    text = plain(said)
    found = set()
    for name in names:
        known = _lexicon(name, task)
        one = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
        start = re.match(rf"[\W_]*({one})(?=\s*(?:[.,;:!。、,)\]\"'\n—–]|$)|\s+[-—–(])", text)
        stated = [
            match[1]
            for match in re.finditer(
                rf"(?<![a-z]){words()[name]['answer']}[\W_]*({one})(?!\w)(?!\s+{_or(name)}(?!\w))", text
            )
        ]
        lines = [plain(line).strip(" .。!\"'()") for line in said.split("\n")]
        found |= {known[word] for word in ([start[1]] if start else []) + stated}
        found |= {known[line] for line in (lines[0], lines[-1]) if line in known}
    return found


@cache
def _or(name: str) -> str:
    return "(?:" + "|".join(map(re.escape, words()[name]["or"])) + ")"


@cache
def _lexicon(name: str, task: str) -> dict[str, str]:
    """Words to answers; a word that two answers of the task share is none."""
    own = prompts(name, "native").answers
    return {plain(word): answer for answer in ANSWERS[task] for word in (own[answer], *words()[name][answer])}


def _long(said: str, text: str, item: Mapping[str, Any]) -> Outcome:
    if not said:
        return "unparsed"
    if refuses(said):
        return "refusal"
    return "other_language" if _elsewhere(text, item) else "scored"


def _elsewhere(text: str, item: Mapping[str, Any]) -> bool:
    """Whether a text is known to be in another language than the item's."""
    found = share(text, language(item["language"]))
    return found is not None and found < FAULT_BELOW
