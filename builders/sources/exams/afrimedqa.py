"""AfriMed-QA, questions of African medical schools and clinicians, in English.

Layout: CSV with ``sample_id``, ``question_type`` (``mcq``, ``saq`` or ``consumer_queries``), ``question`` (or, cleaned,
``question_clean``), ``answer_options`` (``option1`` and so on, to text), ``correct_answer`` (``option2``; of ``saq`` a
text), ``answer_rationale``, ``specialty``, ``country`` and ``region_specific``; ``split`` is train or test, and where
it is not, 80 per cent train, 10 validation, 10 test, by hash.
https://huggingface.co/datasets/intronhealth/afrimedqa_v2
"""

import re
from collections.abc import Iterator

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.answers import word
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import SPLIT_OF, Content, Part, Source, Text, hashed_split, letter, lettered, stable_id

FIELDS = ("sample_id", "question_type", "question", "answer_options", "correct_answer")
KNOWN = Known(
    layouts=(Layout("the publisher's", FIELDS, None),),
    names=r"(?:.*/)?afri_med_qa.*\.csv",
    expected="afri_med_qa_*.csv",
    splits="none",
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (_outcome(part, record) for part, _, record in KNOWN.read(source, folder))


def _outcome(part: Part, record: Record) -> Outcome:
    record_id, kind, answer = stable_id(record.text("sample_id")), word(record.text("question_type")), None
    hashed = hashed_split(part.source.name, record_id, train=80, validation=10)
    part = part.in_split(SPLIT_OF.get(word(record.note("split") or ""), hashed))
    right = re.findall(r"option(\d{1,9})(?!\d)", record.text_or_none("correct_answer") or "")
    if kind not in ("mcq", "saq"):
        return part.reject(record.where, Reason.OUTSIDE_FIELD, f"question_type {kind}", record_id)
    if kind == "mcq" and len(right) > 1:
        return part.reject(record.where, Reason.SEVERAL_ANSWERS, ", ".join(right), record_id)
    if kind == "mcq" and right:
        answer = letter(int(right[0]) - 1)
    content = Content(
        question=record.note("question_clean") or record.text("question"),
        options=lettered(record.options("answer_options").values()) if kind == "mcq" else None,
        answer=answer,
        long_answer=record.note("answer_rationale") or (record.note("correct_answer") if kind == "saq" else None),
        more={
            "subject": (record.note("specialty") or "").replace("_", " "),
            "country": _country(record),
            "culture": {"yes": True, "true": True, "no": False, "false": False}.get(
                word(record.note("region_specific") or "")
            ),
        },
    )
    return part.outcome(record.where, record_id, content, "mcqa" if kind == "mcq" else "lfqa")


def _country(record: Record) -> str | None:
    code = (record.note("country") or "").upper()
    return code if re.fullmatch("[A-Z]{2}", code) else None


AFRIMEDQA = Source(
    name="afrimedqa",
    title="AfriMed-QA",
    task="mcqa",
    upstream="intronhealth/afrimedqa_v2",
    revision=None,
    folder="afrimedqa",
    licence="CC-BY-NC-SA-4.0",
    publish="private",
    publish_reason="CC BY-NC-SA 4.0 on the publisher's gated Hub repository: no commercial use",
    citation="""@misc{olatunji2024afrimedqa,
  title = {{AfriMed-QA}: A Pan-African, Multi-Specialty, Medical Question-Answering Benchmark Dataset},
  author = {Olatunji, Tobi and Nimo, Charles and Owodunni, Abraham and Abdullahi, Tassallah and others},
  year = {2024},
  eprint = {2411.15640}
}""",
    languages={"en": Text("original")},
    parser=_parse,
    place=Place("hub", "intronhealth/afrimedqa_v2", files=("*.csv",)),
)
