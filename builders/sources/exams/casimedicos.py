"""Antidote CasiMedicos, commented Spanish residency examinations and their translations.

Layout: ``idx`` (the same in every language), ``type`` (the field of medicine), ``full_question``, ``options`` (``"1"``
to ``"5"`` to text, the last ones empty or null where a question has fewer), ``correct_option`` (whole number) and
``full_answer`` (the doctors' explanation), as JSON Lines ``{train,dev,test}.{en,es,fr}.jsonl`` or in any other format
of records.
https://github.com/ixa-ehu/antidote-casimedicos
"""

from collections.abc import Callable, Iterator, Mapping

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, in_parallel, letter, lettered, stable_id

FIELDS = ("full_question", "options", "correct_option")
TRANSLATED = Text("human", "translated for the publisher")
LANGUAGES = {"es": Text("original"), "en": TRANSLATED, "fr": TRANSLATED}
KNOWN = Known(
    layouts=(Layout("the publisher's", ("idx", *FIELDS), None),),
    names=r"(?:.*/)?(train|dev|test)\.(en|es|fr)\.jsonl?",
    expected="{train,dev,test}.{en,es,fr}.jsonl",
    languages={tag: tag for tag in LANGUAGES},
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return parse_commented_exams(source, folder, KNOWN, lambda record: record.text("idx"))


def parse_commented_exams(
    source: Source, folder: Folder, known: Known[None], key: Callable[[Record], str]
) -> Iterator[Outcome]:
    """Parse the records of CasiMedicos in either of its editions.

    Args:
        source: the edition.
        folder: its files.
        known: how it is published.
        key: the id of a record, the same in every language.
    """
    subjects = _subjects(folder, known, key)

    def keyed() -> Iterator[tuple[str, Outcome]]:
        for part, _, record in known.read(source, folder):
            record.choice("lang", [part.language])
            record_id = stable_id(key(record))
            place = f"{part.split}/{record_id}"
            yield place, _outcome(part, record_id, record, subjects.get(place))

    return in_parallel(keyed())


def _subjects(folder: Folder, known: Known[None], key: Callable[[Record], str]) -> Mapping[str, str | None]:
    """Return the English ``type`` of every record, by split and id: the other languages may have it translated."""
    return {
        f"{found.split}/{stable_id(key(record))}": record.note("type")
        for found in known.find(folder)
        if found.language == "en"
        for record in folder.looked_at(found.file)
    }


def _outcome(part: Part, record_id: str, record: Record, subject: str | None) -> Outcome:
    options = record.options("options")
    if list(options) != [str(number) for number in range(1, len(options) + 1)]:
        return part.reject(record.where, Reason.OPTION_LABELS, ", ".join(options))
    texts = list(options.values())
    while texts and not texts[-1].strip():
        texts.pop()
    right = record.whole("correct_option")
    content = Content(
        question=record.text("full_question"),
        options=lettered(texts),
        answer=letter(right - 1),
        long_answer=record.text_or_none("full_answer"),
        more={"subject": subject, "country": "ES", "exam": "MIR", "year": record.year("year")},
    )
    return part.outcome(record.where, record_id, content)


CASIMEDICOS = Source(
    name="casimedicos",
    title="Antidote CasiMedicos",
    task="mcqa",
    upstream="https://github.com/ixa-ehu/antidote-casimedicos",
    revision=None,
    folder="casimedicos",
    licence="conflict: README says CC-BY-4.0, LICENSE file says CC0-1.0",
    publish="private",
    publish_reason="the publisher states two licences; MedExpQA has the same records under one",
    citation="""@inproceedings{agerri2023hitz,
  title = {{HiTZ@Antidote}: Argumentation-driven Explainable Artificial Intelligence for Digital Medicine},
  author = {Agerri, Rodrigo and Alonso, I{\\~n}igo and Atutxa, Aitziber and Berrondo, Ander and others},
  booktitle = {SEPLN 2023: 39th International Conference of the Spanish Society for Natural Language Processing},
  year = {2023}
}""",
    languages=LANGUAGES,
    parser=_parse,
    place=Place(
        "hub",
        "HiTZ/casimedicos-exp",
        "0d259852e06057864084d4ce8edc6477ced117fa",
        files=("data/en/*.jsonl", "data/es/*.jsonl", "data/fr/*.jsonl"),
    ),
    same_records_as="medexpqa",
)
