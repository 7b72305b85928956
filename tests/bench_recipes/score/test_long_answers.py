"""Scores of long answers, the judge's mark, and what a run would cost."""

import polars as pl
import pytest

from bench_recipes.ask import judge
from bench_recipes.ask.asking import Reply
from bench_recipes.ask.estimate import estimate, estimate_judge
from bench_recipes.models import Model
from bench_recipes.results import SCHEMA
from bench_recipes.score.long_answers import SCORES, scores, signatures
from bench_recipes.tasks import Benchmark
from globmed.languages import language, languages

ENGLISH = "Give the child clean water with salt and sugar after each loose stool."
SWAHILI = "Mpe mtoto maji safi yenye chumvi na sukari kila baada ya kuharisha, na umpeleke kituo cha afya."


def test_the_scores_are_the_columns_of_the_results() -> None:
    kind = SCHEMA["scores"]
    assert isinstance(kind, pl.Struct)
    assert tuple(field.name for field in kind.fields) == SCORES


@pytest.mark.parametrize("name", languages())
def test_a_perfect_answer_has_full_marks_in_every_script(name: str) -> None:
    text = {"chinese": "请给孩子喝干净的水。", "japanese": "子供にきれいな水を飲ませてください。"}.get(
        name, "Tọ́ka sí omi mímọ́ kan"
    )
    found = scores(text, text, language(name))
    assert found["rouge_l"] == pytest.approx(1)
    assert found["bleu"] == pytest.approx(100)
    assert found["chrf"] == pytest.approx(100)
    none = scores("xyz", text, language(name))
    assert none["rouge_l"] == 0
    assert (none["chrf"] or 0) < 10


def test_part_of_an_answer_has_part_of_the_marks() -> None:
    found = scores("Give the child clean water.", ENGLISH, language("english"))
    assert found["rouge_l"] == pytest.approx(2 * 5 / (5 + 13))
    assert 0 < (found["bleu"] or 0) < 100
    chinese = scores("请喝水", "请喝干净的水", language("chinese"))
    assert chinese["rouge_l"] == pytest.approx(2 * 3 / (3 + 6))


def test_a_mark_counts_the_same_however_it_is_typed() -> None:
    assert scores("ọ̀rọ̀ kan", "ọ̀rọ̀ kan", language("yoruba"))["chrf"] == pytest.approx(100)


def test_the_language_of_an_answer_is_told_where_it_can_be() -> None:
    assert (scores(SWAHILI, None, language("swahili"))["language"] or 0) > 0.8
    assert scores(ENGLISH * 2, None, language("swahili"))["language"] == 0
    assert scores("Ndiyo", None, language("swahili"))["language"] is None
    assert scores(SWAHILI, None, language("swahili"))["chrf"] is None


def test_every_score_is_signed() -> None:
    signed = signatures()
    assert "tok:zh" in signed["bleu Hans"]
    assert "nw:2" in signed["chrf"]
    assert signed["rouge_l Jpan"].endswith("characters")


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
