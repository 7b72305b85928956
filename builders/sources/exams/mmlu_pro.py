"""MMLU-Pro, the questions of its category ``health``.

Layout: ``question_id``, ``question``, ``options`` (3 to 10 texts), ``answer`` (letter), ``answer_index`` (from 0),
``category`` and ``src`` (where the question is from: ``ori_mmlu-anatomy``), as Parquet
``{test,validation}-*.parquet`` on the Hub, or in any other format of records.
https://huggingface.co/datasets/TIGER-Lab/MMLU-Pro
"""

from collections.abc import Iterator

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.answers import label, word
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, letter, lettered

CATEGORY = "health"
FIELDS = ("question_id", "question", "options", "answer", "answer_index", "category")
KNOWN = Known(
    layouts=(Layout("the publisher's", FIELDS, None),),
    names=r"(?:.*/)?(?:DERIVED_mmlu_pro_)?(test|validation)(?:_health|-\d+-of-\d+)?\.(?:jsonl?|parquet)",
    expected="test and validation as .parquet or .jsonl",
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (_outcome(part, record) for part, _, record in KNOWN.read(source, folder))


def _outcome(part: Part, record: Record) -> Outcome:
    category, options = word(record.text("category")), record.texts("options")
    answer, index = label(record.text("answer")), record.whole("answer_index")
    if category != CATEGORY:
        return part.reject(record.where, Reason.OUTSIDE_FIELD, category)
    if answer != letter(index):
        detail = f"answer {answer}, answer_index {index}"
        return part.reject(record.where, Reason.CONFLICTING_KEY, detail, str(record.whole("question_id")))
    content = Content(
        question=record.text("question"),
        options=lettered(options),
        answer=answer,
        more={"subject": (record.note("src") or "").removeprefix("ori_mmlu-")},
    )
    return part.outcome(record.where, str(record.whole("question_id")), content)


MMLU_PRO = Source(
    name="mmlu_pro",
    title="MMLU-Pro (health)",
    task="mcqa",
    upstream="TIGER-Lab/MMLU-Pro",
    revision="3373e0b32277875b8db2aa555a333b78a08477ea",
    folder="mmlu_pro",
    licence="Apache-2.0",
    publish="public",
    publish_reason="the publisher's LICENSE file is Apache-2.0",
    citation="""@inproceedings{wang2024mmlupro,
  title = {{MMLU-Pro}: A More Robust and Challenging Multi-Task Language Understanding Benchmark},
  author = {Wang, Yubo and Ma, Xueguang and Zhang, Ge and Ni, Yuansheng and Chandra, Abhranil and others},
  booktitle = {Advances in Neural Information Processing Systems, Datasets and Benchmarks Track},
  year = {2024},
  eprint = {2406.01574}
}""",
    languages={"en": Text("original")},
    records={"test": 818},
    parser=_parse,
    place=Place("hub", "TIGER-Lab/MMLU-Pro", "3373e0b32277875b8db2aa555a333b78a08477ea", files=("data/*.parquet",)),
)
