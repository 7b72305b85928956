"""The layouts in which publishers and the Hub's usual copies have a source, each round trip to the same items."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from datasets import ClassLabel, Dataset

from builders.sources.inference.bionli import PERTURBED
from builders.sources.item import Item, Outcome, Reason
from globmed.errors import UserError
from tests.builders.sources.fixtures import FIXTURES, Files, answers, items, parse, rejects, write

Row = dict[str, Any]
#: Rows by the path without a suffix.
Tables = dict[str, list[Row]]


def medqa() -> Tables:
    files = FIXTURES["medqa"].copy()
    return {f"data/{Path(name).stem.rpartition('_')[2]}-00000-of-00001": rows for name, rows in files.items()}


def bigbio_lists() -> Tables:
    tables = {f"med_qa_en_4options_source/{Path(name).name}": rows for name, rows in medqa().items()}
    for row in (row for rows in tables.values() for row in rows):
        row["options"] = [{"key": key, "value": text} for key, text in row["options"].items()]
    return tables


def bigbio_choices() -> Tables:
    return {
        f"med_qa_en_4options_bigbio_qa/{Path(name).name}": [
            {
                "id": str(n),
                "question": row["question"],
                "choices": [*row["options"].values()],
                "answer": [row["answer"]],
            }
            for n, row in enumerate(rows)
        ]
        for name, rows in medqa().items()
    }


def nested() -> Tables:
    def data(row: Row) -> Row:
        right = {"Correct Answer": row["answer"], "Correct Option": row["answer_idx"]}
        return {"Question": row["question"], "Options": row["options"], **right}

    return {name: [{"id": "1f", "data": data(row)} for row in rows] for name, rows in medqa().items()}


def endings() -> Tables:
    return {
        name: [
            {
                "sent1": row["question"],
                "sent2": "",
                **{f"ending{n}": text for n, text in enumerate(row["options"].values())},
                "label": "ABCD".index(row["answer_idx"]),
            }
            for row in rows
        ]
        for name, rows in medqa().items()
    }


def option_texts() -> Tables:
    tables = medqa()
    for row in (row for rows in tables.values() for row in rows):
        row["options"] = list(row["options"].values())
    return tables


def hub_medmcqa() -> Tables:
    files = FIXTURES["medmcqa"].copy()
    validation = [{**row, "cop": row["cop"] - 1} for row in files["dev.json"]]
    test = [{**dict.fromkeys(validation[0]), **row, "cop": -1} for row in files["test.json"]]
    return {"data/validation-00000-of-00001": validation, "data/test-00000-of-00001": test}


def lettered_medmcqa() -> Tables:
    files = FIXTURES["medmcqa"].copy()
    return {"validation": [{**row, "cop": "abcd"[row["cop"] - 1]} for row in files["dev.json"]]}


def hub_headqa(number: Callable[[str], object] = int) -> Tables:
    tables: Tables = {}
    for name, document in FIXTURES["headqa"].copy().items():
        language = "en" if "EN" in name else "es"
        tables[f"{language}/validation-00000-of-00001"] = [
            {
                **{key: exam[key].strip() for key in ("name", "year", "category")},
                **question,
                "qid": number(question["qid"]),
                "ra": number(question["ra"]),
                "image": {"bytes": None, "path": question["image"]} if question["image"] else None,
            }
            for exam in document["exams"].values()
            for question in exam["data"]
        ]
    return tables


def hub_cases(source: str) -> Tables:
    tables = {}
    for name, rows in FIXTURES[source].copy().items():
        split = "train" if "train" in name else "validation"
        for row in rows:
            row["options"] = {key: text or None for key, text in row["options"].items()}
        tables[f"{rows[0]['lang']}/{split}/0000"] = rows
    return tables


def hub_pubmedqa() -> Tables:
    return {
        "pqa_labeled/train-00000-of-00001": [
            {
                "pubid": int(pmid),
                "question": row["QUESTION"],
                "context": {"contexts": row["CONTEXTS"], "labels": row["LABELS"], "meshes": ["Walking"]},
                "long_answer": row["LONG_ANSWER"],
                "final_decision": row["final_decision"],
            }
            for pmid, row in FIXTURES["pubmedqa"].copy()["ori_pqal.json"].items()
        ]
    }


def mmlu_pro() -> Tables:
    (rows,) = FIXTURES["mmlu_pro"].copy().values()
    return {"data/test-00000-of-00001": rows}


def premises(source: str) -> Callable[[], Tables]:
    def tables() -> Tables:
        known: dict[str, list[tuple[str, ...]]] = {
            "bionli": [
                ("train", "Aspirin slowed clotting, in all mice.", "Aspirin slows clotting.", "entailment"),
                ("train", "Aspirin slowed clotting.", "Aspirin speeds clotting.", "contradiction"),
                ("test", "Zinc rose.", "Zinc fell.", "contradiction"),
            ],
            "mednli": [
                ("validation", row["sentence1"], row["sentence2"], row["gold_label"], row["pairID"])
                for row in FIXTURES["mednli"].copy()["mli_dev_v1.jsonl"]
            ],
        }
        made: Tables = {}
        for split, premise, hypothesis, label, *name in known[source]:
            row = {"id": name[0] if name else "", "premise": premise, "hypothesis": hypothesis, "label": label}
            made.setdefault(f"{source}_bigbio_te/{split}-00000-of-00001", []).append(row)
        return made

    return tables


def own_bionli() -> Tables:
    kinds = {"entailment": "pos", "contradiction": "swap_number"}
    return {
        name.replace("bionli_bigbio_te/", ""): [
            {
                "index": n,
                "pmid": 7,
                "supp_set": row["premise"],
                "conclusion": row["hypothesis"].replace("Aspirin", "<re> Aspirin <er>"),
                "label_cat": kinds[row["label"]],
            }
            for n, row in enumerate(rows)
        ]
        for name, rows in premises("bionli")().items()
    }


def lfqa() -> Tables:
    files = FIXTURES["expertqa_med"].copy()
    return {
        "lfqa_random/validation/0000": files["rand_lfqa_val.json"],
        "main/train/r2_compiled": [{**row, "answers": {"gpt4": None}} for row in files["r1_data_anon.jsonl"]],
    }


def french_table() -> Tables:
    return {
        "DEFT-2023-FULL/tsv/dev": [
            {
                **{name: row[name] for name in ("id", "question")},
                **{f"answers.{letter}": text for letter, text in row["answers"].items()},
                "correct_answers": "|".join(row["correct_answers"]),
            }
            for row in FIXTURES["frenchmedmcqa"].copy()["corpus/dev.json"]
        ]
    }


def french() -> Tables:
    return {"data/validation-00000-of-00001": FIXTURES["frenchmedmcqa"].copy()["corpus/dev.json"]}


def mainland() -> Tables:
    rows = FIXTURES["medqa_mainland"].copy()["questions/Mainland/train.jsonl"]
    return {"Mainland/train": [{**row, "options": list(row["options"].values())} for row in rows]}


def korean() -> Tables:
    header, *lines = FIXTURES["kormedmcqa"].files["doctor-dev.csv"].splitlines()
    rows: list[Row] = [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]
    for row in rows:
        row.update({name: int(row[name]) for name in ("year", "period", "q_number", "answer")}, E=row["E"] or None)
    return {"doctor/dev-00000-of-00001": rows}


def chinese() -> Tables:
    options = [{"key": key, "value": text} for key, text in zip("ABC", ("胰腺", "肾脏", "脾脏"), strict=True)]
    row = {"Question": "产生胰岛素的器官是", "Options": options, "Answer": "A", "Explanation": "胰岛素由胰腺产生。"}
    return {"data/test": [row]}


def african() -> Tables:
    lines = io.StringIO(FIXTURES["afrimedqa"].files["afri_med_qa_15k.csv"])
    return {
        "data/train-00000-of-00001": [
            {name: text or None for name, text in row.items()} for row in csv.DictReader(lines)
        ]
    }


def japanese() -> Tables:
    return {"data/2031/125-A": FIXTURES["igakuqa"].copy()["data/2031/125-A.jsonl"]}


LAYOUTS: dict[str, list[Callable[[], Tables]]] = {
    "medqa": [medqa, bigbio_lists, bigbio_choices, nested, endings, option_texts],
    "medmcqa": [lettered_medmcqa],
    "mmlu_pro": [mmlu_pro],
    "headqa": [hub_headqa, lambda: hub_headqa(str)],
    "casimedicos": [lambda: hub_cases("casimedicos")],
    "medexpqa": [lambda: hub_cases("medexpqa")],
    "pubmedqa": [hub_pubmedqa],
    "bionli": [premises("bionli"), own_bionli],
    "mednli": [premises("mednli")],
    "expertqa_med": [lfqa],
    "expertqa_bio": [lfqa],
    "frenchmedmcqa": [french, french_table],
    "medqa_mainland": [mainland],
    "kormedmcqa": [korean],
    "cmexam": [chinese],
    "afrimedqa": [african],
    "igakuqa": [japanese],
}


def as_lines(path: Path, rows: list[Row]) -> None:
    path.with_suffix(".jsonl").write_text("\r\n".join(json.dumps(row) for row in rows), "utf-8-sig")


def as_array(path: Path, rows: list[Row]) -> None:
    path.with_suffix(".json").write_text(json.dumps(rows, indent=1), "utf-8")


def as_object(path: Path, rows: list[Row]) -> None:
    path.with_suffix(".json").write_text(json.dumps({str(n): row for n, row in enumerate(rows)}), "utf-8")


def as_parquet(path: Path, rows: list[Row]) -> None:
    Dataset.from_list(rows).to_parquet(path.with_suffix(".parquet"))


def as_csv(path: Path, rows: list[Row], separator: str = ",", write_value: Callable[[Any], str] = json.dumps) -> None:
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    table.writerow(f"{name} " for name in rows[0])
    for row in rows:
        table.writerow(write_value(value) if isinstance(value, dict | list) else value for value in row.values())
    path.with_suffix(".csv" if separator == "," else ".tsv").write_text(text.getvalue(), "utf-8-sig", newline="")


def as_tsv(path: Path, rows: list[Row]) -> None:
    as_csv(path, rows, "\t", repr)


FORMATS = (as_lines, as_array, as_object, as_parquet, as_csv, as_tsv)


def in_format(folder: Path, tables: Tables, form: Callable[[Path, list[Row]], None]) -> Path:
    for name, rows in tables.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        form(folder / name, rows)
    return folder


def test_thirty_published_layouts_are_read_and_two_of_every_source() -> None:
    """The publisher's own files are one each; LiveQA as rows is below."""
    published = [name for name in FIXTURES if name != "sample"]
    assert set(published) - {"liveqa"} == LAYOUTS.keys()
    assert len(published) + sum(map(len, LAYOUTS.values())) >= 30


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("source", "number"), [(name, n) for name, made in LAYOUTS.items() for n in range(len(made))])
def test_a_layout_gives_the_same_items(
    source: str, number: int, form: Callable[[Path, list[Row]], None], tmp_path: Path
) -> None:
    tables = LAYOUTS[source][number]()
    folder = in_format(tmp_path, tables, form)
    if source == "pubmedqa":
        write(tmp_path, {"test_ground_truth.json": {"101": "yes"}})
    wanted = texts(parse(source, write(tmp_path / "publisher's", FIXTURES[source].files)))
    for path in (tmp_path / "publisher's").rglob("*.*"):
        path.unlink()
    assert texts(parse(source, folder)) == wanted


