"""PubMedQA, its expert-labelled part (PQA-L).

Layouts: the publisher's JSON ``ori_pqal.json``, an object by PMID: ``QUESTION``, ``CONTEXTS`` (list),
``LONG_ANSWER``, ``final_decision`` (yes, no or maybe), ``YEAR``, and ``test_ground_truth.json``, PMID to decision: the
official test of 500; and one row per article as on the Hub (``pqa_labeled``), with ``pubid``, ``question``, ``context``
(``contexts``, a list), ``long_answer`` and ``final_decision``. Its other parts are no files of this source.
https://github.com/pubmedqa/pubmedqa

The others have no official split (the publisher's are folds): 90 per cent train, 10 validation, by hash. The Hub's
copy does not say which are the official test; the publisher's ``preprocess/split_dataset.py`` does, for the whole part
in its order. Of a copy that is not the whole, every article is held out as test, since any may be one.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from random import Random
from typing import NamedTuple

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.answers import word
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, hashed_split, stable_id
from globmed.errors import UserError

RECORDS = "ori_pqal.json"
TEST = "test_ground_truth.json"
#: SHA-256 of the PMIDs of the whole part, one a line in the publisher's order, which the Hub's copy keeps.
WHOLE = "a2a9566bb9cdb670880133c2f44f7b8780d5605664471e523d709c3cf33545d6"
DECISIONS = ("yes", "no", "maybe")


class Article(NamedTuple):
    """The fields of a record, whatever they are called."""

    pmid: str
    question: str
    contexts: list[str]
    long_answer: str
    decision: str
    year: int | None = None


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    files = KNOWN.find(folder)
    articles = [each.layout.read(row) for each in files for row in folder.looked_at(each.file)]
    decisions = _decisions(folder, is_needed=any(each.layout.read is _own for each in files))
    if decisions is None:
        decisions = _by_rule(articles)
    elif absent := sorted(decisions.keys() - {article.pmid for article in articles}):
        raise UserError(
            f"{folder.path / TEST}: found {absent[0]!r}, which {PurePosixPath(files[0].file).name} does not have: "
            "take both files of one version"
        )
    for found in files:
        for record in folder.records(found.file, folder.rows(found.file)):
            yield _outcome(source.part(found.file), found.layout.read(record), record, decisions)


def _by_rule(articles: Sequence[Article]) -> Mapping[str, str]:
    """Return the official test's decisions by PMID, as ``preprocess/split_dataset.py`` makes it.

    It shuffles the PMIDs of each decision from seed 0; the second half is the test.
    """
    if hashlib.sha256("\n".join(article.pmid for article in articles).encode()).hexdigest() != WHOLE:
        return {article.pmid: article.decision for article in articles}
    shuffle, test = Random(0).shuffle, {}  # noqa: S311 -- no secret
    for decision in DECISIONS:
        pmids = [article.pmid for article in articles if article.decision == decision]
        shuffle(pmids)
        test.update(dict.fromkeys(pmids[(len(pmids) + 1) // 2 :], decision))
    return test


def _decisions(folder: Folder, *, is_needed: bool) -> Mapping[str, str] | None:
    """Return the official test's decisions by PMID; None where a copy does not have the file."""
    file = next((name for name in folder.tables() if PurePosixPath(name).name == TEST), TEST)
    if not is_needed and file not in folder.tables():
        return None
    test = folder.json(file)
    decisions = {name.strip(): word(test.text(name)) for name in test.fields}
    if len(decisions) < len(test.fields):
        raise UserError(
            f"{test.file}: a PMID occurs twice, but for white space: download the file again, or correct it"
        )
    return decisions


def _own(record: Record) -> Article:
    texts = record.text("QUESTION"), record.texts("CONTEXTS"), record.text("LONG_ANSWER")
    return Article(record.key.strip(), *texts, word(record.text("final_decision")), record.year("YEAR"))


def _row(record: Record) -> Article:
    texts = record.text("question"), record.record("context").texts("contexts"), record.text("long_answer")
    return Article(record.numeral("pubid"), *texts, word(record.text("final_decision")))


def _outcome(part: Part, article: Article, record: Record, decisions: Mapping[str, str]) -> Outcome:
    record_id = stable_id(article.pmid)
    where = record_id if record.key else record.where
    official = decisions.get(article.pmid, article.decision)
    if official != article.decision:
        detail = f"final_decision {article.decision}, {TEST} {official}"
        return part.reject(where, Reason.CONFLICTING_KEY, detail, record_id)
    hashed = hashed_split(part.source.name, record_id, train=90, validation=10)
    content = Content(
        question=article.question,
        context="\n\n".join(text.strip() for text in article.contexts),
        answer=article.decision,
        long_answer=article.long_answer,
        more={"year": article.year},
    )
    return part.in_split("test" if article.pmid in decisions else hashed).outcome(where, record_id, content)


KNOWN: Known[Callable[[Record], Article]] = Known(
    layouts=(
        Layout("the publisher's", ("QUESTION", "CONTEXTS", "LONG_ANSWER", "final_decision"), _own),
        Layout("the Hub's", ("pubid", "question", "context", "long_answer", "final_decision"), _row),
    ),
    names=rf"(?:.*/)?{RECORDS}",
    expected=RECORDS,
    other=r"(?:.*/)?(?:ori_pqa[au]\.json|pqa_(?:artificial|unlabeled)[-/].*)",
    splits="none",
)

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
    records={"test": 500},
    parser=_parse,
    place=Place(
        "git",
        "https://github.com/pubmedqa/pubmedqa",
        "1cbae8e92f72f20c8d3747cbb3bf5bc53554d997",
        files=("data/ori_pqal.json", "data/test_ground_truth.json"),
        below="data/",
    ),
)
