"""The item: one checked question, pair or case of a source in one language; and the reject, an unusable record."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import partial
from string import ascii_uppercase
from typing import NamedTuple

from builders.sources.audit.faults import Fault
from builders.sources.audit.figures import missing_figure
from builders.sources.audit.options import repeated
from builders.sources.audit.stated import stated_option
from globmed.schema import ANSWERS, CONTENT, FIELDS, TASKS


class Reason(StrEnum):
    """The reason why a record is rejected; the value is the text in the rejects and the report."""

    NO_ID = "no id"
    IMAGE = "needs an image"
    MISSING_FIGURE = "missing figure"
    EMPTY_QUESTION = "empty question"
    EMPTY_PREMISE = "empty premise or hypothesis"
    EMPTY_TEXT = "empty text"
    EMPTY_OPTION = "empty option"
    TOO_FEW_OPTIONS = "too few options"
    OPTION_LABELS = "option labels out of order"
    NO_CORRECT_ANSWER = "no correct answer"
    UNKNOWN_LABEL = "unknown label"
    SEVERAL_ANSWERS = "several right answers"
    RIGHT_OPTION_TWICE = "right option twice"
    CONFLICTING_KEY = "conflicting answer key"
    SHIFTED_KEYS = "keys of another version of the exam"
    TWO_KEYS = "two keys for one question"
    KEY_AGAINST_EXPLANATION = "explanation states another key"
    NO_REFERENCE = "no reference answer"
    OUTSIDE_FIELD = "outside the source's field of medicine"
    BROKEN_TEXT = "broken text"
    OTHER_TASK = "fields of another task"
    LANGUAGES_DIFFER = "languages disagree"
    DUPLICATE = "duplicate"
    CONFLICTING_DUPLICATE = "conflicting duplicate"

    @property
    def explanation(self) -> str:
        """A one-line explanation for the reports."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    Reason.NO_ID: "the upstream's id is empty",
    Reason.IMAGE: "the question refers to an image, which a text dataset does not contain",
    Reason.MISSING_FIGURE: "the question asks about a missing figure, image or table",
    Reason.EMPTY_QUESTION: "the question has no text",
    Reason.EMPTY_PREMISE: "the premise or the hypothesis has no text",
    Reason.EMPTY_TEXT: "another column that the task needs is empty",
    Reason.EMPTY_OPTION: "the option that the key names is absent: empty, nan, None or N/A",
    Reason.TOO_FEW_OPTIONS: "there are fewer than two options",
    Reason.OPTION_LABELS: "the options' labels are not A, B, C and so on, or there are more than 26",
    Reason.NO_CORRECT_ANSWER: "the upstream names no right answer, or one that is not an option",
    Reason.SEVERAL_ANSWERS: "the upstream names several right options, where `mcqa` has one",
    Reason.UNKNOWN_LABEL: "the answer is none of the labels of the task",
    Reason.CONFLICTING_KEY: "two places of the upstream name different right answers",
    Reason.RIGHT_OPTION_TWICE: "another option has the text of the right one",
    Reason.SHIFTED_KEYS: "the keys of the whole exam are known to be wrong",
    Reason.TWO_KEYS: "the source has the same question and options elsewhere with another key",
    Reason.KEY_AGAINST_EXPLANATION: "the explanation states another option than the key",
    Reason.NO_REFERENCE: "there is no reference answer to compare with",
    Reason.OUTSIDE_FIELD: "the record is outside the field or category that this source is used for",
    Reason.BROKEN_TEXT: "a text contains half a character (a lone surrogate) and cannot be written as UTF-8",
    Reason.OTHER_TASK: "a field is filled that the task does not use",
    Reason.LANGUAGES_DIFFER: "in another of its languages, it has another answer, or a fault of more than the text",
    Reason.DUPLICATE: "an earlier record has the same id and content",
    Reason.CONFLICTING_DUPLICATE: "an earlier record has the same id but other content",
}

#: Faults of one text, which say nothing against the same record in another language.
OF_THE_TEXT = frozenset(
    {
        *(Reason.EMPTY_QUESTION, Reason.EMPTY_PREMISE, Reason.EMPTY_TEXT, Reason.EMPTY_OPTION, Reason.NO_REFERENCE),
        *(Reason.BROKEN_TEXT, Reason.RIGHT_OPTION_TWICE),
    }
)


