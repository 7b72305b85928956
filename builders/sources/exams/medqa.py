"""MedQA: the United States medical licensing examination with four options, and that of mainland China with five.

Layouts: the publisher's JSON Lines ``phrases_no_exclude_{train,dev,test}.jsonl`` (in its archive ``data_clean.zip``
below ``questions/US/4_options``) with ``question``, ``options``, ``answer`` (the right option's text) and
``answer_idx`` (its letter), as copies on the Hub have them too, and ``meta_info`` (the step of the examination);
bigbio's ``bigbio_qa`` with ``choices`` and a list ``answer`` of the right text; ``data`` with ``Question``,
``Options``, ``Correct Answer`` and ``Correct Option``; ``sent1``, ``sent2``, ``ending0`` and so on, and ``label``, from
0. Of mainland China the publisher's layout below ``questions/Mainland``. Its part from Taiwan is not read: it is in
traditional characters (``zh-Hant``), which no listed language has. A conversion would be neither original nor reviewed,
since characters and terms of medicine do not correspond one to one; it needs a config of its own.
https://github.com/jind11/MedQA; the archive has no version of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from builders.sources.item import Option, Outcome, Reason
from builders.sources.layouts.answers import folded, is_text_of, label
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, content_id, letter

CITATION = """@article{jin2021disease,
  title = {What Disease Does This Patient Have? A Large-Scale Open Domain Question Answering Dataset from Medical
           Exams},
  author = {Jin, Di and Pan, Eileen and Oufattole, Nassim and Weng, Wei-Hung and Fang, Hanyi and Szolovits, Peter},
  journal = {Applied Sciences},
  volume = {11},
  number = {14},
  year = {2021},
  doi = {10.3390/app11146421}
}"""
#: The examinations by ``meta_info``.
EXAMS: Mapping[str, str] = {"step1": "USMLE Step 1", "step2&3": "USMLE Step 2 or 3"}


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (read(part, record) for part, read, record in KNOWN.read(source, folder))


def _own(part: Part, record: Record) -> Outcome:
    question, options = record.text("question"), record.options("options")
    return _checked(part, record, question, options, record.text("answer_idx"), record.text("answer"))


def _nested(part: Part, record: Record) -> Outcome:
    data = record.record("data")
    question, options = data.text("Question"), data.options("Options")
    return _checked(part, record, question, options, data.text("Correct Option"), data.text("Correct Answer"))


def _choices(part: Part, record: Record) -> Outcome:
    question, options = record.text("question"), record.options("choices")
    said = [record.text("answer")] if isinstance(record.fields["answer"], str) else record.texts("answer")
    if not record.typed and said[0].startswith("["):
        said = record.texts("answer")
    right = [name for name, text in options.items() if len(said) == 1 and folded(text) == folded(said[0])]
    if len(right) > 1:
        detail = f"the answer is the text of {' and '.join(right)}"
        return part.reject(record.where, Reason.CONFLICTING_KEY, detail, content_id(question, *options.values()))
    return _outcome(part, record, question, options, right[0] if right else None)


def _endings(part: Part, record: Record) -> Outcome:
    question = " ".join(filter(None, (record.text("sent1").strip(), (record.text_or_none("sent2") or "").strip())))
    texts = [record.text(f"ending{number}") for number in range(26) if f"ending{number}" in record.fields]
    options = {letter(number) or "?": text for number, text in enumerate(texts)}
    return _outcome(part, record, question, options, letter(record.whole("label")))


def _checked(
    part: Part, record: Record, question: str, options: Mapping[str, str], answer_idx: str, answer: str
) -> Outcome:
    right = label(answer_idx)
    if right in options and not is_text_of(options, right, answer):
        detail = f"answer_idx {right} is not the answer's text"
        return part.reject(record.where, Reason.CONFLICTING_KEY, detail, content_id(question, *options.values()))
    return _outcome(part, record, question, options, right)


def _outcome(part: Part, record: Record, question: str, options: Mapping[str, str], right: str | None) -> Outcome:
    content = Content(
        question=question,
        options=[Option(name, text) for name, text in options.items()],
        answer=right,
        more=_about(part, record),
    )
    return part.outcome(record.where, content_id(question, *options.values()), content)


def _about(part: Part, record: Record) -> Mapping[str, object]:
    info = record.note("meta_info")
    if part.source.name == "medqa":
        return {"country": "US", "exam": EXAMS.get(info or "", "USMLE")}
    return {"country": "CN", "exam": "国家执业医师资格考试", "subject": info}


KNOWN: Known[Callable[[Part, Record], Outcome]] = Known(
    layouts=(
        Layout("the publisher's", ("question", "options", "answer", "answer_idx"), _own),
        Layout("bigbio_qa", ("question", "choices", "answer"), _choices),
        Layout("data", ("data",), _nested),
        Layout("endings", ("sent1", "ending0", "ending1", "label"), _endings),
    ),
    names=r"(?:.*/)?phrases_no_exclude_(?:train|dev|test)\.jsonl?|.*4_?options.*",
    expected="phrases_no_exclude_{train,dev,test}.jsonl",
    other=r"(?:.*[/_])?(?:Mainland|Taiwan|zh|tw)(?:[/_].*)?",
)

MAINLAND = Known(
    layouts=(KNOWN.layouts[0],),
    names=r"(?:.*/)?Mainland/(train|dev|test)\.jsonl?",
    expected="Mainland/{train,dev,test}.jsonl",
    other=r"(?:.*/)?(?:US|Taiwan|[^/]*_options)/.*|.*qbank.*",
)


def _parse_mainland(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (read(part, record) for part, read, record in MAINLAND.read(source, folder))


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
    citation=CITATION,
    languages={"en": Text("original")},
    records={"train": 10_178, "validation": 1_272, "test": 1_273},
    parser=_parse,
    # The publisher's own archive; the publisher links a drive, and the Hub has a copy.
    place=Place(
        "hub",
        "bigbio/med_qa",
        "ddef95d268cdad413693d634279a9a679d468469",
        files=("data_clean.zip",),
        members=("*questions/US/4_options/phrases_no_exclude_*.jsonl",),
    ),
)

MEDQA_MAINLAND = replace(
    MEDQA,
    name="medqa_mainland",
    title="MedQA (mainland China, five options)",
    folder="medqa_mainland",
    languages={"zh": Text("original")},
    records={"train": 27_400, "validation": 3_425, "test": 3_426},
    parser=_parse_mainland,
    place=Place(
        "hub",
        "bigbio/med_qa",
        "ddef95d268cdad413693d634279a9a679d468469",
        files=("data_clean.zip",),
        members=tuple(f"*questions/Mainland/{split}.jsonl" for split in ("train", "dev", "test")),
    ),
)
