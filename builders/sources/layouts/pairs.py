"""Pairs of a premise and a hypothesis, in the columns that publishers and their copies have."""

from typing import NamedTuple

from builders.sources.item import Outcome
from builders.sources.layouts.answers import word
from builders.sources.layouts.layout import Layout
from builders.sources.reading import Record
from builders.sources.source import Content, Part


class Columns(NamedTuple):
    """The names of three columns."""

    premise: str
    hypothesis: str
    label: str


_SENTENCES = Columns("sentence1", "sentence2", "gold_label")
_PREMISE = Columns("premise", "hypothesis", "label")
#: As SNLI has them and most sources after it; as copies on the Hub, and bigbio's ``bigbio_te``, have them.
PAIRS = (Layout("sentences", _SENTENCES, _SENTENCES), Layout("premise and hypothesis", _PREMISE, _PREMISE))


def pair(part: Part, record: Record, record_id: str, columns: Columns) -> Outcome:
    """Return the nli item of a record; its label ``-`` says that the annotators did not agree."""
    label = word(record.named(columns.label))
    content = Content(
        premise=record.text(columns.premise),
        hypothesis=record.text(columns.hypothesis),
        answer=None if label == "-" else label,
    )
    return part.outcome(record.where, record_id, content)
