"""Find questions with different keys in one source or in two: it cannot be decided here which key is right."""

from string import ascii_uppercase
from typing import NamedTuple

import polars as pl

from builders.sources.audit.faults import Fault
from builders.sources.item import Reason
from globmed.storage.queries import connect, query

ASKED = ("question", "context", "premise", "hypothesis")
#: The task in which a question may have several right answers.
FREE = "lfqa"
TWO_KEYS = "two keys"
_NOTED = {"other key": Fault.OTHER_KEY.value, "twice": Fault.ASKED_TWICE.value}


class Keyed(NamedTuple):
    """The items with a single key in their source, those with several, and the notes.

    ``left_out`` has the columns of the items, ``reason`` and ``detail``; ``noted`` has ``row``, ``kind`` (a `Fault`)
    and ``detail``. Details are ids.
    """

    items: pl.DataFrame
    left_out: pl.DataFrame
    noted: pl.DataFrame


def with_one_key(items: pl.DataFrame) -> Keyed:
    """Leave out items that their source also has with another key, in all languages of the item.

    Args:
        items: the columns of an item and ``row``, its number.
    """
    found = _repeated(items)
    conflicts = found.filter(kind=TWO_KEYS)
    both = items.join(conflicts.select("row", detail="other"), on="row").with_columns(reason=pl.lit(Reason.TWO_KEYS))
    first = conflicts.group_by("id").agg(detail=pl.concat_str(pl.col("language").min(), pl.lit(f": {Reason.TWO_KEYS}")))
    elsewhere = (
        items.join(both, on="row", how="anti").join(first, on="id").with_columns(reason=pl.lit(Reason.LANGUAGES_DIFFER))
    )
    left_out = pl.concat([both, elsewhere], how="diagonal")
    kind = pl.col("kind").replace_strict(_NOTED, default=None, return_dtype=pl.String)
    noted = found.filter(pl.col("kind") != TWO_KEYS).select("row", kind=kind, detail="other")
    return Keyed(items.join(left_out, on="row", how="anti", maintain_order="left"), left_out, noted)


def _repeated(items: pl.DataFrame) -> pl.DataFrame:
    """Return ``row, id, language, kind, other`` of repeated questions (``sql/audit/keys.sql``)."""
    texts = pl.col("options").list.eval(_folded(pl.element().struct.field("text")))
    place = pl.col("answer").replace_strict(dict(zip(ascii_uppercase, range(26), strict=True)), default=None)
    asked = pl.concat_str(
        *(_folded(pl.col(name)).fill_null("") for name in ASKED),
        texts.list.sort().list.join("\n").fill_null(""),
        separator="\n\n",
    )
    wanted = items.filter(pl.col("task") != FREE).select(
        *("row", "id", "language", "source"),
        asked=asked,
        answer=pl.coalesce(texts.list.get(place, null_on_oob=True), pl.col("answer")),
    )
    with connect() as database:
        return query(database, "audit/keys", {"items": wanted})


def _folded(text: pl.Expr) -> pl.Expr:
    """Normalize a text for comparison; superscript digits are kept."""
    return text.str.normalize("NFC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars(" .:;?")