class Option(NamedTuple):
    """One choice of an mcqa item; labels are A, B, C and so on."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item in one language; texts that its task does not use are None.

    ``answer`` is an option's label (mcqa) or one of `globmed.schema.ANSWERS` (yesno, nli). ``origin`` is one of
    `globmed.schema.ORIGINS`; ``engine`` names the translator of all but ``original`` texts. ``file`` and ``record`` are
    its place in the upstream. ``more`` has the `MORE` columns that the source fills, ``faults`` what was mended in it.
    """

    source: str
    split: str
    record_id: str
    language: str
    task: str
    question: str | None
    context: str | None
    premise: str | None
    hypothesis: str | None
    options: tuple[Option, ...] | None
    answer: str | None
    long_answer: str | None
    origin: str
    engine: str | None
    file: str
    record: str
    more: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def value(self, column: str) -> object:
        """Return what a column of `globmed.schema.CONTENT` holds."""
        return self.more.get(column) if column in MORE else getattr(self, column)

    @property
    def id(self) -> str:
        """The id, stable for an upstream record and the same in every language."""
        return f"{self.source}/{self.split}/{self.record_id}"


#: The columns of an item that no rule of its own asks for.
MORE = tuple(name for name in CONTENT if name not in {each.name for each in fields(Item)})


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that gave no item, and the reason; ``split`` and ``record_id`` are empty where they are not known."""

    source: str
    language: str
    file: str
    record: str
    reason: Reason
    detail: str = ""
    split: str = ""
    record_id: str = ""


Outcome = Item | Reject
_SURROGATE = re.compile("[\ud800-\udfff]")


def check(item: Item) -> Reason | None:
    """Return the reason why an item is unusable, or None; every item passes this check."""
    rules = _EVERY_TASK + _REQUIRED[item.task] + _RULES.get(item.task, ()) + _AUDIT
    return next((reason for reason, broken in rules if broken(item)), None)


def _broken_text(item: Item) -> bool:
    texts = [*map(item.value, CONTENT), *(option.text for option in item.options or ())]
    return any(isinstance(text, str) and not text.isascii() and _SURROGATE.search(text) for text in texts)


def _other_task(item: Item) -> bool:
    return any(item.value(column) is not None for column in _NOT_OF[item.task])


def _lacks(column: str, item: Item) -> bool:
    return not item.value(column)


def _labels(item: Item) -> list[str]:
    return [option.label for option in item.options or ()]


def _right_option_twice(item: Item) -> bool:
    options = item.options or ()
    return any(options[place].label == item.answer for place in repeated([option.text for option in options]))


def _key_against_explanation(item: Item) -> bool:
    if Fault.LETTERS in item.faults:  # The explanation has the old ones.
        return False
    stated = stated_option(item.long_answer)
    return stated is not None and stated in _labels(item) and stated != item.answer


def _missing_figure(item: Item) -> bool:
    return missing_figure(item.question, item.language) is not None


def _unknown_label(item: Item) -> bool:
    return item.answer not in ANSWERS[item.task]


_NOT_OF = {task: tuple(each.name for each in FIELDS if each.used_by and task not in each.used_by) for task in TASKS}
#: Reasons for the absence of a required column; for any other it is `Reason.EMPTY_TEXT`.
_ABSENCES = {
    "question": Reason.EMPTY_QUESTION,
    "premise": Reason.EMPTY_PREMISE,
    "hypothesis": Reason.EMPTY_PREMISE,
    "long_answer": Reason.NO_REFERENCE,
}

Rules = tuple[tuple[Reason, Callable[[Item], bool]], ...]

_EVERY_TASK: Rules = (
    (Reason.NO_ID, lambda item: not item.record_id),
    (Reason.BROKEN_TEXT, _broken_text),
    (Reason.OTHER_TASK, _other_task),
)
_REQUIRED: dict[str, Rules] = {
    task: tuple(
        (_ABSENCES.get(each.name, Reason.EMPTY_TEXT), partial(_lacks, each.name))
        for each in FIELDS
        if task in each.required_by
    )
    for task in TASKS
}
_RULES: dict[str, Rules] = {
    "mcqa": (
        (Reason.TOO_FEW_OPTIONS, lambda item: len(item.options or ()) < 2),
        (Reason.EMPTY_OPTION, lambda item: any(not option.text for option in item.options or ())),
        (Reason.OPTION_LABELS, lambda item: _labels(item) != list(ascii_uppercase[: len(_labels(item))])),
        (Reason.NO_CORRECT_ANSWER, lambda item: item.answer not in _labels(item)),
        (Reason.RIGHT_OPTION_TWICE, _right_option_twice),
        (Reason.KEY_AGAINST_EXPLANATION, _key_against_explanation),
    ),
    "yesno": (
        (Reason.NO_CORRECT_ANSWER, lambda item: not item.answer),
        (Reason.UNKNOWN_LABEL, _unknown_label),
    ),
    "nli": (
        (Reason.NO_CORRECT_ANSWER, lambda item: not item.answer),
        (Reason.UNKNOWN_LABEL, _unknown_label),
    ),
}
_AUDIT: Rules = ((Reason.MISSING_FIGURE, _missing_figure),)
