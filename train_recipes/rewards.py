"""Rewards that can be checked without a judge; TRL passes the columns of the dataset as lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from globmed.languages import language as language_of
from globmed.languages.identify import share
from globmed.prompts import Prompts, prompts

Completion = Sequence[Mapping[str, str]]


def answer_key(completions: Sequence[Completion], **columns: Any) -> list[float | None]:
    """Return 1 for exactly the answer of the key, 0 for any other text, and None if there is no key."""
    scored: list[float | None] = []
    for completion, row in zip(completions, _rows(columns), strict=True):
        said = _prompts(row).parse(completion[-1]["content"], row)
        scored.append(None if row["task"] == "lfqa" else float(said == row["answer"]))
    return scored


def answer_language(completions: Sequence[Completion], **columns: Any) -> list[float | None]:
    """Return the share of the text that is in the language of the row; None if it is too short to identify.

    An expected closed answer is in its language, however short.
    """
    scored: list[float | None] = []
    for completion, row in zip(completions, _rows(columns), strict=True):
        text = completion[-1]["content"]
        known = _prompts(row).parse(text, row) is not None
        scored.append(1.0 if known else share(text, language_of(row["language"])))
    return scored


def _prompts(row: Mapping[str, Any]) -> Prompts:
    return prompts(row["language"], row["style"])


def _rows(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = ("language", "task", "options", "answer", "style")
    return [dict(zip(names, values, strict=True)) for values in zip(*(columns[name] for name in names), strict=True)]
