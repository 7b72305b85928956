"""A model as the judge of long answers, by the rubric of ``judge.md``; a reply without a mark gives no score."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from bench_recipes.ask.asking import Question, Reply
from bench_recipes.score.thoughts import spoken
from globmed.storage.files import sha256_text

MAX_TOKENS, MAX_TOKENS_REASONING = 512, 8192
BEST = 4
MARK = re.compile(r'"mark"\s*:\s*([0-4])\s*[,}]')


def question(item: Mapping[str, Any], answer: str, reasoning: bool = False) -> Question:
    """Return the question to the judge about an answer."""
    text = rubric().format(question=item["prompt"], reference=item["reference"], answer=answer)
    return Question(text, MAX_TOKENS_REASONING if reasoning else MAX_TOKENS)


def mark(reply: Reply) -> float | None:
    """Return the mark of a reply, from 0 to 1; None unless there is exactly one."""
    found: Sequence[str] = MARK.findall(spoken(reply.text).text)
    return int(found[0]) / BEST if len(found) == 1 else None


@cache
def rubric() -> str:
    """Return the prompt, with places for the question, the reference and the answer."""
    return files("bench_recipes.ask").joinpath("judge.md").read_text("utf-8")


def rubric_sha256() -> str:
    """Return the SHA-256 of the rubric, for the record of a run."""
    return sha256_text(rubric())
