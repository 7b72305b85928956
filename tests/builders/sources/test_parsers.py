"""Every parser: the good path, each reason to reject, each message."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builders.sources.item import Option, Reason
from globmed.errors import UserError
from tests.builders.sources.fixtures import (
    FIXTURES,
    Files,
    Fixture,
    answers,
    items,
    parse,
    rejects,
    write,
)

Change = Callable[[Files], object]

MEDQA = "US/4_options/phrases_no_exclude_test.jsonl"
MMLU = "DERIVED_mmlu_pro_test_health.jsonl"
HEAD_ES, HEAD_EN = "HEAD/dev_HEAD.json", "HEAD_EN/dev_HEAD_EN.json"
CASI_EN, CASI_ES, CASI_FR = "train.en.jsonl", "train.es.jsonl", "train.fr.jsonl"
LIVEQA = "TREC-2017-LiveQA-Medical-Train-1.xml"
FRENCH, JAPANESE, KOREAN = "corpus/dev.json", "data/2031/125-A.jsonl", "doctor-dev.csv"
CHINESE, MAINLAND = "test_with_annotations.csv", "questions/Mainland/train.jsonl"
AFRICAN, SEVERAL = "afri_med_qa_15k.csv", Reason.SEVERAL_ANSWERS
KEYLESS = Reason.NO_CORRECT_ANSWER


def changed(source: str, change: Change, folder: Path) -> Path:
    files = FIXTURES[source].copy()
    change(files)
    return write(folder, files)


def question(files: Files, file: str) -> dict[str, object]:
    found: dict[str, object] = files[file]["exams"]["Cuaderno 9"]["data"][0]
    return found


@pytest.mark.parametrize("fixture", FIXTURES.values(), ids=FIXTURES)
def test_good_records_give_their_answers_and_ids(fixture: Fixture, tmp_path: Path) -> None:
    assert answers(parse(fixture.source, write(tmp_path, fixture.files))) == fixture.answers


REJECTED: list[tuple[str, Change, Reason]] = [
    ("medqa", lambda f: f[MEDQA][0].update(answer="Urea"), Reason.CONFLICTING_KEY),
    ("medqa", lambda f: f[MEDQA][0].update(answer_idx="A"), Reason.CONFLICTING_KEY),
    ("medqa", lambda f: f[MEDQA][0].update(answer_idx="E"), Reason.NO_CORRECT_ANSWER),
    ("medqa", lambda f: f[MEDQA][0].update(question=" \0\n"), Reason.EMPTY_QUESTION),
    (
        "medqa",
        lambda f: f[MEDQA][0].update(answer="nan") or f[MEDQA][0]["options"].update(B="nan"),
        Reason.EMPTY_OPTION,
    ),
    ("medqa", lambda f: f[MEDQA][0].update(options={"B": "Nitrogen bubbles"}), Reason.TOO_FEW_OPTIONS),
    ("medqa", lambda f: f[MEDQA][0]["options"].pop("A"), Reason.OPTION_LABELS),
    ("medqa", lambda f: f[MEDQA][0].update(question="Half a \ud83d?"), Reason.BROKEN_TEXT),
    ("medmcqa", lambda _: None, Reason.NO_CORRECT_ANSWER),
    ("medmcqa", lambda f: f["dev.json"][0].update(cop=5), Reason.NO_CORRECT_ANSWER),
    ("medmcqa", lambda f: f["dev.json"][0].update(cop=-1), Reason.NO_CORRECT_ANSWER),
    ("medmcqa", lambda f: f["dev.json"][0].update(opc=" "), Reason.EMPTY_OPTION),
    ("medmcqa", lambda f: f["dev.json"][0].update(id=" "), Reason.NO_ID),
    ("mmlu_pro", lambda f: f[MMLU][0].update(answer="C"), Reason.CONFLICTING_KEY),
    ("mmlu_pro", lambda f: f[MMLU][0].update(answer_index=0), Reason.CONFLICTING_KEY),
    ("mmlu_pro", lambda f: f[MMLU][0].update(answer="D", answer_index=3), Reason.NO_CORRECT_ANSWER),
    ("mmlu_pro", lambda f: f[MMLU][0].update(options=["x"] * 27), Reason.OPTION_LABELS),
    ("mmlu_pro", lambda _: None, Reason.OUTSIDE_FIELD),
    ("headqa", lambda _: None, Reason.IMAGE),
    ("headqa", lambda f: question(f, HEAD_ES).update(ra="4"), Reason.NO_CORRECT_ANSWER),
    ("headqa", lambda f: question(f, HEAD_ES).update(ra="3"), Reason.LANGUAGES_DIFFER),
    ("headqa", lambda f: question(f, HEAD_EN)["answers"][0].update(aid=2), Reason.CONFLICTING_KEY),  # type: ignore[index]
    ("casimedicos", lambda f: f[CASI_EN][0]["options"].update({"1": ""}), Reason.EMPTY_OPTION),
    ("casimedicos", lambda f: f[CASI_EN][0].update(correct_option=4), Reason.NO_CORRECT_ANSWER),
    ("casimedicos", lambda f: f[CASI_EN][0].update(correct_option=2), Reason.LANGUAGES_DIFFER),
    ("casimedicos", lambda f: f[CASI_EN][0]["options"].pop("2"), Reason.OPTION_LABELS),
    ("casimedicos", lambda f: f[CASI_EN][0]["options"].update({"3": None}), Reason.LANGUAGES_DIFFER),
    ("pubmedqa", lambda f: f["test_ground_truth.json"].update({"101": "no"}), Reason.CONFLICTING_KEY),
    ("pubmedqa", lambda f: f["ori_pqal.json"]["102"].update(final_decision="nay"), Reason.UNKNOWN_LABEL),
    ("pubmedqa", lambda f: f["ori_pqal.json"]["102"].update(final_decision=""), Reason.NO_CORRECT_ANSWER),
    ("liveqa", lambda _: None, Reason.NO_REFERENCE),
    ("liveqa", lambda _: None, Reason.EMPTY_QUESTION),
    ("expertqa_med", lambda _: None, Reason.OUTSIDE_FIELD),
    ("expertqa_med", lambda f: f["rand_lfqa_val.json"][0].update(answer="<Answer> "), Reason.NO_REFERENCE),
    ("bionli", lambda f: f["test.jsonl"][0].update(gold_label="maybe"), Reason.UNKNOWN_LABEL),
    ("bionli", lambda f: f["test.jsonl"][0].update(sentence2=""), Reason.EMPTY_PREMISE),
    ("mednli", lambda _: None, Reason.NO_CORRECT_ANSWER),
    ("frenchmedmcqa", lambda _: None, Reason.SEVERAL_ANSWERS),
    ("frenchmedmcqa", lambda f: f[FRENCH][0].update(correct_answers=[]), Reason.NO_CORRECT_ANSWER),
    ("frenchmedmcqa", lambda f: f[FRENCH][0]["answers"].update(a=""), Reason.EMPTY_OPTION),
    ("igakuqa", lambda _: None, Reason.IMAGE),
    ("igakuqa", lambda _: None, Reason.SEVERAL_ANSWERS),
    ("igakuqa", lambda _: None, Reason.TOO_FEW_OPTIONS),
    ("igakuqa", lambda f: f[JAPANESE][0].update(answer=["f"]), Reason.NO_CORRECT_ANSWER),
    ("kormedmcqa", lambda f: f.update({KOREAN: f[KOREAN].replace("뼈,2", "뼈,6")}), Reason.NO_CORRECT_ANSWER),
    ("cmexam", lambda _: None, Reason.SEVERAL_ANSWERS),
    ("cmexam", lambda f: f.update({CHINESE: f[CHINESE].replace(",A,", ",nan,")}), Reason.NO_CORRECT_ANSWER),
    ("medqa_mainland", lambda f: f[MAINLAND][0].update(answer="胫骨"), Reason.CONFLICTING_KEY),
    ("afrimedqa", lambda _: None, Reason.OUTSIDE_FIELD),
    ("afrimedqa", lambda f: f.update({AFRICAN: f[AFRICAN].replace("option2,", '"option1,option2",')}), SEVERAL),
    ("afrimedqa", lambda f: f.update({AFRICAN: f[AFRICAN].replace("option2,", f"option{'2' * 5000},")}), KEYLESS),
    ("afrimedqa", lambda f: f.update({AFRICAN: f[AFRICAN].replace("Heat kills germs.", "")}), Reason.NO_REFERENCE),
]


@pytest.mark.parametrize(("source", "change", "reason"), REJECTED)
def test_a_record_that_cannot_be_used_is_rejected(source: str, change: Change, reason: Reason, tmp_path: Path) -> None:
    outcomes = parse(source, changed(source, change, tmp_path))
    assert reason in {reject.reason for reject in rejects(outcomes)}
    assert answers(outcomes).items() <= FIXTURES[source].answers.items()
    assert reason.explanation


def decided(tmp_path: Path, change: Change) -> tuple[set[tuple[str, str]], set[tuple[str, Reason]]]:
    """Return which items and rejects a changed record of a parallel source gives, by language."""
    outcomes = parse("casimedicos", changed("casimedicos", change, tmp_path))
    return (
        {(item.language, item.record_id) for item in items(outcomes)},
        {(reject.language, reject.reason) for reject in rejects(outcomes)},
    )


def test_a_faulty_translation_is_left_out_alone(tmp_path: Path) -> None:
    kept, left_out = decided(tmp_path, lambda f: f[CASI_FR][1]["options"].update({"1": ""}))
    assert kept == {(tag, f"train-{place}") for tag in ("en", "es", "fr") for place in (0, 1)} - {("fr", "train-1")}
    assert left_out == {("fr", Reason.EMPTY_OPTION)}


def test_a_faulty_original_is_left_out_with_its_translations(tmp_path: Path) -> None:
    kept, left_out = decided(tmp_path, lambda f: f[CASI_ES][1]["options"].update({"1": ""}))
    assert kept == {(tag, "train-0") for tag in ("en", "es", "fr")}
    assert left_out == {
        ("es", Reason.EMPTY_OPTION),
        ("en", Reason.LANGUAGES_DIFFER),
        ("fr", Reason.LANGUAGES_DIFFER),
    }


def test_a_fault_of_the_key_leaves_a_record_out_in_every_language(tmp_path: Path) -> None:
    kept, left_out = decided(tmp_path, lambda f: f[CASI_FR][1].update(correct_option=5))
    assert kept == {(tag, "train-0") for tag in ("en", "es", "fr")}
    assert left_out == {
        ("fr", Reason.NO_CORRECT_ANSWER),
        ("en", Reason.LANGUAGES_DIFFER),
        ("es", Reason.LANGUAGES_DIFFER),
    }


REFUSED: list[tuple[str, Change, str]] = [
    ("medqa", lambda f: f[MEDQA][1].pop("answer"), "line 2: no field 'answer'"),
    ("medqa", lambda f: f[MEDQA][1].update(options=7), "field 'options' is 7, expected an object of options, a list"),
    ("medqa", lambda f: f[MEDQA][1].update(options=["x", 1]), "expected a list of strings"),
    ("medqa", lambda f: f[MEDQA][1].update(options=[{"key": "A"}]), "expected a label and a text in each option"),
    ("medqa", lambda f: f[MEDQA][1]["options"].update(A=1), "expected an object of strings"),
    ("medqa", lambda f: f.update({MEDQA: []}), "found no records"),
    ("medqa", lambda f: f.update({MEDQA: "[1]\n"}), "line 1: is [1], expected an object"),
    ("medqa", lambda f: f.update({MEDQA: '{"question": "Cut'}), "line 1: not JSON"),
    ("medqa", lambda f: f.update({MEDQA: '{"answer_idx": "A", "answer_idx": "B"}'}), "the same key twice"),
    ("medqa", lambda f: f.update({MEDQA: '{"answer_idx": NaN}'}), "NaN is no JSON"),
    ("medqa", lambda f: f.clear(), "expected phrases_no_exclude_{train,dev,test}.jsonl"),
    ("medmcqa", lambda f: f["dev.json"][1].update(cop=0), "line 2: field 'cop' is 0, expected 1 to 4"),
    ("medmcqa", lambda f: f["dev.json"][0].pop("cop"), "no field 'cop'"),
    ("medmcqa", lambda f: f["dev.json"][0].pop("opc"), "no field 'opc', found 'question, exp, cop, opa, opb, opd"),
    ("medmcqa", lambda f: f["dev.json"][0].update(cop="3"), "field 'cop' is '3', expected a whole number"),
    ("medmcqa", lambda f: f["dev.json"][0].update(cop=True), "field 'cop' is True, expected a whole number"),
    ("mmlu_pro", lambda f: f[MMLU][0].update(options=["a", 1]), "expected a list of strings"),
    ("headqa", lambda f: f[HEAD_EN].update(language="es"), "field 'language' is 'es', expected one of en"),
    ("headqa", lambda f: f[HEAD_EN].update(exams=[]), "field 'exams' is [], expected an object"),
    ("headqa", lambda f: question(f, HEAD_EN).update(answers={}), "expected a list of objects"),
    ("headqa", lambda f: question(f, HEAD_EN).update(ra=2), "field 'ra' is 2, expected a string"),
    ("casimedicos", lambda f: f[CASI_EN][0].update(lang="fr"), "field 'lang' is 'fr', expected one of en"),
    ("pubmedqa", lambda f: f.pop("test_ground_truth.json"), "test_ground_truth.json is missing"),
    ("pubmedqa", lambda f: f["ori_pqal.json"].pop("101"), "found '101', which ori_pqal.json does not have"),
    ("liveqa", lambda f: f.update({LIVEQA: "<a><b></a>"}), "malformed XML"),
    ("liveqa", lambda f: f.update({LIVEQA: "<a/>"}), "found no records"),
    ("liveqa", lambda f: f.update({LIVEQA: "<a><NLM-QUESTION/></a>"}), "expected questionid or qid"),
    ("liveqa", lambda f: f.update({LIVEQA: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "malformed XML"),
    ("expertqa_bio", lambda f: f.pop("r1_data_anon.jsonl"), "expected r1_data_anon.jsonl"),
    ("bionli", lambda f: f.update({"bionli_train.csv": "sentence1\na,b\n"}), "another number of fields"),
    ("bionli", lambda f: f.update({"bionli_train.csv": "a,b\n1,2\n"}), "no field 'sentence1'"),
    ("bionli", lambda f: f.update({"bionli_train.csv": "a,a\n1,2\n"}), "duplicate column name"),
    ("bionli", lambda f: f.update({"bionli_train.csv": 'a,b\n1,"2\n'}), "not a table"),
    ("sample", lambda f: f["items.jsonl"][0].update(split="dev"), "expected one of train, validation, test"),
    ("sample", lambda f: f["items.jsonl"][3].update(language="es"), "expected one of en, fr"),
    ("sample", lambda f: f["items.jsonl"][0].update(task="quiz"), "field 'task' is 'quiz', expected one of"),
]


@pytest.mark.parametrize(("source", "change", "message"), REFUSED)
def test_a_file_that_is_not_in_the_format_is_refused(source: str, change: Change, message: str, tmp_path: Path) -> None:
    folder = changed(source, change, tmp_path)
    with pytest.raises(UserError) as caught:
        parse(source, folder)
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert ": " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_answers_are_found_by_their_number_not_by_their_place(tmp_path: Path) -> None:
    def shuffle(files: Files) -> None:
        for file in (HEAD_ES, HEAD_EN):
            question(files, file)["answers"].reverse()  # type: ignore[attr-defined]

    outcomes = parse("headqa", changed("headqa", shuffle, tmp_path))
    assert answers(outcomes) == FIXTURES["headqa"].answers
    first = next(item for item in items(outcomes) if item.language == "en")
    assert first.options == (
        Option("A", "The tibia."),
        Option("B", "The femur."),
        Option("C", "The radius."),
    )


def test_origins_are_the_publishers(tmp_path: Path) -> None:
    by_language = {item.language: item for item in items(parse("headqa", write(tmp_path, FIXTURES["headqa"].files)))}
    assert (by_language["es"].origin, by_language["es"].engine) == ("original", None)
    assert (by_language["en"].origin, by_language["en"].engine) == (
        "machine",
        "Google Translate, by the publisher",
    )


def test_texts_of_liveqa_are_joined(tmp_path: Path) -> None:
    by_id = {item.id: item for item in items(parse("liveqa", write(tmp_path, FIXTURES["liveqa"].files)))}
    assert by_id["liveqa/train/Q1-S1-A1"].question == "Gout\n\nWhich drinks should I avoid?"
    assert by_id["liveqa/train/Q1-S1-A1"].long_answer == "Beer, above all."
    assert by_id["liveqa/train/train-2/1.0-A1"].question == "Sprain of the ankle: ice or heat?"


def test_texts_of_pubmedqa_and_expertqa(tmp_path: Path) -> None:
    article = items(parse("pubmedqa", write(tmp_path / "p", FIXTURES["pubmedqa"].files)))[0]
    assert article.context == "Of adults, 101 walked daily.\n\nPressure fell by 5 mmHg."
    assert article.long_answer == "Daily walking lowered it somewhat."
    advice = items(parse("expertqa_med", write(tmp_path / "e", FIXTURES["expertqa_med"].files)))[0]
    assert (advice.long_answer, advice.context) == ("Heat kills germs.", None)


def test_trailing_empty_options_are_dropped(tmp_path: Path) -> None:
    case = items(parse("medexpqa", write(tmp_path, FIXTURES["medexpqa"].files)))[0]
    assert [option.label for option in case.options or ()] == ["A", "B", "C"]
    assert case.long_answer


def test_mmlu_pro_as_the_hub_has_it(tmp_path: Path) -> None:
    import polars as pl

    records = FIXTURES["mmlu_pro"].files[MMLU]
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "validation-00000-of-00001.parquet"
    pl.DataFrame(records).write_parquet(file)
    assert answers(parse("mmlu_pro", tmp_path)) == {("en", "mmlu_pro/validation/11"): "Kidney"}
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UserError, match="not a Parquet file"):
        parse("mmlu_pro", tmp_path)


@pytest.mark.parametrize("space", [" ", "\x1c", "\x1f", "\u3000"])
def test_white_space_around_a_number_does_not_count(space: str, tmp_path: Path) -> None:
    """`str.strip` takes more for white space than `int` does."""
    table = (
        FIXTURES["kormedmcqa"]
        .files[KOREAN]
        .replace("뼈,2", f"뼈,{space}2{space}")
        .replace("간,,1", f"간,,{space}1{space}")
    )
    assert answers(parse("kormedmcqa", write(tmp_path, {KOREAN: table}))) == FIXTURES["kormedmcqa"].answers


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.tsv", "train"),
        ("bionli_dev_balanced.tsv", "validation"),
        ("bionli.tsv", "test"),
        ("train_test.tsv", "test"),
    ],
)
def test_bionli_takes_the_split_from_the_name_or_by_hash(name: str, split: str, tmp_path: Path) -> None:
    row = "sentence1\tsentence2\tgold_label\nIron rose by 3.\tIron fell.\tcontradiction\n"
    (item,) = items(parse("bionli", write(tmp_path, {name: row})))
    assert item.split == split
