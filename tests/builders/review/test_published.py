"""Published reviews become memory and review records. All texts are written for these tests."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from builders.review.published import FACT, NO_TEXT, OTHER_FIELDS, UNLISTED, UNRATED, Taken, take_reviews
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.translate.memory import read_tmx
from globmed.errors import UserError
from globmed.languages import language, select
from tests.conftest import Globmed

COLUMNS = ("Language", "EN_Data", "MT_Data", "Accuracy", "Fluency", "Completeness", "Expert_Revised", "Comment")
TEXTS = {
    "What helps against a headache?": "Nini husaidia dhidi ya maumivu ya kichwa?",
    "Take 500 mg of paracetamol.": "Meza miligramu 500 za paracetamol.",
}
QUESTION, ANSWER = TEXTS
MENDED = "Kunywa miligramu 500 za paracetamol."


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildFolder:
    """The items of a source with one question that is answered at length."""
    root = tmp_path_factory.mktemp("reviewed")
    item: dict[str, str | None] = {
        "id": "a",
        "split": "train",
        "task": "lfqa",
        "question": QUESTION,
        "long_answer": ANSWER,
    }
    item |= dict.fromkeys(("context", "premise", "hypothesis", "options", "answer"))
    (root / "sources" / "sample").mkdir(parents=True)
    (root / "sources" / "sample" / "items.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    build(root / "sources", [], select("english"), root / "build")
    return BuildFolder(root / "build")


def line(source: str, *, revised: str = "", ratings: Sequence[object] = (5, 4, 5), **more: str) -> dict[str, Any]:
    rated = dict(zip(("Accuracy", "Fluency", "Completeness"), ratings, strict=True))
    texts = {"EN_Data": source, "MT_Data": TEXTS.get(source, "maandishi"), "Expert_Revised": revised}
    return {"Language": "Swahili", **texts, **rated, "Comment": "", **more}


def sheet(folder: Path, *lines: Mapping[str, Any], name: str = "reviews.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(lines)
    return path


def take(built: BuildFolder, folder: Path, *lines: Mapping[str, Any]) -> Taken:
    return take_reviews([sheet(folder, *lines)], built, folder / "memory")


def test_revised_and_confirmed_texts_are_memory_and_the_row_is_reviewed(built: BuildFolder, tmp_path: Path) -> None:
    taken = take(built, tmp_path, line(QUESTION), line(ANSWER, revised=MENDED, ratings=(3, 4, 5)))
    assert (taken.lines, taken.edited, taken.confirmed, taken.rows) == (2, 1, 1, {"swahili": 1})
    units = {unit.source: unit for unit in read_tmx(tmp_path / "memory" / "reviewed-sw.tmx")}
    assert (units[ANSWER].text, units[ANSWER].origin, units[ANSWER].edited) == (MENDED, "postedited", True)
    assert (units[QUESTION].text, units[QUESTION].edited) == (TEXTS[QUESTION], False)
    made = tmp_path / "again"
    build(built.root.parent / "sources", [tmp_path / "memory"], select("english,swahili"), made)
    (row,) = pl.read_parquet(made / "rows" / "swahili" / "train-sample.parquet").to_dicts()
    assert row["long_answer"] == MENDED
    assert row["review"] == {
        "status": "reviewed",
        "raters": 1,
        "accuracy": 4.0,
        "fluency": 4.0,
        "completeness": 5.0,
        "version": "reviews.csv",
    }


def test_a_row_of_which_one_text_was_rated_is_not_reviewed(built: BuildFolder, tmp_path: Path) -> None:
    assert take(built, tmp_path, line(QUESTION)).rows == {"swahili": 0}


def test_a_record_in_json_is_several_texts(built: BuildFolder, tmp_path: Path) -> None:
    sources, translations = (
        json.dumps(dict(zip(("question", "answer"), texts, strict=True))) for texts in (TEXTS, TEXTS.values())
    )
    taken = take(built, tmp_path, line(sources, MT_Data=translations))
    assert (taken.confirmed, taken.rows) == (2, {"swahili": 1})


def test_two_experts_are_two_raters_and_two_revisions_a_dispute(built: BuildFolder, tmp_path: Path) -> None:
    other = MENDED.replace("Kunywa", "Tumia")
    lines = [line(QUESTION), line(QUESTION), line(ANSWER, revised=MENDED), line(ANSWER, revised=other)]
    taken = take(built, tmp_path, *lines)
    assert (taken.edited, taken.confirmed, taken.disputed) == (0, 1, 1)
    (record,) = (tmp_path / "memory").glob("*.parquet")
    said = pl.read_parquet(record)
    assert set(said["status"]) == {"disputed"}
    assert set(said["raters"]) == {2}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (line(ANSWER, revised=MENDED.replace("500", "5000")), FACT),
        (line(ANSWER, revised=MENDED.replace("paracetamol", "ibuprofen")), FACT),
        # A fault of another kind does not make up for that of the translation.
        (
            line(
                ANSWER, MT_Data=TEXTS[ANSWER].replace("500", "5000"), revised=MENDED.replace("paracetamol", "ibuprofen")
            ),
            FACT,
        ),
        (line(ANSWER, Language="Klingon"), UNLISTED),
        (line(ANSWER, ratings=("", "", "")), UNRATED),
        (line(""), NO_TEXT),
        (line(ANSWER, revised='{"question": "Nini?", "answer": "Hii."}'), OTHER_FIELDS),
    ],
)
def test_what_is_not_used_is_counted(built: BuildFolder, tmp_path: Path, wrong: Mapping[str, Any], reason: str) -> None:
    taken = take(built, tmp_path, line(QUESTION), wrong)
    assert {name: count for name, count in taken.left_out.items() if count} == {reason: 1}
    assert taken.confirmed == 1


def test_a_rating_outside_the_scale_names_its_place(built: BuildFolder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"reviews\.csv: line 2: Accuracy is '9', expected a whole number from 1 to 5"):
        take(built, tmp_path, line(QUESTION, ratings=(9, 5, 5)))
    assert not (tmp_path / "memory").exists()


def test_a_rating_of_thousands_of_digits_is_no_rating(built: BuildFolder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"line 2: Accuracy is '5555.*, expected a whole number from 1 to 5"):
        take(built, tmp_path, line(QUESTION, ratings=("5" * 5000, 5, 5)))


def test_a_sheet_without_a_language_or_a_column_says_so(built: BuildFolder, tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_text(json.dumps({k: v for k, v in line(QUESTION).items() if k != "Language"}), "utf-8")
    with pytest.raises(UserError, match="expected a language in the column or with --language"):
        take_reviews([path], built, tmp_path / "memory")
    assert take_reviews([path], built, tmp_path / "memory", language("swahili")).confirmed == 1
    path.write_text('{"EN_Data": "a", "MT_Data": "b"}', "utf-8")
    with pytest.raises(UserError, match="no column Accuracy"):
        take_reviews([path], built, tmp_path / "memory")


def test_the_command_says_what_it_took(built: BuildFolder, tmp_path: Path, globmed: Globmed) -> None:
    path = sheet(tmp_path, line(QUESTION), line(ANSWER, revised=MENDED))
    done = globmed("review", "published", path, "--build", built.root, "--memory", tmp_path / "memory")
    assert [text.split(maxsplit=1) for text in done.stdout.splitlines()] == [
        ["2", "lines"],
        ["1", "mended"],
        ["1", "confirmed"],
        ["0", "disputed"],
        ["1", "rows reviewed, swahili"],
    ]


def test_a_revision_that_mends_a_fact_is_taken(built: BuildFolder, tmp_path: Path) -> None:
    for wrong in (TEXTS[ANSWER].replace("500", "5000"), TEXTS[ANSWER].replace("paracetamol", "ibuprofen")):
        assert take(built, tmp_path, line(ANSWER, MT_Data=wrong, revised=MENDED)).edited == 1
