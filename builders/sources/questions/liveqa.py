"""LiveQA Medical (TREC 2017), consumers' questions and reference answers.

Layouts: the publisher's XML. Training: ``NLM-QUESTION`` (``questionid`` or ``qid``) > ``SUBJECT``, ``MESSAGE``,
``SUB-QUESTIONS`` > ... > ``ANSWER`` (``answerid`` in Train-1 alone). Test: ``NLM-QUESTION`` (``qid``) >
``Original-Question`` > ``SUBJECT``, ``MESSAGE``; ``ReferenceAnswers`` > ``ReferenceAnswer`` or ``RefAnswer``
(``aid``) > ``ANSWER``. The test file with summaries has the same pairs again. Copies on the Hub have a row per pair
(``questionid``, ``subject``, ``message``, ``answerid``, ``answer``), or per question of the test
(``ORIGINAL_QUESTION_ID``, ``_SUBJECT``, ``_MESSAGE``, and ``REFERENCE_ANSWERS`` with ``ANSWERID`` and ``ANSWER``).
https://github.com/abachaa/LiveQA_MedicalTask_TREC2017

A record is a pair of a question and one of its answers; a question without any is one record.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from builders.sources.item import Outcome
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import SPLIT_OF, Content, Part, Source, Text, stable_id
from globmed.errors import UserError

FILES = r"(?:.*/)?TREC-2017-LiveQA-Medical-(Train|Test)(-\d+|-Questions-w-summaries)?\.xml"
EXPECTED = "TREC-2017-LiveQA-Medical-{Train-1,Train-2,Test}.xml"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with one of its answers, with the id of the pair."""

    id: str
    subject: str
    message: str
    answer: str


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    if not any(re.fullmatch(FILES, name) for name in folder.names()) and folder.tables():
        yield from _parse_tables(source, folder)
        return
    for match in folder.find(FILES, EXPECTED):
        file, kind = match.string, match[1].lower()
        part = source.part(file, SPLIT_OF[kind])
        pairs = _pairs(folder.xml(file), f"{kind}{match[2] or ''}", str(folder.path / file))
        for pair in folder.records(file, pairs):
            yield _outcome(part, pair)


def _parse_tables(source: Source, folder: Folder) -> Iterator[Outcome]:
    for found in KNOWN.find(folder):
        part = source.part(found.file, found.split or "")
        for pair in folder.records(found.file, found.layout.read(folder.rows(found.file), part.split)):
            yield _outcome(part, pair)


def _rows(records: Iterable[Record], split: str) -> Iterator[Pair]:
    for record in records:
        # The second training file numbers its questions and none of its answers.
        answer_id = record.text_or_none("answerid") or f"{split}-2/{record.text('questionid')}-A1"
        subject, message, answer = (record.text_or_none(name) or "" for name in ("subject", "message", "answer"))
        yield Pair(answer_id, _flowing(subject), _flowing(message), _flowing(answer))


def _questions(records: Iterable[Record], split: str) -> Iterator[Pair]:
    for record in records:
        question_id = record.text("ORIGINAL_QUESTION_ID")
        subject, message = (
            _flowing(record.text_or_none(f"ORIGINAL_QUESTION_{name}") or "") for name in ("SUBJECT", "MESSAGE")
        )
        answers = record.records("REFERENCE_ANSWERS")
        for place, answer in enumerate(answers, 1):
            answer_id = answer.text_or_none("ANSWERID") or f"{split}/{question_id}-A{place}"
            yield Pair(answer_id, subject, message, _flowing(answer.text_or_none("ANSWER") or ""))
        if not answers:
            yield Pair(f"{split}/{question_id}", subject, message, "")


KNOWN: Known[Callable[[Iterable[Record], str], Iterator[Pair]]] = Known(
    layouts=(
        Layout("rows", ("questionid", "subject", "message", "answer"), _rows),
        Layout("test", ("ORIGINAL_QUESTION_ID", "ORIGINAL_QUESTION_MESSAGE", "REFERENCE_ANSWERS"), _questions),
    ),
    names=r"(?!)",
    expected=EXPECTED,
)


def _pairs(root: Element, prefix: str, file: str) -> Iterator[Pair]:
    for number, question in enumerate(root.iter("NLM-QUESTION"), 1):
        question_id = question.get("questionid") or question.get("qid")
        if not question_id:
            raise UserError(
                f"{file}: NLM-QUESTION {number} has the attributes {sorted(question.attrib)}, expected "
                "questionid or qid: download the file again"
            )
        subject, message = (_text(question.find(f".//{tag}")) for tag in ("SUBJECT", "MESSAGE"))
        answers = list(_answers(question))
        for place, (answer_id, answer) in enumerate(answers, 1):
            yield Pair(answer_id or f"{prefix}/{question_id}-A{place}", subject, message, _text(answer))
        if not answers:
            yield Pair(f"{prefix}/{question_id}", subject, message, "")


def _answers(question: Element) -> Iterator[tuple[str | None, Element | None]]:
    for element in question.iter():
        if element.tag in ("ReferenceAnswer", "RefAnswer"):
            yield element.get("aid"), element.find("ANSWER")
        elif element.tag == "ANSWERS":
            yield from ((answer.get("answerid"), answer) for answer in element.iter("ANSWER"))


def _outcome(part: Part, pair: Pair) -> Outcome:
    # Many messages begin with their subject.
    repeated = pair.message.lower().startswith(pair.subject.lower())
    question = pair.message if repeated else f"{pair.subject}\n\n{pair.message}"
    return part.outcome(pair.id, stable_id(pair.id), Content(question=question, long_answer=pair.answer))


def _text(element: Element | None) -> str:
    return "" if element is None else _flowing("".join(element.itertext()))


def _flowing(text: str) -> str:
    """Return a text with the lines that the file's indentation wrapped put together again."""
    return re.sub(r"[ \t]*\n[ \t]+", " ", text.replace("\r\n", "\n")).strip()


LIVEQA = Source(
    name="liveqa",
    title="LiveQA Medical (TREC 2017)",
    task="lfqa",
    upstream="https://github.com/abachaa/LiveQA_MedicalTask_TREC2017",
    revision="TREC 2017",
    folder="liveqa",
    licence="none stated",
    publish="local",
    publish_reason="the publisher states no licence",
    citation="""@inproceedings{benabacha2017overview,
  title = {Overview of the Medical Question Answering Task at {TREC} 2017 {LiveQA}},
  author = {Ben Abacha, Asma and Agichtein, Eugene and Pinter, Yuval and Demner-Fushman, Dina},
  booktitle = {TREC 2017},
  year = {2017}
}""",
    languages={"en": Text("original")},
    parser=_parse,
    # The last commit before the publisher deleted the training files.
    place=Place(
        "git",
        "https://github.com/abachaa/LiveQA_MedicalTask_TREC2017",
        "74d361222a641703edd9874211cd84081bf1b042",
        files=("TrainingDatasets/*.xml", "TestDataset/*.xml"),
    ),
)
