"""The project's own sample, for the demonstration and the tests.

Format: JSON Lines ``items.jsonl`` with ``id``, ``split``, ``task``, ``question``, ``context``, ``premise``,
``hypothesis``, ``options`` (letter to text, or null), ``answer`` and ``long_answer``; unused columns are null. Any
other column of an item is allowed by its name. ``language`` is that of the item's texts, English without it.
"""

from collections.abc import Iterator

from builders.sources.item import MORE, Option, Outcome
from builders.sources.layouts.answers import label, word
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Source, Text, stable_id
from globmed.schema import SPLITS, TASKS, polars_schema

FILE = "items.jsonl"
#: How a column of a type is read.
_READ = {"String": Record.text_or_none, "Int64": Record.whole_or_none, "Boolean": Record.truth_or_none}


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    for record in folder.records(FILE, folder.json_lines(FILE)):
        tag = record.choice("language", list(source.languages)) if "language" in record.fields else "en"
        placed = source.part(FILE, record.choice("split", SPLITS), tag)
        record_id, task = stable_id(record.text("id")), record.choice("task", TASKS)
        yield placed.outcome(record.where, record_id, _content(record, task), task)


def _content(record: Record, task: str) -> Content:
    answer = record.text_or_none("answer")
    read = label if task == "mcqa" else word
    options = None if record.fields.get("options") is None else record.options("options").items()
    return Content(
        question=record.text_or_none("question"),
        context=record.text_or_none("context"),
        premise=record.text_or_none("premise"),
        hypothesis=record.text_or_none("hypothesis"),
        options=None if options is None else [Option(name, text) for name, text in options],
        answer=None if answer is None else read(answer),
        long_answer=record.text_or_none("long_answer"),
        more={name: _READ[str(polars_schema()[name])](record, name) for name in MORE},
    )


SAMPLE = Source(
    name="sample",
    title="GlobMed sample (written by a model, not reviewed by an expert)",
    task="mcqa",
    upstream="globmed/GlobMed",
    revision=None,
    folder="sample",
    licence="CC0-1.0",
    publish="public",
    publish_reason="the project's own",
    citation="""@misc{globmedsample,
  title = {GlobMed sample items, written by a language model and not reviewed by an expert},
  author = {{The GlobMed contributors}},
  year = {2026}
}""",
    languages={"en": Text("original"), "fr": Text("original")},
    parser=_parse,
)
