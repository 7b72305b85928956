"""Scores of long answers."""

import pytest

from globmed.languages import language, languages
from globmed.metrics import LONG_ANSWERS, Metric, scores, signatures

ENGLISH = "Give the child clean water with salt and sugar after each loose stool."
SWAHILI = "Mpe mtoto maji safi yenye chumvi na sukari kila baada ya kuharisha, na umpeleke kituo cha afya."
MEASURED = [metric for metric in LONG_ANSWERS if metric.measure and metric.hub]


@pytest.mark.parametrize("metric", MEASURED, ids=lambda metric: metric.name)
@pytest.mark.parametrize("name", languages())
def test_a_perfect_answer_has_full_marks_in_every_script(name: str, metric: Metric) -> None:
    text = {"chinese": "请给孩子喝干净的水。", "japanese": "子供にきれいな水を飲ませてください。"}.get(
        name, "Tọ́ka sí omi mímọ́ kan"
    )
    assert scores(text, text, language(name))[metric.name] == pytest.approx(metric.most)
    assert 0 <= (scores("xyz", text, language(name))[metric.name] or 0) < metric.most / 10
    assert scores(text, None, language(name))[metric.name] is None
    assert metric.signature


def test_part_of_an_answer_has_part_of_the_marks() -> None:
    found = scores("Give the child clean water.", ENGLISH, language("english"))
    assert found["rouge_l"] == pytest.approx(2 * 5 / (5 + 13))
    assert 0 < (found["bleu"] or 0) < 100
    chinese = scores("请喝水", "请喝干净的水", language("chinese"))
    assert chinese["rouge_l"] == pytest.approx(2 * 3 / (3 + 6))


def test_a_short_answer_can_have_full_marks() -> None:
    assert scores("Clean water", "Clean water", language("english"))["bleu"] == pytest.approx(100)


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
