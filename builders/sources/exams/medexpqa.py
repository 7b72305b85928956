"""MedExpQA, an edition of the CasiMedicos examinations with retrieved passages, which are not used.

Format: JSON Lines ``data/<language>/{train,dev,test}.<language>.casimedicos.rag.jsonl``; records as in
`builders.sources.exams.casimedicos`, with a whole number ``id`` in place of ``idx``.
https://huggingface.co/datasets/HiTZ/MedExpQA
"""

from collections.abc import Iterator

from builders.sources.exams.casimedicos import LANGUAGES, parse_commented_exams
from builders.sources.item import Outcome
from builders.sources.reading import Folder
from builders.sources.source import Source

FILES = r"(?:.*/)?(train|dev|test)\.(en|es|fr)\.casimedicos\.rag\.jsonl?"


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    names = "data/{en,es,fr}/{train,dev,test}.{en,es,fr}.casimedicos.rag.jsonl"
    return parse_commented_exams(source, folder, (FILES, names), lambda record: str(record.whole("id")))


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
    parser=_parse,
)
