"""KorMedMCQA, the Korean licensing examinations of doctors, nurses, pharmacists and dentists.

Layout: ``subject`` (doctor, nurse, pharm or dentist), ``year``, ``period``, ``q_number``, ``question``, ``A`` to ``E``
and ``answer`` (the right option, 1 to 5), as Parquet ``<subject>/{train,dev,test}-*.parquet`` on the Hub, or in any
other format of records. Its ``fewshot`` repeats items of dev. https://huggingface.co/datasets/sean0042/KorMedMCQA
"""

from collections.abc import Iterator

from builders.sources.item import Outcome
from builders.sources.layouts.answers import label
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, letter, lettered, stable_id

OPTIONS = ("A", "B", "C", "D", "E")
PLACE = ("subject", "year", "period", "q_number")
#: The examinations by ``subject``.
EXAMS = {
    "doctor": "의사 국가시험",
    "nurse": "간호사 국가시험",
    "pharm": "약사 국가시험",
    "dentist": "치과의사 국가시험",
}
KNOWN = Known(
    layouts=(Layout("the publisher's", (*PLACE, "question", *OPTIONS, "answer"), None),),
    names=r"(?:.*/)?(?:doctor|nurse|pharm|dentist)[/-](train|dev|test)(?:-.*)?\.(?:parquet|csv)",
    expected="<subject>/{train,dev,test}-*.parquet",
    other=r".*fewshot.*",
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (_outcome(part, record) for part, _, record in KNOWN.read(source, folder))


def _outcome(part: Part, record: Record) -> Outcome:
    subject, value = record.text("subject"), record.fields["answer"]
    texts = [record.text_or_none(name) or "" for name in OPTIONS]
    while texts and not texts[-1].strip():
        texts.pop()
    right = label(value) if isinstance(value, str) and label(value) in OPTIONS else letter(record.whole("answer") - 1)
    content = Content(
        question=record.text("question"),
        options=lettered(texts),
        answer=right,
        more={"subject": subject, "country": "KR", "year": record.year("year"), "exam": EXAMS.get(subject)},
    )
    numbers = (record.numeral(name) for name in PLACE[1:])
    return part.outcome(record.where, stable_id("/".join((subject, *numbers))), content)


KORMEDMCQA = Source(
    name="kormedmcqa",
    title="KorMedMCQA",
    task="mcqa",
    upstream="sean0042/KorMedMCQA",
    revision=None,
    folder="kormedmcqa",
    licence="CC-BY-NC-2.0",
    publish="private",
    publish_reason="CC BY-NC 2.0 on the publisher's Hub repository: no commercial use",
    citation="""@misc{kweon2024kormedmcqa,
  title = {{KorMedMCQA}: Multi-Choice Question Answering Benchmark for Korean Healthcare Professional Licensing
           Examinations},
  author = {Kweon, Sunjun and Choi, Byungjin and Chu, Gyouk and Song, Junyeong and Hyeon, Daeun and others},
  year = {2024},
  eprint = {2403.01469}
}""",
    languages={"ko": Text("original")},
    parser=_parse,
    place=Place(
        "hub", "sean0042/KorMedMCQA", files=tuple(f"*/{split}-*.parquet" for split in ("train", "dev", "test"))
    ),
)