def texts(outcomes: list[Outcome]) -> dict[tuple[str, str], tuple[object, ...]]:
    """What the items say, by language and id."""

    def said(item: Item) -> tuple[object, ...]:
        question = (item.question, item.context, item.premise, item.hypothesis, item.options)
        return (*question, item.answer, item.long_answer, item.origin)

    return {(item.language, item.id): said(item) for item in items(outcomes)}


def zipped(folder: Path, files: Files, inside: str = "data_clean/questions") -> Path:
    write(folder / "unpacked", files)
    with zipfile.ZipFile(folder / "data_clean.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / "unpacked").rglob("*.*")):
            name = path.relative_to(folder / "unpacked").as_posix()
            archive.write(path, f"{inside}/{name}")
            path.unlink()
        archive.writestr("__MACOSX/data_clean/._questions", b"\0\1")
    return folder


@pytest.mark.parametrize("source", [name for name in FIXTURES if name not in ("sample", "pubmedqa")])
def test_the_publishers_files_in_an_archive_give_the_same_items(source: str, tmp_path: Path) -> None:
    folder = zipped(tmp_path, FIXTURES[source].copy())
    assert answers(parse(source, folder)) == FIXTURES[source].answers


def test_of_medqas_archive_only_its_american_questions_with_four_options_are_taken(tmp_path: Path) -> None:
    files = FIXTURES["medqa"].copy()
    (record,) = files["US/4_options/phrases_no_exclude_dev.jsonl"]
    five = {**record, "options": {**record["options"], "E": "Xenon"}}
    chinese = {**record, "question": "下列哪种气体由血红蛋白运输？"}
    others = {
        "US/dev.jsonl": [five],
        "US/US_qbank.jsonl": [five],
        "Mainland/4_options/phrases_no_exclude_test.jsonl": [chinese],
        "Taiwan/tw_translated_jsonl/en/test-2en.jsonl": [chinese],
    }
    assert answers(parse("medqa", zipped(tmp_path, {**others, **files}))) == FIXTURES["medqa"].answers


def class_labels(folder: Path, *, named: bool) -> Path:
    """The Hub's Parquet files of MedMCQA, where ``cop`` counts from 0."""
    for name, rows in hub_medmcqa().items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Dataset.from_list(rows)
        if named:
            made.cast_column("cop", ClassLabel(names=["a", "b", "c", "d"])).to_parquet(path)
        else:
            pl.DataFrame(rows).write_parquet(path)
    return folder


@pytest.mark.parametrize("named", [True, False])
def test_a_class_label_counts_from_zero(named: bool, tmp_path: Path) -> None:
    outcomes = parse("medmcqa", class_labels(tmp_path, named=named))
    assert answers(outcomes) == FIXTURES["medmcqa"].answers
    assert [reject.reason for reject in rejects(outcomes)] == [Reason.NO_CORRECT_ANSWER]


CARD = """---
license: apache-2.0
dataset_info:
  features:
  - name: id
    dtype: string
  - name: cop
    dtype:
      class_label:
        names:
          '0': a
          '1': b
          '2': c
          '3': d
---
# MedMCQA
"""


def test_the_card_names_the_numbers_of_lines(tmp_path: Path) -> None:
    folder = in_format(tmp_path, hub_medmcqa(), as_lines)
    with pytest.raises(UserError, match="field 'cop' is 0, expected 1 to 4"):
        parse("medmcqa", folder)
    (folder / "README.md").write_text(CARD, "utf-8")
    assert answers(parse("medmcqa", folder)) == FIXTURES["medmcqa"].answers


@pytest.mark.parametrize(
    ("label", "names", "found"),
    [
        (1, ["entailment", "neutral", "contradiction"], ["neutral"]),
        (2, ["entailment", "neutral", "contradiction"], ["contradiction"]),
        (-1, ["entailment", "neutral", "contradiction"], []),
    ],
)
def test_the_number_of_a_class_is_its_name(label: int, names: list[str], found: list[str], tmp_path: Path) -> None:
    row = {"id": "a-9", "premise": "He sleeps.", "hypothesis": "He dreams.", "label": label}
    path = tmp_path / "test.parquet"
    Dataset.from_list([row]).cast_column("label", ClassLabel(names=names)).to_parquet(path)
    assert [item.answer for item in items(parse("mednli", tmp_path))] == found


def test_a_number_without_a_name_is_refused(tmp_path: Path) -> None:
    row = {"id": "a-9", "premise": "He sleeps.", "hypothesis": "He dreams.", "label": 1}
    with pytest.raises(UserError, match="field 'label' is 1, expected a text, or a number that the Parquet's features"):
        parse("mednli", in_format(tmp_path, {"test": [row]}, as_lines))


KINDS = sorted(PERTURBED)


def test_every_kind_of_bionli_is_a_label(tmp_path: Path) -> None:
    kinds = ["pos", *KINDS, "SET", "mystery"]
    rows = [{"supp_set": f"Zinc rose by {n}.", "conclusion": "Zinc rose.", "label_cat": k} for n, k in enumerate(kinds)]
    outcomes = parse("bionli", in_format(tmp_path, {"dev_balanced": rows}, as_csv))
    assert [item.answer for item in items(outcomes)] == ["entailment", *["contradiction"] * len(KINDS)]
    assert [reject.reason for reject in rejects(outcomes)] == [Reason.UNKNOWN_LABEL] * 2
    assert rejects(outcomes)[0].detail.startswith("SET")
    assert {item.split for item in items(outcomes)} == {"validation"}


def test_the_compiled_answers_of_expertqa_are_those_of_its_splits(tmp_path: Path) -> None:
    said = {"answer_string": "Germs die. [1]", "revised_answer_string": "<Answer> Heat [2]kills\ngerms."}
    rows = [
        {
            "question": "Why boil water?",
            "annotator_id": "7",
            "answers": {"gpt4": said, "bing_chat": None},
            "metadata": {"field": "Healthcare / Medicine"},
        },
        {"question": "What is a tort?", "annotator_id": "8", "answers": {"gpt4": said}, "metadata": {"field": "Law"}},
        {"question": "Why rest?", "annotator_id": "8", "answers": {}, "metadata": {"field": "Medicine"}},
    ]
    outcomes = parse("expertqa_med", in_format(tmp_path, {"r2_compiled_anon": rows}, as_lines))
    assert [(item.question, item.long_answer) for item in items(outcomes)] == [("Why boil water?", "Heat kills germs.")]
    assert [reject.reason for reject in rejects(outcomes)] == [Reason.OUTSIDE_FIELD, Reason.NO_REFERENCE]


def test_liveqa_as_rows(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"questionid": "Q1", "subject": "Gout", "message": "Which drinks should I avoid?", "answerid": "Q1-S1-A1",
         "answer": "Beer, above\n    all."},
        {"questionid": "1.0", "subject": "sprain", "message": "Sprain of the ankle: ice or heat?", "answerid": None,
         "answer": "Ice on the first day."},
    ]  # fmt: skip
    test: list[Row] = [
        {"ORIGINAL_QUESTION_ID": "TQ1", "ORIGINAL_QUESTION_SUBJECT": "Iron", "ORIGINAL_QUESTION_MESSAGE": "With tea?",
         "REFERENCE_ANSWERS": [{"ANSWERID": "TQ1A1", "ANSWER": "No: tea hinders it."}]},
        {"ORIGINAL_QUESTION_ID": "TQ2", "ORIGINAL_QUESTION_SUBJECT": "Zinc", "ORIGINAL_QUESTION_MESSAGE": "",
         "REFERENCE_ANSWERS": []},
    ]  # fmt: skip
    tables: Tables = {"train": rows, "test": test}
    wanted = texts(parse("liveqa", write(tmp_path / "xml", FIXTURES["liveqa"].files)))
    outcomes = parse("liveqa", in_format(tmp_path / "rows", tables, as_lines))
    assert texts(outcomes).items() <= wanted.items()
    assert {key for _, key in texts(outcomes)} == {"liveqa/train/Q1-S1-A1", "liveqa/train/train-2/1.0-A1",
                                                   "liveqa/test/TQ1A1"}  # fmt: skip


