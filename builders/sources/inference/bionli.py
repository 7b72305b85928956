"""BioNLI, whether a biomedical conclusion follows from its abstract.

Layouts: the publisher's own columns ``supp_set`` (premise), ``conclusion`` (hypothesis) and ``label_cat``; and the
columns of copies, ``sentence1``, ``sentence2`` and ``gold_label``, or ``premise``, ``hypothesis`` and ``label``; as
CSV, TSV, JSON, JSON Lines or Parquet. The split is in the file's path; where it is not, 80 per cent train, 10
validation, 10 test, by the premise's hash: an abstract and the perturbations of its conclusion stay together. https://github.com/StonyBrookNLP/BioNLI
"""

import re
from collections.abc import Iterator

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.layout import Known, Layout
from builders.sources.layouts.pairs import PAIRS, Columns, pair
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Part, Source, Text, content_id, hashed_split

OWN = Columns("supp_set", "conclusion", "label_cat")
#: The publisher's code has two classes: ``pos``, the abstract's own conclusion, is consistent with its premise, and
#: every other kind is inconsistent. These are the kinds: relations turned or exchanged, entities or numbers swapped,
#: sentences that a model wrote to say something else.
PERTURBED = frozenset({"posToNeg", "negToPos", "LPR", "swap_number", "SEN", "SEP", "SRE", "SREO"}) | frozenset(
    {"generation", "generation_nd", "generation_nd_SEN", "generation_nd_SRE"}
)
#: The publisher's code leaves this kind out of its training, development and test sets.
LEFT_OUT = "SET"
#: Marks of the regulator and the regulated entity, which the publisher's models were given.
_MARKS = re.compile(r"\s*</?(?:exp|re|er|el|le|end)>\s*")
KNOWN = Known(
    layouts=(*PAIRS, Layout("the publisher's", OWN, OWN)),
    names=r"(?:.*/)?([^/]*)\.(?:csv|tsv|jsonl)",
    expected="train, dev and test as .csv, .tsv or .jsonl",
    splits="optional",
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return (_outcome(part, record, columns) for part, columns, record in KNOWN.read(source, folder))


def _outcome(part: Part, record: Record, columns: Columns) -> Outcome:
    if columns is OWN:
        kind = record.text(OWN.label).strip()
        if kind == LEFT_OUT:
            return part.reject(record.where, Reason.UNKNOWN_LABEL, f"{kind}, which the publisher's code leaves out")
        label = "entailment" if kind == "pos" else "contradiction" if kind in PERTURBED else kind
        texts = {name: _MARKS.sub(" ", record.text(name)).strip() for name in OWN[:2]}
        record = Record({**texts, OWN.label: label}, record.file, record.where)
    premise, hypothesis = record.text(columns.premise), record.text(columns.hypothesis)
    record_id = content_id(premise, hypothesis)
    split = part.split or hashed_split(part.source.name, content_id(premise), train=80, validation=10)
    return pair(part.in_split(split), record, record_id, columns)


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
    place=Place(
        "hand",
        "https://github.com/StonyBrookNLP/BioNLI",
        terms="its README links a folder with train and dev, and names who hands out test",
    ),
)
