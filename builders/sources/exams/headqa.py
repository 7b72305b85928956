"""HEAD-QA, examinations for specialised positions in the Spanish health system.

Format: JSON ``HEAD/{train,dev,test}_HEAD.json`` (the Spanish original) and
``HEAD_EN/{train,dev,test}_HEAD_EN.json`` (the publisher's translation by Google's API): ``language`` and
``exams``, by name, each with ``data``: ``qid``, ``qtext``, ``answers`` (``aid``, ``atext``), ``ra`` (the right
``aid``, as a string) and ``image`` (empty, or a path). https://github.com/aghie/head-qa, whose files say version 1.0.
"""

from collections.abc import Iterator
from operator import itemgetter

from builders.sources.answers import label
from builders.sources.item import Outcome, Reason
from builders.sources.reading import Folder, Record
from builders.sources.source import (
    SPLIT_OF,
    Content,
    Part,
    Source,
    Text,
    in_parallel,
    letter,
    lettered,
    stable_id,
)

FILES = r"(?:.*/)?(HEAD|HEAD_EN)/(train|dev|test)_\1\.json"
LANGUAGES = {"HEAD": "es", "HEAD_EN": "en"}


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return in_parallel(_keyed(source, folder))


def _keyed(source: Source, folder: Folder) -> Iterator[tuple[str, Outcome]]:
    for match in folder.find(FILES, "HEAD/{train,dev,test}_HEAD.json or the same in HEAD_EN"):
        file, split, language = match.string, SPLIT_OF[match[2]], LANGUAGES[match[1]]
        document = folder.json(file)
        document.choice("language", [language])
        part = source.part(file, split, language)
        for record_id, record in folder.records(file, _questions(document)):
            yield f"{split}/{record_id}", _outcome(part, record_id, record)


def _questions(document: Record) -> Iterator[tuple[str, Record]]:
    exams = document.record("exams")
    for name in exams.fields:
        for question in exams.record(name).records("data"):
            record_id = stable_id(f"{name}/{question.text('qid')}")
            yield record_id, Record(question.fields, question.file, record_id)


def _outcome(part: Part, record_id: str, record: Record) -> Outcome:
    answers = [(answer.whole("aid"), answer.text("atext")) for answer in record.records("answers")]
    answers.sort(key=itemgetter(0))
    numbers = [str(number) for number, _ in answers]
    right = label(record.text("ra"))
    if record.text("image").strip():
        return part.reject(record.where, Reason.IMAGE, record.text("image"))
    if len(set(numbers)) < len(numbers):
        return part.reject(record.where, Reason.CONFLICTING_KEY, "two answers have one number")
    content = Content(
        question=record.text("qtext"),
        options=lettered(text for _, text in answers),
        answer=letter(numbers.index(right)) if right in numbers else None,
    )
    return part.outcome(record.where, record_id, content)


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
    parser=_parse,
)