def test_the_hubs_copy_of_pubmedqa_knows_the_official_test(upstream: Path, tmp_path: Path) -> None:
    articles = json.loads((upstream / "pubmedqa" / "ori_pqal.json").read_text("utf-8"))
    rows = [
        {
            "pubid": int(pmid),
            "question": row["QUESTION"],
            "context": {"contexts": row["CONTEXTS"]},
            "long_answer": row["LONG_ANSWER"],
            "final_decision": row["final_decision"],
        }
        for pmid, row in articles.items()
    ]
    folder = in_format(tmp_path, {"pqa_labeled/train-00000-of-00001": rows}, as_parquet)
    assert texts(parse("pubmedqa", folder)) == texts(parse("pubmedqa", upstream / "pubmedqa"))


def test_of_a_part_of_pubmedqa_every_article_is_held_out(tmp_path: Path) -> None:
    outcomes = parse("pubmedqa", in_format(tmp_path, hub_pubmedqa(), as_parquet))
    assert [(item.split, item.answer) for item in items(outcomes)] == [
        ("test", "yes"),
        ("test", "no"),
        ("test", "maybe"),
    ]


def test_bionlis_perturbations_of_an_abstract_are_in_its_split(tmp_path: Path) -> None:
    rows = [
        {"supp_set": f"Zinc rose by {n}.", "conclusion": text, "label_cat": kind}
        for n in range(40)
        for text, kind in ((f"Zinc rose to {n}.", "pos"), (f"Zinc fell to {n}.", "LPR"))
    ]
    found = items(parse("bionli", in_format(tmp_path, {"entailment_data": rows}, as_csv)))
    assert len({item.split for item in found}) > 1
    assert len({(item.premise, item.split) for item in found}) == 40


