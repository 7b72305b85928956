"""The row schema: the single definition from which all other forms are derived.

Arrow, polars, ``datasets.Features`` and the card's field table are all derived from `FIELDS`. The schema is the same in
every config.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cache
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

if TYPE_CHECKING:
    import datasets
    import polars as pl

TASKS = ("mcqa", "yesno", "nli", "lfqa")
SPLITS = ("train", "validation", "test")
#: From weakest to strongest; a row has the weakest origin among its segments.
ORIGINS = ("machine", "postedited", "human", "original")
#: The answers of tasks with a closed set; mcqa is answered with one of the item's own option labels.
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


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal of translation quality: a number or null in every row.

    Attributes:
        name: its field in `quality`.
        worst: which of a row's texts decides: the least or the greatest value, or the one farthest from 1 by ratio
            (``off``); ``row`` if the row is measured as a whole.
        meaning: the fault of a translation that it flags.
        critical: whether a translation that it flags is withheld.
        gated: whether a config with many rows that it flags is not released; true of every critical one.
        reason: its code in `reasons`; None if it has several, or flags nothing.
        low: the lowest possible value.
        high: the highest possible value.
        best: its value for a good translation.
        shown: the range of plots; larger values count in the last bin.
    """

    name: str
    worst: Literal["least", "most", "off", "row"]
    meaning: str
    _: KW_ONLY
    critical: bool = False
    gated: bool = False
    reason: str | None = None
    low: float = 0
    high: float = 1
    best: int = 1
    shown: tuple[int, int] = (0, 1)


_SIGNALS = (
    Signal("numbers", "least", "a number, unit or comparison was changed", critical=True),
    Signal(
        "facts",
        "least",
        "a drug, route, frequency, side, sex, direction or the like became another one",
        critical=True,
        reason="facts",
    ),
    Signal(
        "negation",
        "least",
        "the source denies more than the translation, or only the translation denies",
        gated=True,
        reason="negation",
    ),
    Signal("options", "row", "the options became other options", critical=True),
    Signal("script", "least", "the text is in another script", critical=True, reason="script"),
    Signal("language", "least", "the text seems to be in another language", gated=True, reason="language"),
    Signal(
        "length_ratio",
        "off",
        "the text is far shorter or longer than translations of such a source are, or has a sentence more",
        reason="length",
        high=inf,
        shown=(0, 3),
    ),
    Signal("copy", "most", "the text, or a part of it, was left untranslated", gated=True, reason="copy", best=0),
    Signal("repetition", "most", "a piece comes again and again", reason="repetition", low=1, high=inf, shown=(1, 11)),
    Signal(
        "truncation",
        "most",
        "the text stops before its source does, or is short",
        gated=True,
        reason="truncation",
        best=0,
    ),
    Signal("markup", "least", "a tag, placeholder or address is lost", reason="markup"),
    Signal("terminology", "least", "agreed terms were not used", reason="terminology"),
    Signal("round_trip", "least", "translated back, the text is far from its source", reason="round_trip"),
    Signal("estimator", "least", "a learned model expects people to find it bad", low=-inf, high=inf),
)
#: Every signal by name, in the order of `quality`.
SIGNALS: Mapping[str, Signal] = MappingProxyType({signal.name: signal for signal in _SIGNALS})
#: The signals that withhold a translation.
CRITICAL = tuple(signal.name for signal in _SIGNALS if signal.critical)
#: Those of which too many flagged rows stop a config, the critical ones among them.
GATED = tuple(signal.name for signal in _SIGNALS if signal.critical or signal.gated)
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
    """A column and its roles; every list of columns, in Python and in SQL, derives from these.

    Attributes:
        name: of the column.
        type: in Arrow.
        nullable: whether it may be null.
        meaning: its contents, for the card.
        used_by: the tasks whose items may fill it; none if the pipeline makes it.
        required_by: the tasks in which it may not be empty.
        translated: whether its text is translated; the other columns of an item are copied into every language.
        asked: whether it is part of the question: items that ask the same are one question.
        compared: whether it has to be the same in every language.
    """

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str
    _: KW_ONLY
    used_by: tuple[str, ...] = ()
    required_by: tuple[str, ...] = ()
    translated: bool = False
    asked: bool = False
    compared: bool = False


