"""MMLU-Pro, the questions of its category ``health``.

Format: Parquet ``{test,validation}-*.parquet`` as on the Hub, or JSON Lines of the same columns:
``question_id``, ``question``, ``options`` (3 to 10 texts), ``answer`` (letter), ``answer_index`` (from 0),
``category``. https://huggingface.co/datasets/TIGER-Lab/MMLU-Pro
"""

from collections.abc import Iterator

from builders.sources.answers import label, word
from builders.sources.item import Outcome, Reason
from builders.sources.reading import Folder, Record
from builders.sources.source import SPLIT_OF, Content, Part, Source, Text, letter, lettered

FILES = r"(?:.*/)?(?:DERIVED_mmlu_pro_)?(test|validation)(?:_health|-\d+-of-\d+)?\.(?:jsonl?|parquet)"
CATEGORY = "health"


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for match in folder.find(FILES, "test and validation as .parquet or .jsonl"):
        file = match.string
        part = source.part(file, SPLIT_OF[match[1]])
        for record in folder.records(file, folder.table(file)):
            yield _outcome(part, record)


def _outcome(part: Part, record: Record) -> Outcome:
    category, options = word(record.text("category")), record.texts("options")
    answer, index = label(record.text("answer")), record.whole("answer_index")
    if category != CATEGORY:
        return part.reject(record.where, Reason.OUTSIDE_FIELD, category)
    if answer != letter(index):
        return part.reject(record.where, Reason.CONFLICTING_KEY, f"answer {answer}, answer_index {index}")
    content = Content(question=record.text("question"), options=lettered(options), answer=answer)
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
    parser=_parse,
)
