"""PubMedQA, its expert-labelled part (PQA-L).

Format: JSON ``ori_pqal.json``, an object by PMID: ``QUESTION``, ``CONTEXTS`` (list), ``LONG_ANSWER``,
``final_decision`` (yes, no or maybe); and ``test_ground_truth.json``, PMID to decision: the official test of 500.
The others have no official split (the publisher's are folds): 90 per cent train, 10 validation, by hash.
https://github.com/pubmedqa/pubmedqa
"""

from collections.abc import Iterator, Mapping

from builders.sources.answers import word
from builders.sources.item import Outcome, Reason
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, hashed_split, stable_id
from globmed.errors import UserError

RECORDS = "ori_pqal.json"
TEST = "test_ground_truth.json"


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    records, test = folder.json(RECORDS), folder.json(TEST)
    decisions = {name.strip(): word(test.text(name)) for name in test.fields}
    if len(decisions) < len(test.fields):
        raise UserError(f"{test.file}: a PMID stands twice, white space aside: download the file again, or mend it")
    absent = sorted(decisions.keys() - {name.strip() for name in records.fields})
    if absent:
        raise UserError(
            f"{test.file}: found {absent[0]!r}, which {RECORDS} does not have: take both files of one version"
        )
    part = source.part(RECORDS)
    for name in folder.records(RECORDS, records.fields):
        article = records.record(name)
        yield _outcome(part, name.strip(), Record(article.fields, article.file, stable_id(name)), decisions)


def _outcome(part: Part, name: str, record: Record, decisions: Mapping[str, str]) -> Outcome:
    record_id = stable_id(name)
    decision = word(record.text("final_decision"))
    official = decisions.get(name, decision)
    if official != decision:
        return part.reject(record.where, Reason.CONFLICTING_KEY, f"final_decision {decision}, {TEST} {official}")
    hashed = hashed_split(part.source.name, record_id, train=90, validation=10)
    content = Content(
        question=record.text("QUESTION"),
        context="\n\n".join(text.strip() for text in record.texts("CONTEXTS")),
        answer=decision,
        long_answer=record.text("LONG_ANSWER"),
    )
    return part.in_split("test" if name in decisions else hashed).outcome(record.where, record_id, content)


PUBMEDQA = Source(
    name="pubmedqa",
    title="PubMedQA (PQA-L)",
    task="yesno",
    upstream="https://github.com/pubmedqa/pubmedqa",
    revision=None,
    folder="pubmedqa",
    licence="MIT",
    publish="public",
    publish_reason="the publisher's LICENSE file is MIT",
    citation="""@inproceedings{jin2019pubmedqa,
  title = {{PubMedQA}: A Dataset for Biomedical Research Question Answering},
  author = {Jin, Qiao and Dhingra, Bhuwan and Liu, Zhengping and Cohen, William and Lu, Xinghua},
  booktitle = {Proceedings of EMNLP-IJCNLP 2019},
  pages = {2567--2577},
  year = {2019},
  doi = {10.18653/v1/D19-1259}
}""",
    languages={"en": Text("original")},
    parser=_parse,
)
