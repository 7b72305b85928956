"""HEAD-QA, examinations for specialised positions in the Spanish health system.

Layouts: the publisher's JSON ``HEAD/{train,dev,test}_HEAD.json`` (the Spanish original) and
``HEAD_EN/{train,dev,test}_HEAD_EN.json`` (its translation by Google's API), also in ``HEAD.zip``: ``language`` and
``exams``, by name, each with ``category``, ``year`` and ``data``: ``qid``, ``qtext``, ``answers`` (``aid``,
``atext``), ``ra`` (the right ``aid``, as a string) and ``image`` (empty, or a path); and one row per question with the
exam's ``name``, ``category`` and ``year``, as Parquet on the Hub, where ``qid`` and ``ra`` are numbers.
https://github.com/aghie/head-qa, whose files say version 1.0.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.answers import label
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, in_parallel, letter, lettered, stable_id

FILES = r"(?:.*/)?(HEAD|HEAD_EN)/(train|dev|test)_\1\.json"
LANGUAGES = {"HEAD": "es", "HEAD_EN": "en"}
#: Of the exam, and not of each question.
ABOUT = ("category", "year")
#: The examinations for residents of each profession, by ``category``.
EXAMS = {"biology": "BIR", "nursery": "EIR", "pharmacology": "FIR", "medicine": "MIR", "psychology": "PIR"} | {
    "chemistry": "QIR"
}
#: Exams whose keys are those of another version. Of the questions that CasiMedicos has too, with its doctors'
#: keys, 13 of 39 agree in this exam, as many as chance gives; in the other medical exams 129 of 145 do.
WRONG_KEYS = frozenset({"Cuaderno_2017_1_M"})


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return in_parallel(_keyed(source, folder))


def _keyed(source: Source, folder: Folder) -> Iterator[tuple[str, Outcome]]:
    for found in KNOWN.find(folder):
        part = source.part(found.file, found.split or "", found.language or "")
        for record in folder.records(found.file, found.layout.read(folder, found.file)):
            yield f"{part.split}/{record.where}", _outcome(part, record)


def _exams(folder: Folder, file: str) -> Iterator[Record]:
    """Yield the questions of a document, placed by their ids."""
    document = folder.json(file)
    if match := re.fullmatch(FILES, file):
        document.choice("language", [LANGUAGES[match[1]]])
    exams = document.record("exams")
    for name in exams.fields:
        exam = exams.record(name)
        about = {key: exam.fields.get(key) for key in ABOUT}
        for question in exam.records("data"):
            place = stable_id(f"{name}/{question.text('qid')}")
            yield Record({**question.fields, **about}, question.file, place)


def _flat(folder: Folder, file: str) -> Iterator[Record]:
    """Yield the rows of a table as questions of a document are."""
    for row in folder.rows(file):
        name, number, right = row.text("name").strip(), row.numeral("qid"), row.numeral("ra")
        image = row.fields.get("image") or ""
        path = image.get("path") or "a picture" if isinstance(image, dict) else image
        fields = {**row.fields, "ra": right, "image": path}
        yield Record(fields, row.file, stable_id(f"{name}/{number}"), typed=row.typed)


def _outcome(part: Part, record: Record) -> Outcome:
    answers = [(answer.whole("aid"), answer.text("atext")) for answer in record.records("answers")]
    answers.sort(key=itemgetter(0))
    numbers = [str(number) for number, _ in answers]
    right = label(record.text("ra"))
    if record.text("image").strip():
        return part.reject(record.where, Reason.IMAGE, record.text("image"), record.where)
    if record.where.partition("/")[0] in WRONG_KEYS:
        return part.reject(record.where, Reason.SHIFTED_KEYS, record_id=record.where)
    if len(set(numbers)) < len(numbers):
        return part.reject(record.where, Reason.CONFLICTING_KEY, "two answers have one number", record.where)
    content = Content(
        question=record.text("qtext"),
        options=lettered(text for _, text in answers),
        answer=letter(numbers.index(right)) if right in numbers else None,
        more=_exam(record),
    )
    return part.outcome(record.where, record.where, content)


def _exam(record: Record) -> Mapping[str, object]:
    subject = record.note("category")
    return {"subject": subject, "country": "ES", "year": record.year("year"), "exam": EXAMS.get(subject or "")}


KNOWN: Known[Callable[[Folder, str], Iterator[Record]]] = Known(
    layouts=(
        Layout("the publisher's", ("language", "exams"), _exams),
        Layout("the Hub's", ("name", "qid", "qtext", "answers", "ra"), _flat),
    ),
    names=FILES,
    expected="HEAD/{train,dev,test}_HEAD.json or the same in HEAD_EN",
    languages={"es": "es", "en": "en"},
)

HEADQA = Source(
    name="headqa",
    title="HEAD-QA",
    task="mcqa",
    upstream="https://github.com/aghie/head-qa",
    revision="1.0",
    folder="headqa",
    licence="MIT",
    publish="public",
    publish_reason="the publisher's LICENSE file is MIT",
    citation="""@inproceedings{vilares2019head,
  title = {{HEAD-QA}: A Healthcare Dataset for Complex Reasoning},
  author = {Vilares, David and G{\\'o}mez-Rodr{\\'i}guez, Carlos},
  booktitle = {Proceedings of the 57th Annual Meeting of the Association for Computational Linguistics},
  pages = {960--966},
  year = {2019},
  doi = {10.18653/v1/P19-1092}
}""",
    languages={"es": Text("original"), "en": Text("machine", "Google Translate, by the publisher")},
    records={"train": 2_657, "validation": 1_366, "test": 2_742},
    parser=_parse,
    place=Place(
        "hub",
        "dvilares/head_qa",
        "6be594abd481701ec132165d8f74e1a4cc4d06b8",
        files=("data/head-qa-es-en-pdfs.zip",),
        members=("*HEAD/*_HEAD.json", "*HEAD_EN/*_HEAD_EN.json"),
    ),
)
