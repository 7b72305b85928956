"""What sources say of their items besides the texts: field, country, year and examination."""

from pathlib import Path

import pytest

from tests.builders.sources.fixtures import FIXTURES, Files, items, parse, write

ABOUT = ("specialty", "subject", "country", "year", "exam", "culture")


def about(source: str, files: Files, folder: Path) -> set[tuple[object, ...]]:
    return {tuple(item.value(name) for name in ABOUT) for item in items(parse(source, write(folder, files)))}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("medqa", {(None, None, "US", None, "USMLE Step 1", None)}),
        (
            "medmcqa",
            {
                ("Physiology (medical)", "Physiology", "IN", None, None, None),
                ("Anatomy", "Anatomy", *("IN", None, None, None)),
            },
        ),
        ("headqa", {("General Medicine", "medicine", "ES", 2031, "MIR", None)}),
        ("casimedicos", {("Pediatrics, Perinatology and Child Health", "PEDIATRICS", "ES", None, "MIR", None)}),
        ("pubmedqa", {(None, None, None, 2031, None, None)}),
        ("frenchmedmcqa", {("Pharmacy", "pharmacie", "FR", None, "DES de pharmacie", None)}),
        ("igakuqa", {("Nephrology", "腎臓", "JP", 2031, "医師国家試験", None)}),
        ("kormedmcqa", {("General Medicine", "doctor", "KR", 2031, "의사 국가시험", None)}),
        ("cmexam", {("Internal Medicine", "内科", "CN", None, "国家执业医师资格考试", None)}),
        (
            "afrimedqa",
            {
                ("Infectious Diseases", "Infectious Disease", "NG", None, None, False),
                ("Public Health, Environmental and Occupational Health", "Public Health", "KE", None, None, None),
            },
        ),
        ("liveqa", {(None, None, None, None, None, None)}),
    ],
)
def test_it_is_the_same_in_every_language(source: str, expected: set[tuple[object, ...]], tmp_path: Path) -> None:
    assert about(source, FIXTURES[source].copy(), tmp_path) == expected


def test_the_label_of_a_case_is_the_english_one(tmp_path: Path) -> None:
    files = FIXTURES["casimedicos"].copy()
    for record in files["train.fr.jsonl"]:
        record["type"] = "PÉDIATRIE"
        record["year"] = 2031
    assert {(subject, year) for _, subject, _, year, *_ in about("casimedicos", files, tmp_path)} == {
        ("PEDIATRICS", None),
        ("PEDIATRICS", 2031),
    }


@pytest.mark.parametrize("topic", ["AIIMS 2018", " AIIMS  2018"])
def test_a_topic_that_names_an_examination_is_one(topic: str, tmp_path: Path) -> None:
    files = FIXTURES["medmcqa"].copy()
    for record in files["dev.json"]:
        record["topic_name"] = topic
    assert {(year, exam) for *_, year, exam, _ in about("medmcqa", files, tmp_path)} == {(2018, "AIIMS")}


@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}, True, ""])
def test_a_label_that_is_no_text_is_none_and_the_item_stays(value: object, tmp_path: Path) -> None:
    files = FIXTURES["medqa"].copy()
    for record in [record for records in files.values() for record in records]:
        record["meta_info"] = value
    assert about("medqa", files, tmp_path) == {(None, None, "US", None, "USMLE", None)}
