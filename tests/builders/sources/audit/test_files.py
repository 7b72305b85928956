"""Faults that only a file as a whole, or several records together, show; and what the errata say of them."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from builders.sources.audit.errata import ERRATA
from builders.sources.items import ITEMS, REJECTS, build_items
from globmed.errors import UserError
from tests.builders.sources.fixtures import FIXTURES, Files, write

Row = dict[str, Any]


def built(folder: Path, source: str, files: Files) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Items, rejects and errata of one source."""
    write(folder / "in" / source, files)
    build_items(folder / "in", folder / "out")
    items, rejects, errata = (pl.read_parquet(folder / "out" / name) for name in (ITEMS, REJECTS, ERRATA))
    return items, rejects, errata


def choice(number: int, right: int = 0, **more: object) -> Row:
    """A record of MedMCQA with its key from 1."""
    texts = [f"{name} {number}" for name in ("Iron", "Zinc", "Iodine", "Copper")]
    options = dict(zip(("opa", "opb", "opc", "opd"), texts, strict=True))
    return {
        "id": f"q{number}",
        "question": f"Which dose is right in case {number}?",
        **options,
        "cop": right + 1,
        **more,
    }


def kinds(errata: pl.DataFrame) -> list[tuple[str | None, str, str]]:
    return [
        row for row in errata.select("id", "kind", "action").iter_rows() if row[1] != "count far from the published one"
    ]


def test_both_keys_of_a_question_are_left_out(tmp_path: Path) -> None:
    again = {**choice(1, 2), "id": "q9", "question": "which dose is right  in case 1", "opa": "Zinc 1", "opb": "Iron 1"}
    items, rejects, errata = built(tmp_path, "medmcqa", {"dev.json": [choice(1), again, choice(2)]})
    assert items["record_id"].to_list() == ["q2"]
    assert set(rejects["reason"]) == {"two keys for one question"}
    lines = errata.filter(kind="two keys for one question").select("id", "detail").rows()
    one, other = "medmcqa/validation/q1", "medmcqa/validation/q9"
    assert lines == [(one, other), (other, one)]


def test_the_same_key_again_is_noted_and_another_question_is_not(tmp_path: Path) -> None:
    again = {**choice(1), "id": "q9"}
    raised = [{**choice(3, opa="10²"), "id": "r1"}, {**choice(3, 1, opa="102"), "id": "r2"}]
    items, rejects, errata = built(tmp_path, "medmcqa", {"dev.json": [choice(1), again, *raised]})
    assert items.height == 4
    assert rejects.is_empty()
    assert kinds(errata) == [(f"medmcqa/validation/{name}", "question asked twice", "noted") for name in ("q1", "q9")]


def test_another_key_in_another_source_is_noted_in_both(tmp_path: Path) -> None:
    options = {"A": "Iron 1", "B": "Zinc 1", "C": "Iodine 1", "D": "Copper 1"}
    record = {"question": choice(1)["question"], "options": options, "answer": "Zinc 1", "answer_idx": "B"}
    write(tmp_path / "in" / "medqa", {"phrases_no_exclude_test.jsonl": [record]})
    items, _, errata = built(tmp_path, "medmcqa", {"dev.json": [choice(1)]})
    assert items.height == 2
    assert errata.filter(kind="another key in another source")["source"].to_list() == ["medmcqa", "medqa"]


def test_a_conflict_in_one_language_leaves_the_item_out_in_all(tmp_path: Path) -> None:
    files = FIXTURES["headqa"].copy()
    english, spanish = (
        files[name]["exams"]["Cuaderno 9"]["data"] for name in ("HEAD_EN/dev_HEAD_EN.json", "HEAD/dev_HEAD.json")
    )
    english[1] |= {"qtext": english[0]["qtext"], "answers": english[0]["answers"], "ra": "1"}
    spanish[1] |= {"ra": "1"}
    items, rejects, _ = built(tmp_path, "headqa", files)
    assert items.is_empty()
    assert set(rejects.filter(language="es")["reason"]) == {"languages disagree", "needs an image"}


def test_what_is_mended_is_listed_by_record_without_its_text(tmp_path: Path) -> None:
    records = [
        choice(1, opd="nan"),
        choice(2, question="Which is &lt; 5?"),
        choice(3, opb="Iodine 3"),
        choice(4, opb="Iron 4"),
        choice(5, question="What is shown in the image?"),
        choice(6, exp="Ans. is 'c' i.e., iodine"),
        choice(7, exp="Ans. is 'a' i.e., iron"),
        choice(8, 3, opd="N/A"),
        choice(9),
        choice(10, 2, opa="nan", exp="Ans. is 'c' i.e., iodine"),
    ]
    items, _, errata = built(tmp_path, "medmcqa", {"dev.json": records})
    assert kinds(errata) == [
        (f"medmcqa/validation/q{number}", kind, action)
        for number, kind, action in [
            (1, "absent option", "mended"),
            (10, "absent option", "mended"),
            (10, "options relettered", "mended"),
            (2, "markup in a text", "mended"),
            (3, "wrong option twice", "noted"),
            (4, "right option twice", "left out"),
            (5, "missing figure", "left out"),
            (6, "explanation states another key", "left out"),
            (8, "empty option", "left out"),
        ]
    ]
    assert items["record_id"].to_list() == ["q1", "q10", "q2", "q3", "q7", "q9"]
    assert items.filter(record_id="q10")["answer"].item() == "B"
    assert errata.filter(record="line 5").select("file", "split", "language").row(0) == ("dev.json", "validation", "en")
    said = " ".join(str(value) for row in errata.iter_rows() for value in row)
    assert not any(name in said for name in ("Iron", "Iodine", "dose", "image"))


