"""ExpertQA, experts' questions with answers they revised: its medical and its biological part.

Layouts: the publisher's JSON Lines ``rand_lfqa_{train,val,test}.json`` with ``example_id`` (from 0 in every file),
``question``, ``answer`` and ``context``, and an index of questions with ``metadata``: ``field`` and ``specific_field``,
``r1_data_anon.jsonl`` or ``r2_compiled_anon.jsonl``; or ``r2_compiled_anon.jsonl`` alone, with ``answers`` by model,
each with ``revised_answer_string``. The field stands in the index and is found by the question; white space, case and
Unicode form do not count. The answers of the second have the markers of their references removed, as in the publisher's
own conversion; it has neither numbers nor splits, so that its ids are of their texts, and 80 per cent of its questions
are train, 10 validation, 10 test, by hash. The split by domain (``domain_lfqa``) is another set of examples, and no
file of this source. https://github.com/chaitanyamalaviya/ExpertQA
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.answers import folded, word
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, content_id, hashed_split
from globmed.errors import UserError

MEDICINE = frozenset({"healthcare/medicine", "medicine"})
BIOLOGY = frozenset({"biology"})
#: References within an answer, as ``[1]``.
_REFERENCE = re.compile(r"\[\d+\]")

#: By question: its fields, and the expert's own speciality.
Fields = Mapping[str, tuple[set[str], str | None]]
Read = Callable[[Part, Record, Fields, frozenset[str]], Outcome]


def _parse(source: Source, folder: Folder, *, wanted: frozenset[str]) -> Iterator[Outcome]:
    files = KNOWN.find(folder)
    if any(each.layout is LFQA for each in files):
        files = [each for each in files if each.layout is LFQA]
    fields = _fields(folder)
    for found in files:
        if found.layout is LFQA and found.split is None:
            raise UserError(f"{folder.path / found.file}: its path names no split, expected train, val or test in it")
        part = source.part(found.file, found.split or "")
        rows = folder.rows(found.file) if found.layout is LFQA else _answers(folder.rows(found.file))
        for record in folder.records(found.file, rows):
            yield found.layout.read(part, record, fields, wanted)


def _fields(folder: Folder) -> Fields:
    fields: dict[str, tuple[set[str], str | None]] = {}
    for found in INDEX.find(folder):
        for record in folder.rows(found.file):
            metadata = record.record("metadata")
            named = {field.strip() for field in re.split(r"[|;]", metadata.text("field"))}
            for key in _keys(record.text("question")):
                before, subject = fields.get(key, (set(), None))
                fields[key] = (before | named, subject or metadata.note("specific_field"))
    return fields


def _keys(question: str) -> tuple[str, str]:
    """Return the lookup keys of a question: its text, and its normalized text as a fallback."""
    return question, f"~{folded(question)}"


def _answers(records: Iterator[Record]) -> Iterator[Record]:
    """Yield one record per answer of a question, or one without an answer."""
    for record in records:
        answers, question = record.record("answers"), record.text("question")
        models = [model for model, answer in answers.fields.items() if answer is not None]
        for model in models:
            said = answers.record(model)
            fields = {"question": question, "answer": said.text_or_none("revised_answer_string")}
            yield Record(fields, record.file, said.where)
        if not models:
            yield Record({"question": question, "answer": None}, record.file, record.where)


def _numbered(part: Part, record: Record, fields: Fields, wanted: frozenset[str]) -> Outcome:
    answer, number = record.text("answer"), record.whole("example_id")
    content = Content(
        question=record.text("question"),
        context=record.text_or_none("context"),
        long_answer=re.sub(r"^\s*<answers?>", "", answer, flags=re.IGNORECASE),
    )
    return _outcome(part, record, str(number), content, fields, wanted)


def _revised(part: Part, record: Record, fields: Fields, wanted: frozenset[str]) -> Outcome:
    question = record.text("question")
    answer = _REFERENCE.sub("", record.text_or_none("answer") or "").replace("\n", " ")
    split = part.split or hashed_split(part.source.name, content_id(question), train=80, validation=10)
    content = Content(question=question, long_answer=re.sub(r"^\s*<answers?>", "", answer, flags=re.IGNORECASE))
    return _outcome(part.in_split(split), record, content_id(question, answer), content, fields, wanted)


def _outcome(
    part: Part, record: Record, record_id: str, content: Content, fields: Fields, wanted: frozenset[str]
) -> Outcome:
    found, subject = next((fields[key] for key in _keys(content.question or "") if key in fields), (None, None))
    if found is None or not {re.sub(r"\s*/\s*", "/", word(field)) for field in found} & wanted:
        detail = ", ".join(sorted(found)) if found else "the index does not have the question"
        return part.reject(record.where, Reason.OUTSIDE_FIELD, detail)
    return part.outcome(record.where, record_id, replace(content, more={"subject": subject}))


LFQA: Layout[Read] = Layout("rand_lfqa", ("example_id", "question", "answer"), _numbered)
KNOWN: Known[Read] = Known(
    layouts=(LFQA, Layout("r2_compiled", ("question", "answers", "metadata"), _revised)),
    names=r"(?:.*/)?rand_lfqa_(train|val|test)\.jsonl?",
    expected="rand_lfqa_{train,val,test}.json",
    other=r"(?:.*/)?(?:[^/]*domain|r1_data).*",
    splits="optional",
)
INDEX = Known(
    layouts=(Layout("index", ("question", "metadata"), None),),
    names=r"(?:.*/)?r1_data_anon\.jsonl?",
    expected="r1_data_anon.jsonl",
    other=r".*(?:lfqa|domain).*",
    splits="none",
)


def _source(name: str, title: str, wanted: frozenset[str]) -> Source:
    return Source(
        name=name,
        title=title,
        task="lfqa",
        upstream="https://github.com/chaitanyamalaviya/ExpertQA",
        revision="4b732d60707e61e34d508680d16168f485ee5632",
        folder="expertqa",
        licence="MIT",
        publish="public",
        publish_reason="the publisher's LICENSE file is MIT",
        citation="""@inproceedings{malaviya2024expertqa,
  title = {{ExpertQA}: Expert-Curated Questions and Attributed Answers},
  author = {Malaviya, Chaitanya and Lee, Subin and Chen, Sihao and Sieber, Elizabeth and Yatskar, Mark and Roth, Dan},
  booktitle = {Proceedings of NAACL 2024},
  year = {2024},
  eprint = {2309.07852}
}""",
        languages={"en": Text("original")},
        parser=partial(_parse, wanted=wanted),
        place=Place(
            "git",
            "https://github.com/chaitanyamalaviya/ExpertQA",
            "4b732d60707e61e34d508680d16168f485ee5632",
            files=("data/lfqa/rand_lfqa_*.json", "data/r1_data_anon.jsonl"),
        ),
    )


EXPERTQA_MED = _source("expertqa_med", "ExpertQA (medicine)", MEDICINE)
EXPERTQA_BIO = _source("expertqa_bio", "ExpertQA (biology)", BIOLOGY)
