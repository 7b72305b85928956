"""FrenchMedMCQA, French examinations for the specialised diploma of pharmacy.

Layouts: the publisher's JSON ``{train,dev,test}.json`` with ``id``, ``question``, ``answers`` (``a`` to ``e``),
``correct_answers`` (letters) and ``subject_name``; its TSV, with ``answers.a`` and so on, and ``b|c`` for several right
answers. Questions with several are rejects. https://github.com/qanastek/FrenchMedMCQA
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from builders.sources.item import Option, Outcome, Reason
from builders.sources.layouts.answers import label
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, stable_id

LETTERS = "abcde"


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (read(part, record) for part, read, record in KNOWN.read(source, folder))


def _object(part: Part, record: Record) -> Outcome:
    return _outcome(part, record, record.options("answers"), record.texts("correct_answers"))


def _table(part: Part, record: Record) -> Outcome:
    options = {letter.upper(): record.text(f"answers.{letter}") for letter in LETTERS}
    return _outcome(part, record, options, record.text("correct_answers").split("|"))


def _outcome(part: Part, record: Record, options: Mapping[str, str], right: Sequence[str]) -> Outcome:
    record_id = stable_id(record.text("id"))
    if len(right) > 1:
        return part.reject(record.where, Reason.SEVERAL_ANSWERS, ", ".join(right), record_id)
    content = Content(
        question=record.text("question"),
        options=[Option(name, text) for name, text in options.items()],
        answer=label(right[0]) if right else None,
        more={"subject": record.note("subject_name"), "country": "FR", "exam": "DES de pharmacie"},
    )
    return part.outcome(record.where, record_id, content)


KNOWN: Known[Callable[[Part, Record], Outcome]] = Known(
    layouts=(
        Layout("the publisher's", ("id", "question", "answers", "correct_answers"), _object),
        Layout("its table", ("id", "question", "answers.a", "answers.e", "correct_answers"), _table),
    ),
    names=r"(?:.*/)?(train|dev|test)\.(?:json|tsv)",
    expected="train.json, dev.json or test.json",
)

FRENCHMEDMCQA = Source(
    name="frenchmedmcqa",
    title="FrenchMedMCQA",
    task="mcqa",
    upstream="https://github.com/qanastek/FrenchMedMCQA",
    revision=None,
    folder="frenchmedmcqa",
    licence="Apache-2.0",
    publish="public",
    publish_reason="Apache-2.0 on the publisher's card",
    citation="""@inproceedings{labrak2022frenchmedmcqa,
  title = {{FrenchMedMCQA}: A French Multiple-Choice Question Answering Dataset for Medical domain},
  author = {Labrak, Yanis and Bazoge, Adrien and Dufour, Richard and Daille, B{\\'e}atrice and others},
  booktitle = {Proceedings of the 13th International Workshop on Health Text Mining and Information Analysis},
  year = {2022}
}""",
    languages={"fr": Text("original")},
    parser=_parse,
    place=Place("git", "https://github.com/qanastek/FrenchMedMCQA", files=("corpus/*.json",)),
)