def test_a_count_far_from_the_published_one_is_a_line(tmp_path: Path) -> None:
    _, _, errata = built(tmp_path, "medmcqa", {"dev.json": [choice(1)]})
    (line,) = errata.filter(kind="count far from the published one").iter_rows(named=True)
    assert (line["split"], line["id"], line["detail"]) == ("validation", None, "1 of 4,183")


def test_keys_that_the_publisher_keeps_back_are_no_errata(tmp_path: Path) -> None:
    test = [{key: value for key, value in choice(n).items() if key != "cop"} for n in (3, 4)]
    _, rejects, errata = built(tmp_path, "medmcqa", {"dev.json": [choice(1)], "test.json": test})
    assert rejects["reason"].to_list() == ["no correct answer"] * 2
    assert kinds(errata) == []


CHINESE = [
    {
        "question": f"患者{n}岁，咳嗽三天，下列哪种药物最合适？",
        "options": {"A": "甲药", "B": "乙药"},
        "answer": "甲药",
        "answer_idx": "A",
    }
    for n in range(20, 23)
]
SPANISH = [
    {
        "question": f"Una mujer de {n} años tiene fiebre y dolor de cabeza desde hace una semana. ¿Qué debe hacer?",
        "options": {"A": "Beber agua", "B": "Nada"},
        "answer": "Nada",
        "answer_idx": "B",
    }
    for n in range(20, 25)
]


@pytest.mark.parametrize(("records", "found"), [(CHINESE, "Chinese"), (CHINESE[:1], ""), (SPANISH, "Spanish")])
def test_a_file_in_another_language_is_refused(records: list[Row], found: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"_dev.jsonl: its texts are in .*{found}.*, expected English") as caught:
        built(tmp_path, "medqa", {**FIXTURES["medqa"].copy(), "phrases_no_exclude_dev.jsonl": records})
    assert "\n" not in str(caught.value)


def test_a_few_texts_in_another_language_are_no_other_file(tmp_path: Path) -> None:
    files = {"phrases_no_exclude_dev.jsonl": [*SPANISH[:2], *FIXTURES["medqa"].copy().popitem()[1]]}
    assert built(tmp_path, "medqa", files)[0].height == 3


SHIFTED: list[tuple[list[Row], str]] = [
    (
        [choice(n, 1 + n % 4) for n in range(40)],
        "10 of 40 records have no right option, and the first one is never right",
    ),
    ([choice(n, n % 4, exp=f"Ans. is '{'cdab'[n % 4]}'") for n in range(40)], "another letter than 'cop' from 1"),
]


@pytest.mark.parametrize(("records", "message"), SHIFTED)
def test_a_shifted_key_column_is_refused(records: list[Row], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        built(tmp_path, "medmcqa", {"dev.json": records})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_fields_that_never_agree_are_a_shifted_key(tmp_path: Path) -> None:
    record = FIXTURES["mmlu_pro"].copy()["DERIVED_mmlu_pro_test_health.jsonl"][0]
    rows = [{**record, "question_id": n, "answer_index": 2} for n in range(30)]
    with pytest.raises(UserError, match="two fields of 30 of 30 records name different right options"):
        built(tmp_path, "mmlu_pro", {"test.jsonl": rows})


def test_explanations_by_number_show_a_shifted_key(tmp_path: Path) -> None:
    def cases(tag: str, shift: int) -> list[Row]:
        record = FIXTURES["casimedicos"].copy()[f"train.{tag}.jsonl"][0]
        options = {"1": "Croup", "2": "Gout", "3": "Rickets", "4": "Mumps"}
        said = {"en": "The correct answer is", "es": "La respuesta correcta es la", "fr": "La bonne réponse est la"}
        more = {"options": options, "full_answer": f"{said[tag]} {1 + shift}."}
        return [record | more | {"idx": f"t{n}", "full_question": f"{record['full_question']} {n}"} for n in range(3)]

    assert built(tmp_path / "right", "casimedicos", {f"train.{tag}.jsonl": cases(tag, 0) for tag in ("en", "es", "fr")})
    with pytest.raises(UserError, match="the explanations of 3 of 3 records state another option than the key"):
        built(tmp_path / "wrong", "casimedicos", {f"train.{tag}.jsonl": cases(tag, 1) for tag in ("en", "es", "fr")})


def test_keys_of_every_letter_are_not_shifted(tmp_path: Path) -> None:
    records = [choice(n, n % 4) for n in range(40)] + [choice(n, 4) for n in range(40, 50)]
    items, rejects, _ = built(tmp_path, "medmcqa", {"dev.json": records})
    assert (items.height, rejects.height) == (40, 10)
