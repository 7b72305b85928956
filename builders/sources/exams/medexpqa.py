"""MedExpQA, an edition of the CasiMedicos examinations with retrieved passages, which are not used.

Layout: records as in `builders.sources.exams.casimedicos`, with a whole number ``id`` in place of ``idx``, as JSON
Lines ``data/<language>/{train,dev,test}.<language>.casimedicos.rag.jsonl`` or in any other format of records. An
absent option is null in the publisher's mended version; before, it was NaN, which is no JSON.
https://huggingface.co/datasets/HiTZ/MedExpQA
"""

from collections.abc import Iterator

from builders.sources.exams.casimedicos import FIELDS, LANGUAGES, parse_commented_exams
from builders.sources.item import Outcome
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder
from builders.sources.source import Source

KNOWN = Known(
    layouts=(Layout("the publisher's", ("id", *FIELDS), None),),
    names=r"(?:.*/)?(train|dev|test)\.(en|es|fr)\.casimedicos\.rag\.jsonl?",
    expected="data/{en,es,fr}/{train,dev,test}.{en,es,fr}.casimedicos.rag.jsonl",
    languages={tag: tag for tag in LANGUAGES},
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    return parse_commented_exams(source, folder, KNOWN, lambda record: str(record.whole("id")))


MEDEXPQA = Source(
    name="medexpqa",
    title="MedExpQA",
    task="mcqa",
    upstream="HiTZ/MedExpQA",
    revision="88b09c32c530db2f2496930b388515b285bd2524",
    folder="medexpqa",
    licence="CC-BY-4.0",
    publish="public",
    publish_reason="CC BY 4.0 on the publisher's Hub repository; the same records as casimedicos",
    citation="""@article{alonso2024medexpqa,
  title = {{MedExpQA}: Multilingual Benchmarking of Large Language Models for Medical Question Answering},
  author = {Alonso, I{\\~n}igo and Oronoz, Maite and Agerri, Rodrigo},
  journal = {Artificial Intelligence in Medicine},
  year = {2024},
  eprint = {2404.05590}
}""",
    languages=LANGUAGES,
    records={"train": 434, "validation": 63, "test": 125},
    parser=_parse,
    place=Place(
        "hub",
        "HiTZ/MedExpQA",
        "88b09c32c530db2f2496930b388515b285bd2524",
        files=tuple(f"*.{tag}.casimedicos.rag.jsonl" for tag in LANGUAGES),
    ),
)
