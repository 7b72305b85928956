"""MedMCQA, Indian medical entrance examinations.

Format: JSON Lines ``{train,dev,test}.json`` with ``id``, ``question``, ``opa`` to ``opd``, ``cop`` (the right
option, 1 to 4; absent in test) and ``exp`` (an explanation, or null). https://github.com/medmcqa/medmcqa

The copy on the Hub counts ``cop`` from 0. Read as if from 1, every key would be wrong, so a file with a ``cop``
of 0 is refused as a whole.
"""

from collections.abc import Iterator

from builders.sources.item import Outcome
from builders.sources.reading import Folder, Record
from builders.sources.source import SPLIT_OF, Content, Part, Source, Text, letter, lettered, stable_id
from globmed.errors import UserError

FILES = r"(?:.*/)?(train|dev|test)\.jsonl?"
OPTIONS = ("opa", "opb", "opc", "opd")


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for match in folder.find(FILES, "train.json, dev.json or test.json"):
        file = match.string
        part = source.part(file, SPLIT_OF[match[1]])
        for record in folder.records(file, folder.json_lines(file)):
            yield _outcome(part, record)


def _outcome(part: Part, record: Record) -> Outcome:
    right = record.whole_or_none("cop") if part.split == "test" else record.whole("cop")
    if right == 0:
        raise UserError(
            f"{record.file}: {record.where}: field 'cop' is 0, expected 1 to 4: this file counts from 0; "
            "take the publisher's JSON Lines files"
        )
    content = Content(
        question=record.text("question"),
        options=lettered(record.text(name) for name in OPTIONS),
        answer=letter(right - 1) if right else None,
        long_answer=record.text_or_none("exp"),
    )
    return part.outcome(record.where, stable_id(record.text("id")), content)


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
    parser=_parse,
)
