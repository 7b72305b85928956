"""Answers that differ in form alone, and those that do not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders.sources import SOURCES
from builders.sources.item import Reason
from builders.sources.items import build_items
from builders.sources.layouts.answers import folded, is_text_of, label, word
from tests.builders.sources.fixtures import FIXTURES, Files, answers, parse, rejects, write

OPTIONS = {"A": "Carbon monoxide", "B": "Nitrogen bubbles", "C": "Ketones", "D": "Urea"}


LETTERS = ["A", "a", "A ", " a.", "(A)", "(a) ", "A)", "[A]", "A:", "Ａ", "Ⓐ", "**A**", '"A"', "A\u200b", "\ufeffA"]


@pytest.mark.parametrize("text", [*LETTERS, "A\u00a0", "Option A", "answer: (a)."])
def test_a_letter_is_read(text: str) -> None:
    assert label(text) == "A"


@pytest.mark.parametrize("text", ["", " ", "AB", "A or B", "A/B", "Aspirin", "?", "А", "A?", "not A", "-"])
def test_what_is_no_letter_stays(text: str) -> None:
    assert label(text) == text.strip()


@pytest.mark.parametrize(("text", "number"), [("1.", "1"), (" 2 ", "2"), ("３", "3"), ("(4)", "4"), ("10", "10")])
def test_a_number_is_read(text: str, number: str) -> None:
    assert label(text) == number


@pytest.mark.parametrize("text", ["yes", "Yes", "YES.", " yes ", "ｙｅｓ", '"Yes"', "yes\u200b", "Yes!"])
def test_a_word_is_read(text: str) -> None:
    assert word(text) == "yes"


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("Nitrogen bubbles ", "B"),
        ("nitrogen  bubbles.", "B"),
        ("Nitrogen\u00a0bubbles", "B"),
        ("Nitrogen bubbles\n\"", "B"),
        ("Ｎｉｔｒｏｇｅｎ bubbles", "B"),
        ("B. Nitrogen bubbles", "B"),
        ("(B) Nitrogen bubbles", "B"),
    ],
)  # fmt: skip
def test_a_text_that_differs_in_form_is_the_option(answer: str, chosen: str) -> None:
    assert is_text_of(OPTIONS, chosen, answer)
    assert not is_text_of(OPTIONS, "A", answer)


@pytest.mark.parametrize("answer", ["Nitrogen", "C. Nitrogen bubbles", "Nitrogen bubbles, large", "", "B"])
def test_another_text_is_not_the_option(answer: str) -> None:
    assert not is_text_of(OPTIONS, "B", answer)


@pytest.mark.parametrize(
    ("options", "chosen", "answer", "agrees"),
    [
        ({"A": "Hb a", "B": "Hb A"}, "A", "Hb A", False),
        ({"A": "Hb a", "B": "Hb A"}, "B", "Hb A", True),
        ({"A": "pH 7.", "B": "pH 7"}, "A", "pH 7", False),
        ({"A": "102 /L", "B": "99 /L"}, "A", "10² /L", False),
        ({"A": "1 1/2 tablets", "B": "2"}, "A", "1½ tablets", False),
        ({"A": "5 µg", "B": "5 mg"}, "A", "5 μg", True),
        ({"A": "5 µg", "B": "5 mg"}, "A", "5 mg", False),
        ({"A": "Sjögren", "B": "Lupus"}, "A", "Sjo\u0308gren", True),
        ({"A": "Crohn’s disease", "B": "Gout"}, "A", "Crohn's disease.", True),
        ({"A": "0.5", "B": "5"}, "A", ".5", False),
        ({"A": "-5", "B": "5"}, "A", "5", False),
    ],
)
def test_what_another_option_could_be_is_a_conflict(
    options: dict[str, str], chosen: str, answer: str, agrees: bool
) -> None:
    assert is_text_of(options, chosen, answer) == agrees


def test_questions_are_compared_without_their_form() -> None:
    assert folded("Why  boil water? \n") == folded("why boil water?")
    assert folded("Why boil water?") != folded("Why boil milk?")


Record = dict[str, Any]
MEDQA, MMLU = "US/4_options/phrases_no_exclude_test.jsonl", "DERIVED_mmlu_pro_test_health.jsonl"


def relabel(options: dict[str, str], form: str) -> dict[str, str]:
    return {form.format(name): text for name, text in options.items()}


def lower(record: Record) -> None:
    record["options"] = {name.lower(): text for name, text in record["options"].items()}


def head(files: Files) -> Record:
    found: Record = files["HEAD/dev_HEAD.json"]["exams"]["Cuaderno 9"]["data"][0]
    return found


FORMS: list[tuple[str, Callable[[Files], object]]] = [
    ("medqa", lambda f: f[MEDQA][0].update(answer="Nitrogen bubbles ")),
    ("medqa", lambda f: f[MEDQA][0].update(answer="nitrogen bubbles.")),
    ("medqa", lambda f: f[MEDQA][0].update(answer_idx="b")),
    ("medqa", lambda f: f[MEDQA][0].update(answer_idx="(B)")),
    ("medqa", lambda f: f[MEDQA][0].update(answer_idx="B.\u200b")),
    ("medqa", lambda f: lower(f[MEDQA][0])),
    ("medqa", lambda f: f[MEDQA][0].update(options=relabel(f[MEDQA][0]["options"], "({})"))),
    ("medqa", lambda f: f[MEDQA][0].update(options=relabel(f[MEDQA][0]["options"], "{}. "))),
    ("mmlu_pro", lambda f: f[MMLU][0].update(answer="b ", category="Health")),
    ("mmlu_pro", lambda f: f[MMLU][0].update(answer="(B)", category="health ")),
    ("headqa", lambda f: head(f).update(ra=" 2.")),
    ("headqa", lambda f: f["HEAD/dev_HEAD.json"].update(language="ES ")),
    ("casimedicos", lambda f: f["train.en.jsonl"][0].update(lang="EN")),
    ("casimedicos", lambda f: f["train.en.jsonl"][0].update(options=relabel(f["train.en.jsonl"][0]["options"], "{}."))),
    ("casimedicos", lambda f: f["train.en.jsonl"][0].update(idx="train-0 ")),
    ("pubmedqa", lambda f: f["ori_pqal.json"]["101"].update(final_decision="Yes")),
    ("pubmedqa", lambda f: f["ori_pqal.json"]["102"].update(final_decision="NO. ")),
    ("pubmedqa", lambda f: f["test_ground_truth.json"].update({"101": "YES"})),
    ("pubmedqa", lambda f: f.update({"test_ground_truth.json": {" 101": "yes."}})),
    ("expertqa_med", lambda f: f["rand_lfqa_val.json"][0].update(question="Why boil water? ")),
    ("expertqa_med", lambda f: f["r1_data_anon.jsonl"][0].update(question=" why boil\u00a0water?")),
    ("expertqa_med", lambda f: f["r1_data_anon.jsonl"][0]["metadata"].update(field="healthcare/medicine ")),
    ("expertqa_bio", lambda f: f["r1_data_anon.jsonl"][1]["metadata"].update(field=" BIOLOGY")),
    ("mednli", lambda f: f["mli_dev_v1.jsonl"][0].update(gold_label="Entailment.")),
    ("sample", lambda f: f["items.jsonl"][0].update(answer="a.", split="Train", task="MCQA")),
    ("sample", lambda f: f["items.jsonl"][0].update(options={"(a)": "Femur", "(b)": "Spleen"})),
    ("sample", lambda f: f["items.jsonl"][1].update(answer="ENTAILMENT ")),
    ("bionli", lambda f: f.update({"bionli_train.csv": f["bionli_train.csv"].replace(",entailment", ", Entailment.")})),
    ("bionli", lambda f: f.update({"bionli_train.csv": f["bionli_train.csv"].replace("gold_label", " gold_label ")})),
    ("bionli", lambda f: f.update({"bionli_train.csv": "\ufeff" + f["bionli_train.csv"] + "  \n\n"})),
]


@pytest.mark.parametrize(("source", "change"), FORMS)
def test_another_form_of_an_answer_changes_nothing(
    source: str, change: Callable[[Files], object], tmp_path: Path
) -> None:
    files = FIXTURES[source].copy()
    change(files)
    found = parse(source, write(tmp_path, files))
    expected = parse(source, write(tmp_path / "as it is", FIXTURES[source].files))
    assert answers(found) == answers(expected) == FIXTURES[source].answers
    assert len(rejects(found)) == len(rejects(expected))


CONFLICTS: list[tuple[str, Callable[[Files], object], Reason]] = [
    ("medqa", lambda f: f[MEDQA][0].update(answer="Nitrogen"), Reason.CONFLICTING_KEY),
    ("medqa", lambda f: f[MEDQA][0].update(answer_idx="B or C"), Reason.NO_CORRECT_ANSWER),
    ("medqa", lambda f: f[MEDQA][0]["options"].update(a="Helium"), Reason.OPTION_LABELS),
    ("mmlu_pro", lambda f: f[MMLU][0].update(answer="c"), Reason.CONFLICTING_KEY),
    ("pubmedqa", lambda f: f["test_ground_truth.json"].update({"101": "No"}), Reason.CONFLICTING_KEY),
    ("pubmedqa", lambda f: f["ori_pqal.json"]["102"].update(final_decision="not"), Reason.UNKNOWN_LABEL),
    ("expertqa_med", lambda f: f["rand_lfqa_val.json"][0].update(question="Why boil milk?"), Reason.OUTSIDE_FIELD),
]


@pytest.mark.parametrize(("source", "change", "reason"), CONFLICTS)
def test_another_answer_is_still_a_reject(
    source: str, change: Callable[[Files], object], reason: Reason, tmp_path: Path
) -> None:
    files = FIXTURES[source].copy()
    change(files)
    assert reason in {reject.reason for reject in rejects(parse(source, write(tmp_path, files)))}


def test_two_questions_of_the_index_that_differ_in_form_keep_their_fields(tmp_path: Path) -> None:
    files = FIXTURES["expertqa_med"].copy()
    files["r1_data_anon.jsonl"].append({"question": "why boil water?", "metadata": {"field": "Law"}})
    files["rand_lfqa_val.json"].append(
        {"example_id": 5, "context": "", "question": "why boil water?", "answer": "Or not."}
    )
    assert answers(parse("expertqa_med", write(tmp_path, files))) == FIXTURES["expertqa_med"].answers


LISTS = {
    name: fixture for name, fixture in FIXTURES.items() if any(isinstance(c, list) for c in fixture.files.values())
}


@pytest.mark.parametrize("source", LISTS)
def test_an_array_gives_what_lines_give(source: str, tmp_path: Path) -> None:
    fixture = FIXTURES[source]
    arrays = {name: json.dumps(c, indent=1) if isinstance(c, list) else c for name, c in fixture.files.items()}
    folder = write(tmp_path / "arrays" / SOURCES[source].folder, arrays)
    assert answers(parse(source, folder)) == fixture.answers
    tally = build_items(tmp_path / "arrays", tmp_path / "items", [source]).total
    assert tally.records == tally.items + sum(tally.rejects.values()) == len(parse(source, folder))
