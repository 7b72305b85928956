"""MedQA, the United States medical licensing examination with four options.

Format: JSON Lines ``phrases_no_exclude_{train,dev,test}.jsonl`` (in the publisher's archive below
``US/4_options``) with ``question``, ``options`` (letter to text), ``answer`` (the right option's text) and
``answer_idx`` (its letter). https://github.com/jind11/MedQA; the archive has no version of its own.
"""

from collections.abc import Iterator

from builders.sources.answers import is_text_of, label
from builders.sources.item import Option, Outcome, Reason
from builders.sources.reading import Folder, Record
from builders.sources.source import SPLIT_OF, Content, Part, Source, Text, content_id

FILES = r"(?:.*/)?phrases_no_exclude_(train|dev|test)\.jsonl?"


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for match in folder.find(FILES, "phrases_no_exclude_{train,dev,test}.jsonl"):
        file = match.string
        part = source.part(file, SPLIT_OF[match[1]])
        for record in folder.records(file, folder.json_lines(file)):
            yield _outcome(part, record)


def _outcome(part: Part, record: Record) -> Outcome:
    question, options = record.text("question"), record.options("options")
    letter, answer = label(record.text("answer_idx")), record.text("answer")
    if letter in options and not is_text_of(options, letter, answer):
        return part.reject(record.where, Reason.CONFLICTING_KEY, f"answer_idx {letter} is not the answer's text")
    content = Content(
        question=question,
        options=[Option(name, text) for name, text in options.items()],
        answer=letter,
    )
    return part.outcome(record.where, content_id(question, *options.values()), content)


MEDQA = Source(
    name="medqa",
    title="MedQA (USMLE, four options)",
    task="mcqa",
    upstream="https://github.com/jind11/MedQA",
    revision=None,
    folder="medqa",
    licence="MIT",
    publish="public",
    publish_reason="the publisher's LICENSE file is MIT",
    citation="""@article{jin2021disease,
  title = {What Disease Does This Patient Have? A Large-Scale Open Domain Question Answering Dataset from Medical
           Exams},
  author = {Jin, Di and Pan, Eileen and Oufattole, Nassim and Weng, Wei-Hung and Fang, Hanyi and Szolovits, Peter},
  journal = {Applied Sciences},
  volume = {11},
  number = {14},
  year = {2021},
  doi = {10.3390/app11146421}
}""",
    languages={"en": Text("original")},
    parser=_parse,
)
