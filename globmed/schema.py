"""The row schema: the one definition from which every other form of it derives.

Arrow, polars, ``datasets.Features`` and the card's field table are all made from `FIELDS`. The schema is the
same in every config.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import datasets
    import polars as pl

TASKS = ("mcqa", "yesno", "nli", "lfqa")
SPLITS = ("train", "validation", "test")
#: From weakest to strongest; a row has the weakest origin among its segments.
ORIGINS = ("machine", "postedited", "human", "original")
REVIEW_STATUSES = ("unreviewed", "reviewed", "disputed")
#: The answers of the tasks that have a closed set; mcqa answers with one of its own option labels.
ANSWERS = {"yesno": ("yes", "no", "maybe"), "nli": ("entailment", "neutral", "contradiction")}

OPTIONS = pa.list_(pa.struct({"label": pa.string(), "text": pa.string()}))
PROVENANCE = pa.struct(
    {
        "upstream": pa.string(),
        "revision": pa.string(),
        "record_id": pa.string(),
        "licence": pa.string(),
        "engine": pa.string(),
        "package": pa.string(),
        "version": pa.string(),
        "sha256": pa.string(),
        "memory": pa.float64(),
        "rank": pa.int64(),
        "unresolved": pa.int64(),
    }
)
SIGNALS = (
    "numbers",
    "negation",
    "options",
    "script",
    "language",
    "length_ratio",
    "copy",
    "repetition",
    "truncation",
    "markup",
    "terminology",
    "round_trip",
    "estimator",
)
QUALITY = pa.struct(
    {
        **dict.fromkeys(SIGNALS, pa.float64()),
        "critical": pa.bool_(),
        "reasons": pa.list_(pa.string()),
    }
)
REVIEW = pa.struct(
    {
        "status": pa.string(),
        "raters": pa.int64(),
        "accuracy": pa.float64(),
        "fluency": pa.float64(),
        "completeness": pa.float64(),
        "version": pa.string(),
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its Arrow type, whether it may be null, and what it means (for the card)."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str


FIELDS = (
    Field("id", pa.string(), False, "`<source>/<split>/<upstream id>`, the same in every language"),
    Field("language", pa.string(), False, "BCP-47 tag of the row's text"),
    Field("source", pa.string(), False, "the benchmark that the item comes from"),
    Field("task", pa.string(), False, "`mcqa`, `yesno`, `nli` or `lfqa`"),
    Field("question", pa.string(), True, "the question or stem; null in `nli`"),
    Field("context", pa.string(), True, "abstract or vignette that the question refers to"),
    Field("premise", pa.string(), True, "`nli` only"),
    Field("hypothesis", pa.string(), True, "`nli` only"),
    Field("options", OPTIONS, True, "`mcqa` only: the options in order, `label` and `text` each"),
    Field("answer", pa.string(), True, "an option's label; yes/no/maybe; entailment/neutral/contradiction"),
    Field("long_answer", pa.string(), True, "reference answer of `lfqa`, or an explanation"),
    Field(
        "origin",
        pa.string(),
        False,
        "`original`, `human`, `postedited` or `machine`: the weakest of the row's texts",
    ),
    Field(
        "provenance",
        PROVENANCE,
        False,
        "upstream name, revision, record id and licence; translation engine, package, its version and SHA-256; "
        "share of the text from a translation memory, highest rank of a hypothesis taken (0 is the best), number of "
        "sentences of which no hypothesis kept the numbers",
    ),
    Field(
        "quality",
        QUALITY,
        False,
        "translation-quality signals, null where none was measured; whether one of them is critical, and the reasons",
    ),
    Field("review", REVIEW, False, "what human reviewers said of the row, and of which version"),
)


def arrow_schema() -> pa.Schema:
    """The schema of every Parquet file that is released."""
    return pa.schema([pa.field(field.name, field.type) for field in FIELDS])


def polars_schema() -> "pl.Schema":
    """The same for polars."""
    import polars as pl

    frame = pl.from_arrow(arrow_schema().empty_table())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 -- a table never gives a Series
    return frame.schema


def features() -> "datasets.Features":
    """The same for ``datasets``."""
    import datasets

    return datasets.Features.from_arrow_schema(arrow_schema())


def field_table() -> str:
    """The same for people: a Markdown table with one line a column."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{f.name}` | {_type_name(f)} | {f.meaning} |" for f in FIELDS]
    return "\n".join(lines)


def _type_name(field: Field) -> str:
    if pa.types.is_list(field.type):
        parts = ", ".join(f"`{child.name}`" for child in field.type.value_type)
        name = f"list of {{{parts}}}"
    elif pa.types.is_struct(field.type):
        name = "struct of " + ", ".join(f"`{child.name}`" for child in field.type)
    else:
        name = str(field.type)
    return f"{name} or null" if field.nullable else name
