"""Estimate the requests, tokens and cost of a run before it starts.

The tokenizers of paid models are not available. A token is assumed to be three bytes of UTF-8: an overestimate for
English (about four bytes), about one character of Chinese, Japanese or Korean, and about right for African languages.
"""

from dataclasses import dataclass

import polars as pl

from bench_recipes.ask.judge import rubric
from bench_recipes.models import Model

BYTES = 3
#: Expected tokens of a short answer, of a judge's reply, and of a model's thoughts before either.
SHORT, REPLY, THOUGHTS = 10, 60, 1000


@dataclass(frozen=True)
class Estimate:
    """Requests, tokens and US dollars: expected, and at most if every answer reaches its limit."""

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    most_output_tokens: int
    dollars: float | None
    most_dollars: float | None


def estimate(model: Model, items: pl.DataFrame, max_tokens: int, max_long: int) -> Estimate:
    """Return the estimate for the model that is compared."""
    thoughts = THOUGHTS if model.reasoning else 0
    long = items.filter(pl.col("task") == "lfqa")
    short = items.height - long.height
    spoken = short * SHORT + _bytes(long, "reference") // BYTES + items.height * thoughts
    return _priced(
        model,
        items.height,
        _bytes(items, "prompt") // BYTES,
        spoken,
        max(spoken, short * max_tokens + long.height * max_long),
    )


def estimate_judge(judge: Model, items: pl.DataFrame, max_tokens: int) -> Estimate:
    """Return the estimate for its judge; an answer is assumed to be as long as its reference."""
    long = items.filter(pl.col("task") == "lfqa")
    read = _bytes(long, "prompt") + 2 * _bytes(long, "reference") + long.height * len(rubric())
    spoken = long.height * (REPLY + (THOUGHTS if judge.reasoning else 0))
    return _priced(judge, long.height, read // BYTES, spoken, max(spoken, long.height * max_tokens))


def _priced(model: Model, requests: int, read: int, spoken: int, most: int) -> Estimate:
    return Estimate(model.name, requests, read, spoken, most, model.cost(read, spoken), model.cost(read, most))


def _bytes(items: pl.DataFrame, column: str) -> int:
    return int(items[column].str.len_bytes().sum())
