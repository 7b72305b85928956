"""LiveQA Medical (TREC 2017), consumers' questions and reference answers.

Format: XML. Training: ``NLM-QUESTION`` (``questionid`` or ``qid``) > ``SUBJECT``, ``MESSAGE``,
``SUB-QUESTIONS`` > ... > ``ANSWER`` (``answerid`` in Train-1 alone). Test: ``NLM-QUESTION`` (``qid``) >
``Original-Question`` > ``SUBJECT``, ``MESSAGE``; ``ReferenceAnswers`` > ``ReferenceAnswer`` or ``RefAnswer``
(``aid``) > ``ANSWER``. The test file with summaries has the same pairs again.
https://github.com/abachaa/LiveQA_MedicalTask_TREC2017

A record is a pair of a question and one of its answers; a question without any is one record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from builders.sources.item import Outcome
from builders.sources.reading import Folder
from builders.sources.source import SPLIT_OF, Content, Part, Source, Text, stable_id
from globmed.errors import UserError

FILES = r"(?:.*/)?TREC-2017-LiveQA-Medical-(Train|Test)(-\d+|-Questions-w-summaries)?\.xml"


@dataclass(frozen=True, slots=True)
class Pair:
    """The elements of a question and of one answer, with the id of the pair."""

    id: str
    question: Element
    answer: Element | None


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for match in folder.find(FILES, "TREC-2017-LiveQA-Medical-{Train-1,Train-2,Test}.xml"):
        file, kind = match.string, match[1].lower()
        part = source.part(file, SPLIT_OF[kind])
        pairs = _pairs(folder.xml(file), f"{kind}{match[2] or ''}", str(folder.path / file))
        for pair in folder.records(file, pairs):
            yield _outcome(part, pair)


def _pairs(root: Element, prefix: str, file: str) -> Iterator[Pair]:
    for number, question in enumerate(root.iter("NLM-QUESTION"), 1):
        question_id = question.get("questionid") or question.get("qid")
        if not question_id:
            raise UserError(
                f"{file}: NLM-QUESTION {number} has the attributes {sorted(question.attrib)}, expected "
                "questionid or qid: download the file again"
            )
        answers = list(_answers(question))
        for place, (answer_id, answer) in enumerate(answers, 1):
            yield Pair(answer_id or f"{prefix}/{question_id}-A{place}", question, answer)
        if not answers:
            yield Pair(f"{prefix}/{question_id}", question, None)


def _answers(question: Element) -> Iterator[tuple[str | None, Element | None]]:
    for element in question.iter():
        if element.tag in ("ReferenceAnswer", "RefAnswer"):
            yield element.get("aid"), element.find("ANSWER")
        elif element.tag == "ANSWERS":
            yield from ((answer.get("answerid"), answer) for answer in element.iter("ANSWER"))


def _outcome(part: Part, pair: Pair) -> Outcome:
    subject, message = (_text(pair.question.find(f".//{tag}")) for tag in ("SUBJECT", "MESSAGE"))
    # Many messages begin with a copy of their subject.
    repeated = message.lower().startswith(subject.lower())
    question = message if repeated else f"{subject}\n\n{message}"
    return part.outcome(pair.id, stable_id(pair.id), Content(question=question, long_answer=_text(pair.answer)))


def _text(element: Element | None) -> str:
    """Return the text of an element, with lines joined that were wrapped by the file's indentation."""
    text = "" if element is None else "".join(element.itertext())
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
)