_ASKING = ("mcqa", "yesno", "lfqa")

FIELDS = (
    Field("id", pa.string(), False, "`<source>/<split>/<upstream id>`, the same in every language"),
    Field("language", pa.string(), False, "BCP-47 tag of the row's text"),
    Field("source", pa.string(), False, "the benchmark that the item comes from", compared=True),
    Field("task", pa.string(), False, "`mcqa`, `yesno`, `nli` or `lfqa`", compared=True),
    Field(
        "question",
        pa.string(),
        True,
        "the question or stem; null in `nli`",
        used_by=_ASKING,
        required_by=_ASKING,
        translated=True,
        asked=True,
    ),
    Field(
        "context",
        pa.string(),
        True,
        "abstract or vignette that the question refers to",
        used_by=TASKS,
        translated=True,
        asked=True,
    ),
    Field(
        "premise",
        pa.string(),
        True,
        "`nli` only",
        used_by=("nli",),
        required_by=("nli",),
        translated=True,
        asked=True,
    ),
    Field(
        "hypothesis",
        pa.string(),
        True,
        "`nli` only",
        used_by=("nli",),
        required_by=("nli",),
        translated=True,
        asked=True,
    ),
    Field(
        "options",
        OPTIONS,
        True,
        "`mcqa` only: the options in order, `label` and `text` each",
        used_by=("mcqa",),
        translated=True,
        asked=True,
    ),
    Field(
        "answer",
        pa.string(),
        True,
        "an option's label; yes/no/maybe; entailment/neutral/contradiction",
        used_by=("mcqa", "yesno", "nli"),
        compared=True,
    ),
    Field(
        "long_answer",
        pa.string(),
        True,
        "reference answer of `lfqa`, or an explanation",
        used_by=TASKS,
        required_by=("lfqa",),
        translated=True,
    ),
    Field(
        "specialty",
        pa.string(),
        True,
        "field of medicine, named as in Scopus's All Science Journal Classification (ASJC); null where the upstream "
        "labels none, or none that is in that list",
        used_by=TASKS,
        compared=True,
    ),
    Field("subject", pa.string(), True, "the upstream's own label of its field", used_by=TASKS, compared=True),
    Field(
        "country",
        pa.string(),
        True,
        "country of the examination or of the author, ISO 3166-1 alpha-2",
        used_by=TASKS,
        compared=True,
    ),
    Field("year", pa.int64(), True, "of the examination, or of the article", used_by=TASKS, compared=True),
    Field("exam", pa.string(), True, "the examination that asked it", used_by=TASKS, compared=True),
    Field(
        "culture",
        pa.bool_(),
        True,
        "whether the right answer depends on where it is asked (guideline, drug, law); null where nobody labelled it",
        used_by=TASKS,
        compared=True,
    ),
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
    Field("review", REVIEW, False, "ratings by human reviewers, and the version that they reviewed"),
)
#: The columns that come from an item; `OPTIONS` and the answers have rules of their own.
CONTENT = tuple(field.name for field in FIELDS if field.used_by)
#: Those that are copied into every language.
COPIED = tuple(field.name for field in FIELDS if field.used_by and not field.translated)
#: The texts of an item that are translated, besides its options.
TEXTS = tuple(field.name for field in FIELDS if field.translated and field.type == pa.string())
#: The texts that make up an item's question, besides its options.
ASKED = tuple(field.name for field in FIELDS if field.asked and field.type == pa.string())
#: The columns that have to be the same in every language, besides the labels of the options.
COMPARED = tuple(field.name for field in FIELDS if field.compared)


def arrow_schema() -> pa.Schema:
    """Return the schema of every released Parquet file."""
    return pa.schema([pa.field(field.name, field.type) for field in FIELDS])


def polars_schema() -> "pl.Schema":
    """Return the same for polars."""
    return _polars_schema().copy()


@cache
def _polars_schema() -> "pl.Schema":
    import polars as pl

    frame = pl.from_arrow(arrow_schema().empty_table())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 -- a table never gives a Series
    return frame.schema


def features() -> "datasets.Features":
    """Return the same for ``datasets``."""
    import datasets

    return datasets.Features.from_arrow_schema(arrow_schema())


def field_table() -> str:
    """Return the same for people: a Markdown table with one line per column."""
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
