"""Records in their publishers' own files: the paths and the bytes of every source's repository."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from benchmarks.corpus.published import Corpus, Published
from globmed.languages import ENGLISH

Files = dict[str, bytes]
Columns = dict[str, pl.Expr | str]
#: As publishers call the splits.
OWN = {"train": "train", "validation": "dev", "test": "test"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Questions of an exam.
EXAM = 200
CARD = "---\nlicense: {licence}\n{features}---\n# Made up\n"
#: The card of MedMCQA names the numbers of its keys.
KEYS = """dataset_info:
  features:
  - name: cop
    dtype:
      class_label:
        names: {'0': a, '1': b, '2': c, '3': d}
"""


def repositories(corpus: Corpus) -> Iterator[tuple[str, Files]]:
    """Yield the files of the repository of every folder of sources; of what is handed out, those of the folder."""
    sources = {each.name: each for each in corpus.sources}

    def rows(name: str, language: str | None = None) -> pl.DataFrame:
        return corpus.rows(sources[name], language or sources[name].language)

    yield "medmcqa", _medmcqa(rows("medmcqa"))
    yield "medqa", {"data_clean.zip": _zipped(_medqa(rows("medqa"), rows("medqa_mainland")))}
    yield "headqa", {"data/head-qa-es-en-pdfs.zip": _zipped(_headqa(rows("headqa"), rows("headqa", "spanish")))}
    cases = _cases(sources["medexpqa"], rows)
    yield "medexpqa", {f"data/{tag}/{split}.{tag}.casimedicos.rag.jsonl": _lines(each) for tag, split, each in cases}
    # The other edition of the same records.
    yield (
        "casimedicos",
        {
            f"data/{tag}/{tag}_{split}_casimedicos.jsonl": _lines(
                {"idx": f"{split}-{case.pop('id')}"} | case for case in each
            )
            for tag, split, each in cases
        },
    )
    yield "mmlu_pro", {"data/test-00000-of-00001.parquet": _mmlu_pro(rows("mmlu_pro"), rows("mmlu_pro_other"))}
    yield "kormedmcqa", _by_split(rows("kormedmcqa"), "doctor/{}-00000-of-00001.parquet", _kormedmcqa)
    yield "afrimedqa", {"afri_med_qa_15k.csv": _afrimedqa(rows("afrimedqa"), rows("afrimedqa_consumer"))}
    yield "frenchmedmcqa", _by_split(rows("frenchmedmcqa"), "corpus/{}.json", _frenchmedmcqa)
    yield "igakuqa", _igakuqa(rows("igakuqa"))
    names = {"train": "train", "dev": "val", "test": "test_with_annotations"}
    yield "cmexam", _by_split(rows("cmexam"), "data/{}.csv", _cmexam, names)
    yield "pubmedqa", _pubmedqa(rows("pubmedqa"))
    yield "liveqa", _liveqa(rows("liveqa"))
    yield "expertqa", _expertqa({field: rows(f"expertqa_{field}") for field in ("med", "bio", "other")})
    yield "bionli", _by_split(rows("bionli"), "{}.csv", _bionli)
    yield "mednli", _by_split(rows("mednli"), "mli_{}_v1.jsonl", _mednli)


def _by_split(
    rows: pl.DataFrame, path: str, write: Callable[[pl.DataFrame], bytes], names: Mapping[str, str] | None = None
) -> Files:
    parts = rows.partition_by("split", as_dict=True, maintain_order=True)
    own = {OWN[str(split)]: part for (split,), part in parts.items()}
    return {path.format((names or {}).get(split, split)): write(part) for split, part in own.items()}


def _medmcqa(rows: pl.DataFrame) -> Files:
    def write(part: pl.DataFrame) -> bytes:
        key = pl.when(split="test").then(-1).otherwise(_place("answer"))
        options = [pl.col("options").list.get(place).alias(f"op{letter}") for place, letter in enumerate("abcd")]
        about = {
            "choice_type": pl.lit("single"),
            "subject_name": pl.lit("Made up"),
            "topic_name": pl.lit(None, pl.String),
        }
        return _parquet(
            part.select(id=_id("m"), question="question", cop=key, exp="long_answer", **about).hstack(
                part.select(options)
            )
        )

    names = {"dev": "validation"}
    return {**_by_split(rows, "data/{}-00000-of-00001.parquet", write, names), "README.md": _card("mit", KEYS)}


def _medqa(states: pl.DataFrame, mainland: pl.DataFrame) -> Files:
    def write(part: pl.DataFrame, info: str) -> bytes:
        options, right = _lettered(part), pl.col("options").list.get(_place("answer"))
        return _ndjson(part.select("question", options, answer=right, meta_info=pl.lit(info), answer_idx="answer"))

    us = _by_split(
        states, "data_clean/questions/US/4_options/phrases_no_exclude_{}.jsonl", lambda part: write(part, "step1")
    )
    return us | _by_split(mainland, "data_clean/questions/Mainland/{}.jsonl", lambda part: write(part, "内科"))


def _headqa(english: pl.DataFrame, spanish: pl.DataFrame) -> Files:
    def write(part: pl.DataFrame, language: str) -> bytes:
        exams: dict[str, Any] = {}
        for row in part.iter_rows(named=True):
            name = f"Exam_{row['split']}_{row['number'] // EXAM}"
            exam = exams.setdefault(name, {"name": name, "category": "medicine", "year": "2016", "data": []})
            answers = [{"aid": place, "atext": text} for place, text in enumerate(row["options"], 1)]
            right = str(LETTERS.index(row["answer"]) + 1)
            question = {
                "qid": str(row["number"]),
                "qtext": row["question"],
                "ra": right,
                "answers": answers,
                "image": "",
            }
            exam["data"].append(question)
        return _json({"version": "1.0", "language": language, "exams": exams})

    return _by_split(spanish, "HEAD/{}_HEAD.json", lambda part: write(part, "es")) | _by_split(
        english, "HEAD_EN/{}_HEAD_EN.json", lambda part: write(part, "en")
    )


def _cases(source: Published, rows: Callable[[str, str], pl.DataFrame]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return the records by tag and split; the file of each has them in one order."""
    found = []
    for language, tag in ((ENGLISH, "en"), ("spanish", "es"), ("french", "fr")):
        for (split,), part in rows(source.name, language).group_by("split", maintain_order=True):
            found.append((tag, OWN[str(split)], [_case(row, tag) for row in part.iter_rows(named=True)]))
    return found