def test_what_the_publishers_files_do_not_have_comes_from_copies(tmp_path: Path) -> None:
    files = FIXTURES["medqa"].copy()
    del files["US/4_options/phrases_no_exclude_dev.jsonl"]
    folder = in_format(write(tmp_path, files), medqa(), as_parquet)
    outcomes = parse("medqa", folder)
    assert answers(outcomes) == FIXTURES["medqa"].answers
    assert rejects(outcomes) == []


REFUSED: list[tuple[str, Files, str]] = [
    ("medqa", {"train.jsonl": [{"stem": "?", "choices": ["a"]}]}, "line 1: no field 'question', found 'stem, choices'"),
    ("medqa", {"train.jsonl": [{"stem": "?"}]}, "expected one of the layouts the publisher's (question, options,"),
    ("medqa", {"all.jsonl": [{"question": "?", "choices": ["a", "b"], "answer": ["a"]}]}, "its path names no split"),
    ("medqa", {"train.jsonl": "{"}, "line 1: not JSON"),
    ("headqa", {"validation.jsonl": [{"name": "C", "qid": 1, "qtext": "¿?", "answers": [], "ra": 1}]},
     "neither its path nor a field names one of its source's languages, expected es, en"),
    ("medexpqa", {"it/test.jsonl": [{"id": 1, "lang": "it", "full_question": "?", "options": {}, "correct_option": 1}]},
     "expected es, en, fr"),
    ("pubmedqa", {"pqa_labeled/train.jsonl": [{"pubid": 1}]}, "no field 'question', found 'pubid', expected one of"),
    ("bionli", {"train.csv": "supp_set,conclusion\nZinc rose.,Zinc rose.\n"}, "no field 'label_cat'"),
    ("expertqa_med", {"r1_data_anon.jsonl": [{"question": "?", "metadata": {"field": "Law"}}]},
     "expected rand_lfqa_{train,val,test}.json, or a copy in one of the layouts"),
    ("liveqa", {"train.csv": "a,b\n1,2\n"}, "no field 'questionid'"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "files", "message"), REFUSED)
def test_what_has_no_layout_is_refused_with_those_that_are_known(
    source: str, files: Files, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError) as caught:
        parse(source, write(tmp_path, files))
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_has_no_layout_beside_the_sources_files_is_not_used(tmp_path: Path) -> None:
    others = {"dataset_infos.json": {"a": 1}, "US/broken.json": "{", "US/train.jsonl": [{"stem": "?"}]}
    outcomes = parse("medqa", write(tmp_path, {**FIXTURES["medqa"].copy(), **others}))
    assert answers(outcomes) == FIXTURES["medqa"].answers


def test_a_copy_that_was_cut_off_is_no_other_file(tmp_path: Path) -> None:
    folder = in_format(tmp_path, medqa(), as_parquet)
    path = folder / "data" / "dev-00000-of-00001.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match="not a Parquet file"):
        parse("medqa", folder)
