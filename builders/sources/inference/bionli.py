"""BioNLI, whether a biomedical conclusion follows from its abstract.

Format: CSV, TSV or JSON Lines with the columns ``sentence1`` (premise), ``sentence2`` (hypothesis) and
``gold_label``. The split is in the file's name; where it is not, 80 per cent train, 10 validation, 10 test, by hash.
https://github.com/StonyBrookNLP/BioNLI
"""

import re
from collections.abc import Iterator

from builders.sources.item import Outcome
from builders.sources.reading import Folder, Record
from builders.sources.source import SPLIT_OF, Part, Source, Text, content_id, hashed_split, pair

FILES = r"(?:.*/)?([^/]*)\.(?:csv|tsv|jsonl)"


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for match in folder.find(FILES, "train, dev and test as .csv, .tsv or .jsonl"):
        file, split = match.string, _named_split(match[1])
        for record in folder.records(file, folder.table(file)):
            yield _outcome(source.part(file), split, record)


def _named_split(name: str) -> str | None:
    named = {SPLIT_OF[word] for word in re.split(r"[^a-z]+", name.lower()) if word in SPLIT_OF}
    return named.pop() if len(named) == 1 else None


def _outcome(part: Part, split: str | None, record: Record) -> Outcome:
    record_id = content_id(record.text("sentence1"), record.text("sentence2"))
    split = split or hashed_split(part.source.name, record_id, train=80, validation=10)
    return pair(part.in_split(split), record, record_id)


BIONLI = Source(
    name="bionli",
    title="BioNLI",
    task="nli",
    upstream="https://github.com/StonyBrookNLP/BioNLI",
    revision=None,
    folder="bionli",
    licence="CC-BY-4.0",
    publish="public",
    publish_reason="the publisher's README says CC BY 4.0",
    citation="""@inproceedings{bastan2022bionli,
  title = {{BioNLI}: Generating a Biomedical {NLI} Dataset Using Lexico-semantic Constraints for Adversarial Examples},
  author = {Bastan, Mohaddeseh and Surdeanu, Mihai and Balasubramanian, Niranjan},
  booktitle = {Findings of the Association for Computational Linguistics: EMNLP 2022},
  year = {2022}
}""",
    languages={"en": Text("original")},
    parser=_parse,
)