def _case(row: dict[str, Any], tag: str) -> dict[str, Any]:
    options = {str(place): text for place, text in enumerate(row["options"], 1)}
    about = {"lang": tag, "type": "MADE UP", "year": 2016, "full_question": row["question"], "options": options}
    right = {"correct_option": LETTERS.index(row["answer"]) + 1, "full_answer": row["long_answer"]}
    return {"id": row["number"], **about, **right}


def _mmlu_pro(health: pl.DataFrame, other: pl.DataFrame) -> bytes:
    categories = (("health", health), ("law", other.with_columns(pl.col("number") + len(health))))
    both = pl.concat([part.with_columns(category=pl.lit(name)) for name, part in categories])
    source, index = pl.format("ori_mmlu-{}", "category"), _place("answer")
    columns = ("question", "options", "answer", "category")
    return _parquet(both.select(*columns, question_id="number", answer_index=index, src=source))


def _kormedmcqa(part: pl.DataFrame) -> bytes:
    about: Columns = {
        "subject": pl.lit("doctor"),
        "year": pl.lit(2020),
        "period": pl.lit(1),
        "q_number": pl.col("number"),
    }
    options = [pl.col("options").list.get(place).alias(letter) for place, letter in enumerate("ABCDE")]
    return _parquet(part.select("question", *options, **about, answer=_place("answer") + 1))


