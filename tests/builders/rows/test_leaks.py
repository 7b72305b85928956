"""What stands in a held-out split is not trained on, in any language."""

from pathlib import Path
from typing import NamedTuple

import polars as pl

from builders.rows.leaks import leave_out_leaks
from builders.sources.items import build_items
from tests.builders.rows.test_build import headqa_file


class Question(NamedTuple):
    """A question in English and in Spanish; its options are its own."""

    english: str
    spanish: str
    options: list[str]


SUN = Question(
    "Which vitamin is made in the skin when the light of the sun falls on it for half an hour a day?",
    "¿Qué vitamina se forma en la piel con la luz del sol?",
    ["Vitamin A", "Vitamin B12", "Vitamin C", "Vitamin D"],
)
BONE = Question(
    "Which bone of the arm breaks most often when somebody falls on the outstretched hand in winter?",
    "¿Qué hueso del brazo se rompe más a menudo al caer sobre la mano?",
    ["Humerus", "Ulna", "Scaphoid", "Radius"],
)


def kept_and_leaks(folder: Path, train: Question, test: Question) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is left of a question in train and one in test, each in both languages."""
    for split, question in (("train", train), ("test", test)):
        for name, language, text in (("HEAD_EN", "en", question.english), ("HEAD", "es", question.spanish)):
            file = folder / "sources" / "headqa" / name / f"{split}_{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(headqa_file(text, question.options, language).replace("Exam_2020_1", f"{split}_1"), "utf-8")
    build_items(folder / "sources", folder / "items")
    leave_out_leaks(folder / "items" / "items.parquet", folder / "kept")
    return pl.read_parquet(folder / "kept" / "items.parquet"), pl.read_parquet(folder / "kept" / "leaks.parquet")


def test_an_item_that_leaks_in_one_language_is_left_out_of_train_in_all(tmp_path: Path) -> None:
    kept, leaks = kept_and_leaks(tmp_path, SUN, BONE._replace(english=SUN.english.upper(), options=SUN.options))
    assert sorted(kept.select("split", "language").iter_rows()) == [("test", "en"), ("test", "es")]
    leak = leaks.filter(config="english").to_dicts()[0]
    assert (leak["id_a"], leak["id_b"], leak["kind"]) == ("headqa/train/train_1/1", "headqa/test/test_1/1", "exact")


def test_nearly_the_same_question_leaks_too(tmp_path: Path) -> None:
    near = BONE._replace(english=SUN.english.replace("half an hour", "an hour"), options=SUN.options)
    kept, leaks = kept_and_leaks(tmp_path, SUN, near)
    assert kept.height == 2
    assert leaks.filter(config="english")["kind"].to_list() == ["near"]


def test_another_question_stays(tmp_path: Path) -> None:
    kept, leaks = kept_and_leaks(tmp_path, SUN, BONE)
    assert kept.height == 4
    assert leaks.is_empty()
