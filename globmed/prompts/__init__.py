"""Prompts: the question that a row asks a model, and the expected answer, in training and in evaluation alike.

A language has one TOML file with its instructions, the words before an item's parts, and the words of its closed
answers. `NATIVE` asks in the language of the row, `ENGLISH` in English about the same text; letters of options are
the same everywhere.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal

from globmed.errors import UserError
from globmed.languages import ENGLISH as ENGLISH_NAME
from globmed.languages import language, languages
from globmed.schema import ANSWERS, ASKED

Style = Literal["native", "english"]
Row = Mapping[str, Any]
#: The parts of an item in the order of the prompt, the question last; its options follow.
PARTS = (*(part for part in ASKED if part != "question"), "question")
CLOSED = tuple(answer for answers in ANSWERS.values() for answer in answers)
#: The placeholders of every text, the same in every language; a missing or additional one is an error.
PLACEHOLDERS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "instructions": {
        "mcqa": frozenset({"letters"}),
        "yesno": frozenset(ANSWERS["yesno"]),
        "nli": frozenset(ANSWERS["nli"]),
        "lfqa": frozenset({"language"}),
    },
    "parts": {
        **{part: frozenset({part}) for part in PARTS},
        "answer": frozenset(),
    },
    "answers": dict.fromkeys(CLOSED, frozenset[str]()),
}


@dataclass(frozen=True, slots=True)
class Prompts:
    """The texts of one language in one style; ``reviewed`` is whether an expert has reviewed them."""

    reviewed: bool
    language: str
    instructions: Mapping[str, str]
    parts: Mapping[str, str]
    answers: Mapping[str, str]

    def prompt(self, row: Row) -> str:
        """Return the prompt of a row."""
        options = row["options"] or ()
        letters = ", ".join(option["label"] for option in options)
        instruction = self.instructions[row["task"]].format(letters=letters, language=self.language, **self.answers)
        parts = [self.parts[part].format(**{part: row[part]}) for part in PARTS if row[part]]
        listed = "\n".join(f"{option['label']}. {option['text']}" for option in options)
        return "\n\n".join(text for text in (instruction, *parts, listed, self.parts["answer"]) if text)

    def answer(self, row: Row) -> str:
        """Return the expected answer to a row's prompt.

        Raises:
            UserError: the row has no answer of its task.
        """
        answer: str | None = row["long_answer"] if row["task"] == "lfqa" else row["answer"]
        if not answer or (row["task"] in ANSWERS and answer not in ANSWERS[row["task"]]):
            raise UserError(f"{row['language']}, id {row['id']}: {answer!r} is not an answer of {row['task']}")
        return self.answers[answer] if row["task"] in ANSWERS else answer

    def parse(self, text: str, row: Row) -> str | None:
        """Return the answer in the dataset's own words (``C``, ``yes``, ``neutral``); None for any other text.

        Strict: only the answer is accepted, in any case, with surrounding white space and one full stop after it.
        """
        if row["task"] in ANSWERS:
            known = {self.answers[answer]: answer for answer in ANSWERS[row["task"]]}
        else:
            known = {option["label"]: option["label"] for option in row["options"] or ()}
        said = _plain(text)
        return next((answer for word, answer in known.items() if said == _plain(word)), None)

    def render(self, row: Row) -> dict[str, list[dict[str, str]]]:
        """Return the row as a conversation: ``prompt`` and ``completion``."""
        return {
            "prompt": [{"role": "user", "content": self.prompt(row)}],
            "completion": [{"role": "assistant", "content": self.answer(row)}],
        }


def asked() -> tuple[str, ...]:
    """Return the languages (config names) that have their own prompts, in the order of the list."""
    return tuple(name for name in languages() if files("globmed.prompts").joinpath(f"{name}.toml").is_file())


@cache
def prompts(name_or_tag: str, style: Style) -> Prompts:
    """Return the prompts for rows of a language, in that language or in English.

    Raises:
        UserError: an unknown language, or one without its own prompts.
    """
    entry = language(name_or_tag)
    if style == "native":
        if entry.name not in asked():
            raise UserError(
                f"{entry.name} has no prompts of its own yet: ask in English (style: english), leave the language out, "
                f"or write globmed/prompts/{entry.name}.toml"
            )
        return _read(entry.name)
    english = _read(ENGLISH_NAME)
    return Prompts(english.reviewed, entry.name.capitalize(), english.instructions, english.parts, english.answers)


def read_prompts(text: str, name: str) -> Prompts:
    """Read the TOML of a language and check it.

    Raises:
        UserError: a missing or unknown text, wrong placeholders, or two answers of a task that are alike.
    """
    entry = tomllib.loads(text)
    for table, expected in PLACEHOLDERS.items():
        if entry.get(table, {}).keys() != expected.keys():
            raise UserError(f"{name}: [{table}] has {sorted(entry.get(table, {}))}; expected {sorted(expected)}")
        for key, placeholders in expected.items():
            found = [field for _, field, _, _ in Formatter().parse(entry[table][key]) if field is not None]
            if sorted(found) != sorted(placeholders):
                raise UserError(f"{name}: {table}.{key} has the placeholders {found}; expected {sorted(placeholders)}")
    for task, answers in ANSWERS.items():
        if len({_plain(entry["answers"][answer]) for answer in answers}) < len(answers):
            raise UserError(f"{name}: two answers of {task} are the same words; expected different ones")
    return Prompts(**entry)


def _read(name: str) -> Prompts:
    path = f"{name}.toml"
    return read_prompts(files("globmed.prompts").joinpath(path).read_text("utf-8"), path)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().removesuffix(".").removesuffix("。").strip().casefold()
