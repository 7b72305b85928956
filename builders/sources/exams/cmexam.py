"""CMExam, the Chinese national medical licensing examinations.

Layouts: the publisher's CSV ``train.csv``, ``val.csv`` and ``test_with_annotations.csv`` with ``Question``, ``Options``
(a line each: ``A text``), ``Answer`` (letters) and ``Explanation``, of the test ``Clinical Department`` too; copies on
the Hub, where ``Options`` is a list of ``key`` and ``value``. Questions with several right answers are rejects. Records
have no id: it is of their texts. https://github.com/williamliujl/CMExam
"""

import re
from collections.abc import Iterator, Mapping

from builders.sources.item import Option, Outcome, Reason
from builders.sources.layouts.answers import label
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, content_id

KNOWN = Known(
    layouts=(Layout("the publisher's", ("Question", "Options", "Answer"), None),),
    names=r"(?:.*/)?(train|val|test)(?:_with_annotations)?\.(?:csv|json)",
    expected="train.csv, val.csv or test_with_annotations.csv",
)
_LINE = re.compile(r"^\s*([A-Z])[\s.．、:：]+(.*)$", re.MULTILINE)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (_outcome(part, record) for part, _, record in KNOWN.read(source, folder))


def _outcome(part: Part, record: Record) -> Outcome:
    question, options, answer = record.text("Question"), _options(record), record.text_or_none("Answer") or ""
    record_id, right = content_id(question, *options.values()), re.sub(r"[^A-Z]", "", answer.upper())
    if len(right) > 1 and right != "NAN":
        return part.reject(record.where, Reason.SEVERAL_ANSWERS, right, record_id)
    content = Content(
        question=question,
        options=[Option(name, text) for name, text in options.items()],
        answer=label(answer),
        long_answer=record.text_or_none("Explanation"),
        more={"subject": record.note("Clinical Department"), "country": "CN", "exam": "国家执业医师资格考试"},
    )
    return part.outcome(record.where, record_id, content)


def _options(record: Record) -> Mapping[str, str]:
    value = record.fields["Options"]
    lines = dict(_LINE.findall(value)) if isinstance(value, str) else {}
    return lines or record.options("Options")


CMEXAM = Source(
    name="cmexam",
    title="CMExam",
    task="mcqa",
    upstream="https://github.com/williamliujl/CMExam",
    revision=None,
    folder="cmexam",
    licence="Apache-2.0",
    publish="public",
    publish_reason="the publisher's README says Apache-2.0",
    citation="""@inproceedings{liu2023benchmarking,
  title = {Benchmarking Large Language Models on {CMExam}: A Comprehensive Chinese Medical Exam Dataset},
  author = {Liu, Junling and Zhou, Peilin and Hua, Yining and Chong, Dading and Tian, Zhongyu and others},
  booktitle = {Advances in Neural Information Processing Systems, Datasets and Benchmarks Track},
  year = {2023},
  eprint = {2306.03030}
}""",
    languages={"zh": Text("original")},
    records={"train": 54_497, "validation": 6_811, "test": 6_811},
    parser=_parse,
    place=Place("git", "https://github.com/williamliujl/CMExam", files=("data/*.csv",), below="data/"),
)
