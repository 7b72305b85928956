"""The judge's mark, what a run would cost, and what is kept of the scores."""

import polars as pl
import pytest

from bench_recipes.ask import judge
from bench_recipes.ask.asking import Reply
from bench_recipes.ask.estimate import estimate, estimate_judge
from bench_recipes.models import Model
from bench_recipes.tasks import Benchmark
from globmed.metrics import LONG_ANSWERS
from globmed.records.results import SCHEMA


def test_the_scores_are_the_columns_of_the_results() -> None:
    kind = SCHEMA["scores"]
    assert isinstance(kind, pl.Struct)
    assert [field.name for field in kind.fields] == [metric.name for metric in LONG_ANSWERS]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ('{"reason": "complete", "mark": 4}', 1.0),
        ('```json\n{"mark": 0, "reason": "wrong dose"}\n```', 0.0),
        ('{"reason": "half", "mark": 2 }', 0.5),
        ('{"reason": "?", "mark": 5}', None),
        ('{"reason": "?", "mark": 3.5}', None),
        ('{"mark": 1} {"mark": 4}', None),
        ("4", None),
        ("", None),
    ],
)
def test_a_judge_gives_one_mark_or_none(text: str, mark: float | None) -> None:
    assert judge.mark(Reply(text)) == mark


def test_the_judge_sees_question_reference_and_answer(asked: Benchmark) -> None:
    item = asked.items.filter(pl.col("task") == "lfqa").row(0, named=True)
    prompt = judge.question(item, "Drink {water}.").prompt
    assert all(text in prompt for text in (item["prompt"], item["reference"], "Drink {water}.", '{"reason"'))


def test_an_estimate_grows_with_what_is_asked(asked: Benchmark) -> None:
    model = Model("m", "hub", "a/m", price_in=1.0, price_out=10.0)
    found = estimate(model, asked.items, 100, 1000)
    assert found.requests == asked.items.height
    assert found.input_tokens == asked.items["prompt"].str.len_bytes().sum() // 3
    long = int((asked.items["task"] == "lfqa").sum())
    assert found.most_output_tokens == 100 * (found.requests - long) + 1000 * long
    assert float(found.dollars or 0) == pytest.approx((found.input_tokens + 10 * found.output_tokens) / 1e6)
    assert (found.most_dollars or 0) > (found.dollars or 0)
    thinking = estimate(Model("m", "hub", "a/m", reasoning=True), asked.items, 100, 1000)
    assert thinking.output_tokens == found.output_tokens + 1000 * found.requests
    assert thinking.dollars is None
    assert estimate_judge(model, asked.items, 512).requests == long