def _afrimedqa(experts: pl.DataFrame, consumers: pl.DataFrame) -> bytes:
    def columns(part: pl.DataFrame, kind: str, options: pl.Expr, right: pl.Expr) -> pl.DataFrame:
        about = {"country": pl.lit("NG"), "specialty": pl.lit("Made_Up"), "region_specific": pl.lit("no")}
        own = {"question_type": pl.lit(kind), "answer_options": options, "correct_answer": right}
        return part.select("question", "split", sample_id=_id(kind), answer_rationale="long_answer", **own, **about)

    choices = pl.col("options").map_elements(
        lambda texts: json.dumps({f"option{place}": text for place, text in enumerate(texts, 1)}, ensure_ascii=False),
        return_dtype=pl.String,
    )
    none = pl.lit(None, pl.String)
    asked = columns(experts, "mcq", choices, pl.format("option{}", _place("answer") + 1))
    return pl.concat([asked, columns(consumers, "consumer_queries", none, none)]).write_csv().encode()


def _frenchmedmcqa(part: pl.DataFrame) -> bytes:
    def entry(row: dict[str, Any]) -> dict[str, Any]:
        # Every other question has two right answers, as about two thirds of the real ones have several.
        right = sorted({row["answer"].lower(), "a" if row["number"] % 2 else row["answer"].lower()})
        about = {"id": f"f{row['number']}", "subject_name": "pharmacie", "nbr_correct_answers": len(right)}
        answers = dict(zip("abcde", row["options"], strict=True))
        return {**about, "question": row["question"], "answers": answers, "correct_answers": right}

    return _json([entry(row) for row in part.iter_rows(named=True)])


