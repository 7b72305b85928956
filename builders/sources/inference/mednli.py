"""MedNLI, what follows from a sentence of a patient's history.

Layouts: the publisher's JSON Lines ``mli_{train,dev,test}_v1.jsonl`` with ``pairID``, ``sentence1`` (premise),
``sentence2`` (hypothesis) and ``gold_label``; bigbio's ``bigbio_te`` with ``id``, ``premise``, ``hypothesis`` and
``label``. https://physionet.org/content/mednli/1.0.0/, for credentialed users: whoever has access builds it on a
machine of their own, and nothing of it is passed on.
"""

from collections.abc import Iterator

from builders.sources.item import Outcome
from builders.sources.layouts.layout import Known, Layout
from builders.sources.layouts.pairs import PAIRS, pair
from builders.sources.places import Place
from builders.sources.reading import Folder
from builders.sources.source import Source, Text, stable_id

KNOWN = Known(
    layouts=tuple(
        Layout(each.name, (name, *each.fields), (name, each.read)) for each in PAIRS for name in ("pairID", "id")
    ),
    names=r"(?:.*/)?mli_(train|dev|test)_v1\.jsonl?",
    expected="mli_{train,dev,test}_v1.jsonl",
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for part, (name, columns), record in KNOWN.read(source, folder):
        yield pair(part, record, stable_id(record.text(name)), columns)


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
    records={"train": 11_232, "validation": 1_395, "test": 1_422},
    parser=_parse,
    place=Place(
        "hand",
        "https://physionet.org/content/mednli/1.0.0/",
        terms="become a credentialed user and sign its agreement there",
    ),
)
