"""Spans: which sentences of a text and its translation are put side by side, and when a text stays whole."""

from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.languages import language
from validation.signals.sentences import sentences, split_sentences
from validation.signals.spans import MOST, align, spans

ENGLISH = [
    "The doctor listened to the patient's chest for a long time.",
    "She was pale.",
    "Her blood pressure was measured again after the meal, and it had not changed.",
    "Nobody slept.",
]
SPANISH = [
    "El médico auscultó el tórax de la paciente durante mucho tiempo.",
    "Estaba pálida.",
    "Se volvió a medir su presión arterial después de la comida, y no había cambiado.",
    "Nadie durmió.",
]


def _spans(source: str, target: str, tag: str = "es") -> list[tuple[str, str]]:
    texts = pl.DataFrame({"row": [0], "source": [source], "target": [target]})
    return spans(texts, language(tag)).select("source", "target").rows()


def test_sentences_that_are_as_many_are_put_side_by_side() -> None:
    assert _spans(" ".join(ENGLISH), " ".join(SPANISH)) == list(zip(ENGLISH, SPANISH, strict=True))


def test_two_sentences_that_became_one_are_one_span() -> None:
    joined = "Estaba pálida, y se volvió a medir su presión arterial después de la comida, y no había cambiado."
    found = _spans(" ".join(ENGLISH), " ".join([SPANISH[0], joined, SPANISH[3]]))
    assert found == [(ENGLISH[0], SPANISH[0]), (" ".join(ENGLISH[1:3]), joined), (ENGLISH[3], SPANISH[3])]


def test_a_text_with_a_sentence_left_out_is_one_span() -> None:
    source, target = " ".join(ENGLISH), " ".join([SPANISH[1], SPANISH[3]])
    assert _spans(source, target) == [(source, target)]


def test_chinese_sentences_need_no_space_between_them() -> None:
    target = ["医生仔细听了病人的胸部很长时间。", "她脸色苍白。", "饭后再次测量了她的血压，没有变化。", "谁也没睡。"]
    assert _spans(" ".join(ENGLISH), "".join(target), "zh") == list(zip(ENGLISH, target, strict=True))


def test_texts_keep_their_order_and_a_short_one_or_null_is_itself() -> None:
    texts = pl.DataFrame(
        {
            "row": [0, 1, 2],
            "source": [ENGLISH[1], " ".join(ENGLISH[1:3]), None],
            "target": [SPANISH[1], " ".join(SPANISH[1:3]), None],
        }
    )
    found = spans(texts, language("es"))
    assert found["row"].to_list() == [0, 1, 1, 2]
    assert found["source"].to_list() == [ENGLISH[1], *ENGLISH[1:3], None]


def test_nothing_is_aligned_where_usual_lengths_are_not_known() -> None:
    source, target = " ".join(ENGLISH), " ".join(SPANISH)
    texts = pl.DataFrame({"row": [0], "source": [source], "target": [target]})
    unlisted = replace(language("es"), name="unlisted")
    assert spans(texts, unlisted).rows() == [(0, source, target)]


def test_a_text_of_very_many_sentences_is_one_span() -> None:
    source, target = " ".join(ENGLISH[:1] * (MOST + 1)), " ".join(SPANISH[:1] * (MOST + 1))
    assert _spans(source, target) == [(source, target)]


@given(
    st.lists(st.integers(1, 200).map(float), min_size=1, max_size=9),
    st.lists(st.integers(1, 200).map(float), min_size=1, max_size=9),
)
def test_spans_cover_both_sides_and_none_is_empty(here: list[float], there: list[float]) -> None:
    ends = align(here, there, 0.0, 0.15)
    assert (ends[0], ends[-1]) == ((0, 0), (len(here), len(there)))
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(ends))


@pytest.mark.parametrize(
    "text",
    [
        "Dr. J. Smith came at 5 p.m. on Monday. He left.",
        "Am 3. Mai kam sie. Er ging!",
        "「休みました。」と言った。また来ます",
        "다 먹었다. 그 뒤 잤다.",
        "One 2.5 mg tablet.",
    ],
)
def test_a_text_is_split_into_as_many_sentences_as_are_counted(text: str) -> None:
    split = pl.select(split_sentences(pl.lit(text))).item().to_list()
    assert len(split) == pl.select(sentences(pl.lit(text))).item()
    assert "".join("".join(split).split()) == "".join(text.split())


def test_a_line_break_ends_a_sentence() -> None:
    assert pl.select(split_sentences(pl.lit("Dose\n5 mg"))).item().to_list() == ["Dose", "5 mg"]