def _igakuqa(rows: pl.DataFrame) -> Files:
    files = {}
    for (number,), part in rows.group_by(pl.col("number") // EXAM, maintain_order=True):
        exam = f"data/{2018 + int(str(number)) % 5}/{112 + int(str(number)) // 5}-{LETTERS[int(str(number)) % 5]}"
        problem = pl.format("{}-{}", pl.lit(exam.replace("/", "-")), "number")
        right = pl.concat_list(pl.col("answer").str.to_lowercase())
        columns: Columns = {
            "problem_id": problem,
            "problem_text": "question",
            "choices": "options",
            "text_only": pl.lit(True),
            "answer": right,
        }
        files[f"{exam}.jsonl"] = _ndjson(part.select(**columns))
        files[f"{exam}_metadata.jsonl"] = _ndjson(part.select(problem_id=problem, category=pl.lit("内科")))
    return files


def _cmexam(part: pl.DataFrame) -> bytes:
    lines = pl.col("options").map_elements(
        lambda texts: "\n".join(f"{letter} {text}" for letter, text in zip(LETTERS, texts, strict=False)),
        return_dtype=pl.String,
    )
    columns: Columns = {"Question": "question", "Options": lines, "Answer": "answer", "Explanation": "long_answer"}
    return part.select(**columns).write_csv().encode()


def _pubmedqa(rows: pl.DataFrame) -> Files:
    records = {
        str(10_000_000 + row["number"]): {
            "QUESTION": row["question"],
            "CONTEXTS": [row["context"]],
            "LABELS": ["RESULTS"],
            "MESHES": [],
            "YEAR": "2016",
            "final_decision": row["answer"],
            "LONG_ANSWER": row["long_answer"],
        }
        for row in rows.iter_rows(named=True)
    }
    test = rows.filter(split="test").select((pl.col("number") + 10_000_000).cast(pl.String), "answer")
    return {"data/ori_pqal.json": _json(records), "data/test_ground_truth.json": _json(dict(test.rows()))}


def _liveqa(rows: pl.DataFrame) -> Files:
    def train(row: dict[str, Any]) -> str:
        answer = f'<ANSWER answerid="Q{row["number"]}-A1">{escape(row["long_answer"])}</ANSWER>'
        answers = f"<SUB-QUESTIONS><SUB-QUESTION><ANSWERS>{answer}</ANSWERS></SUB-QUESTION></SUB-QUESTIONS>"
        return f'<NLM-QUESTION questionid="Q{row["number"]}">{asked(row)}{answers}</NLM-QUESTION>'

    def test(row: dict[str, Any]) -> str:
        answer = f'<ReferenceAnswer aid="TQ{row["number"]}A1"><ANSWER>{escape(row["long_answer"])}</ANSWER>'
        answers = f"<ReferenceAnswers>{answer}</ReferenceAnswer></ReferenceAnswers>"
        question = f"<Original-Question>{asked(row)}</Original-Question>"
        return f'<NLM-QUESTION qid="TQ{row["number"]}">{question}{answers}</NLM-QUESTION>'

    def asked(row: dict[str, Any]) -> str:
        return f"<SUBJECT></SUBJECT><MESSAGE>{escape(row['question'])}</MESSAGE>"

    def document(split: str, write: Callable[[dict[str, Any]], str]) -> bytes:
        made = "\n".join(write(row) for row in rows.filter(split=split).iter_rows(named=True))
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Set>\n{made}\n</Set>\n'.encode()

    folder = "TrainingDatasets/TREC-2017-LiveQA-Medical-Train-1.xml"
    return {folder: document("train", train), "TestDataset/TREC-2017-LiveQA-Medical-Test.xml": document("test", test)}


def _expertqa(fields: Mapping[str, pl.DataFrame]) -> Files:
    names = {"med": "Healthcare / Medicine", "bio": "Biology", "other": "Law"}
    every = pl.concat([part.with_columns(field=pl.lit(names[name])) for name, part in fields.items()])
    order = every.with_columns(pl.int_range(pl.len()).over("split").alias("example_id"))

    def write(part: pl.DataFrame) -> bytes:
        return _ndjson(part.select("example_id", "question", answer=pl.format("<Answer> {}", "long_answer")))

    field = pl.struct(field="field", specific_field=pl.lit("Made up"))
    index = {"data/r1_data_anon.jsonl": _ndjson(every.select("question", metadata=field))}
    return _by_split(order, "data/lfqa/rand_lfqa_{}.json", write, {"dev": "val"}) | index


def _bionli(part: pl.DataFrame) -> bytes:
    label = pl.col("answer").replace_strict({"entailment": "pos", "contradiction": "posToNeg"})
    return part.select(supp_set="premise", conclusion="hypothesis", label_cat=label).write_csv().encode()


def _mednli(part: pl.DataFrame) -> bytes:
    return _ndjson(part.select(pairID=_id("p"), sentence1="premise", sentence2="hypothesis", gold_label="answer"))


def _place(letter: str) -> pl.Expr:
    """Return the place of a letter, from 0."""
    return pl.col(letter).replace_strict({each: place for place, each in enumerate(LETTERS)}, return_dtype=pl.Int64)


def _id(prefix: str) -> pl.Expr:
    return pl.format("{}{}", pl.lit(prefix), "number")


def _lettered(part: pl.DataFrame) -> pl.Expr:
    most = int(str(part["options"].list.len().max()))
    return pl.struct(pl.col("options").list.get(place).alias(LETTERS[place]) for place in range(most)).alias("options")


def _card(licence: str, features: str = "") -> bytes:
    return CARD.format(licence=licence, features=features).encode()


def _parquet(frame: pl.DataFrame) -> bytes:
    made = io.BytesIO()
    frame.write_parquet(made)
    return made.getvalue()


def _ndjson(frame: pl.DataFrame) -> bytes:
    return frame.write_ndjson().encode()


def _lines(records: Sequence[dict[str, Any]] | Iterator[dict[str, Any]]) -> bytes:
    return b"".join(_json(record) + b"\n" for record in records)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _zipped(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            # Without the moment: the same records are the same bytes.
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
