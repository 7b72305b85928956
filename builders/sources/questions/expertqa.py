"""ExpertQA, experts' questions with answers they revised: its medical and its biological part.

Format: JSON Lines ``rand_lfqa_{train,val,test}.json`` with ``example_id`` (from 0 in every file), ``question``,
``answer`` and ``context``; and ``r1_data_anon.jsonl``, an index of questions with ``metadata.field``. The field
stands in the index alone and is found by the question; white space, case and Unicode form do not count.
https://github.com/chaitanyamalaviya/ExpertQA
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from builders.sources.answers import folded, word
from builders.sources.item import Outcome, Reason
from builders.sources.reading import Folder, Record
from builders.sources.source import SPLIT_OF, Content, Part, Source, Text

FILES = r"(?:.*/)?rand_lfqa_(train|val|test)\.jsonl?"
INDEX = r"(?:.*/)?r1_data_anon\.jsonl?"
MEDICINE = frozenset({"healthcare/medicine", "medicine"})
BIOLOGY = frozenset({"biology"})

Fields = Mapping[str, set[str]]


def _parse(source: Source, folder: Folder, *, wanted: frozenset[str]) -> Iterator[Outcome]:
    fields = _fields(folder)
    for match in folder.find(FILES, "rand_lfqa_{train,val,test}.json"):
        file = match.string
        part = source.part(file, SPLIT_OF[match[1]])
        for record in folder.records(file, folder.json_lines(file)):
            yield _outcome(part, record, fields, wanted)


def _fields(folder: Folder) -> Fields:
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for match in folder.find(INDEX, "r1_data_anon.jsonl"):
        for record in folder.json_lines(match.string):
            named = re.split(r"[|;]", record.record("metadata").text("field"))
            for key in _keys(record.text("question")):
                fields[key].update(field.strip() for field in named)
    return fields


def _keys(question: str) -> tuple[str, str]:
    """Return what a question is found by: as it stands, and as it is compared where that finds none."""
    return question, f"~{folded(question)}"


def _outcome(part: Part, record: Record, fields: Fields, wanted: frozenset[str]) -> Outcome:
    question, answer, number = record.text("question"), record.text("answer"), record.whole("example_id")
    found = next((fields[key] for key in _keys(question) if key in fields), None)
    if found is None or not {re.sub(r"\s*/\s*", "/", word(field)) for field in found} & wanted:
        detail = ", ".join(sorted(found)) if found else "the index does not have the question"
        return part.reject(record.where, Reason.OUTSIDE_FIELD, detail)
    content = Content(
        question=question,
        context=record.text_or_none("context"),
        long_answer=re.sub(r"^\s*<answers?>", "", answer, flags=re.IGNORECASE),
    )
    return part.outcome(record.where, str(number), content)


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
    )


EXPERTQA_MED = _source("expertqa_med", "ExpertQA (medicine)", MEDICINE)
EXPERTQA_BIO = _source("expertqa_bio", "ExpertQA (biology)", BIOLOGY)
