"""MedMCQA, Indian medical entrance examinations.

Layouts: the publisher's JSON Lines ``{train,dev,test}.json`` with ``id``, ``question``, ``opa`` to ``opd``, ``cop``
(the right option, 1 to 4; absent in test) and ``exp`` (an explanation, or null); and the same columns as the Hub has
them, where ``cop`` is a class label from 0, and -1 in test. ``subject_name`` is one of 21 subjects; a ``topic_name``
such as ``AIIMS 2018`` names the examination. https://github.com/medmcqa/medmcqa

Read from the wrong number, every key would be wrong. So ``cop`` is read from 0 where the file's features name its
numbers, or where all that it and the explanations say agrees with nothing else; and a file is refused that does not
tell, or whose explanations name other letters than its keys.
"""

import re
from collections.abc import Iterator, Mapping

from builders.sources.item import Outcome
from builders.sources.layouts.answers import label
from builders.sources.layouts.keys import Evidence, first_number
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, letter, lettered, stable_id

OPTIONS = ("opa", "opb", "opc", "opd")
KNOWN = Known(
    layouts=(Layout("the publisher's or the Hub's", ("id", "question", *OPTIONS), None),),
    names=r"(?:.*/)?(train|dev|test)\.jsonl?",
    expected="train.json, dev.json or test.json",
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    files = KNOWN.find(folder)
    evidence = [Evidence.of(each.file, folder.looked_at(each.file), "cop", "exp") for each in files]
    for found in files:
        part = source.part(found.file, found.split or "")
        first = first_number(found.file, evidence, len(OPTIONS))
        for record in folder.records(found.file, folder.rows(found.file)):
            yield _outcome(part, record, first)


def _outcome(part: Part, record: Record, first: int) -> Outcome:
    content = Content(
        question=record.text("question"),
        options=lettered(record.text(name) for name in OPTIONS),
        answer=_right(record, first, is_test=part.split == "test"),
        long_answer=record.text_or_none("exp"),
        more={
            "subject": record.note("subject_name"),
            "country": "IN",
            **_exam(record),
        },
    )
    return part.outcome(record.where, stable_id(record.text("id")), content)


def _exam(record: Record) -> Mapping[str, object]:
    found = re.fullmatch(r"\s*(AIIMS|NEET)\s+(20\d\d)\s*", record.note("topic_name") or "")
    return {"exam": found[1], "year": int(found[2])} if found else {}


def _right(record: Record, first: int, *, is_test: bool) -> str | None:
    value = record.fields.get("cop")
    if isinstance(value, str) and label(value) in ("A", "B", "C", "D"):
        return label(value)
    number = record.whole_or_none("cop") if is_test else record.whole("cop")
    return None if number is None else letter(number - first)


MEDMCQA = Source(
    name="medmcqa",
    title="MedMCQA",
    task="mcqa",
    upstream="https://github.com/medmcqa/medmcqa",
    revision=None,
    folder="medmcqa",
    licence="MIT",
    publish="public",
    publish_reason="the publisher's LICENSE file is MIT",
    citation="""@inproceedings{pal2022medmcqa,
  title = {{MedMCQA}: A Large-scale Multi-Subject Multi-Choice Dataset for Medical domain Question Answering},
  author = {Pal, Ankit and Umapathi, Logesh Kumar and Sankarasubbu, Malaikannan},
  booktitle = {Proceedings of the Conference on Health, Inference, and Learning},
  series = {Proceedings of Machine Learning Research},
  volume = {174},
  pages = {248--260},
  year = {2022}
}""",
    languages={"en": Text("original")},
    records={"train": 182_822, "validation": 4_183, "test": 6_150},
    parser=_parse,
    # The card names the numbers of `cop`.
    place=Place(
        "hub",
        "openlifescienceai/medmcqa",
        "91c6572c454088bf71b679ad90aa8dffcd0d5868",
        files=("data/*.parquet", "README.md"),
    ),
)
