"""MedNLI, what follows from a sentence of a patient's history.

Format: JSON Lines ``mli_{train,dev,test}_v1.jsonl`` with ``pairID``, ``sentence1`` (premise), ``sentence2``
(hypothesis) and ``gold_label``. https://physionet.org/content/mednli/1.0.0/, for credentialed users: whoever has
access builds it on a machine of their own, and nothing of it is passed on.
"""

from collections.abc import Iterator

from builders.sources.item import Outcome
from builders.sources.reading import Folder
from builders.sources.source import SPLIT_OF, Source, Text, pair, stable_id

FILES = r"(?:.*/)?mli_(train|dev|test)_v1\.jsonl?"


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for match in folder.find(FILES, "mli_{train,dev,test}_v1.jsonl"):
        file = match.string
        part = source.part(file, SPLIT_OF[match[1]])
        for record in folder.records(file, folder.json_lines(file)):
            yield pair(part, record, stable_id(record.text("pairID")))


MEDNLI = Source(
    name="mednli",
    title="MedNLI",
    task="nli",
    upstream="https://physionet.org/content/mednli/1.0.0/",
    revision="1.0.0",
    folder="mednli",
    licence="LicenseRef-PhysioNet-Credentialed-1.5.0",
    publish="local",
    publish_reason="PhysioNet's credentialed licence forbids passing the data on",
    citation="""@inproceedings{romanov2018lessons,
  title = {Lessons from Natural Language Inference in the Clinical Domain},
  author = {Romanov, Alexey and Shivade, Chaitanya},
  booktitle = {Proceedings of EMNLP 2018},
  pages = {1586--1596},
  year = {2018},
  doi = {10.18653/v1/D18-1187}
}""",
    languages={"en": Text("original")},
    parser=_parse,
)
