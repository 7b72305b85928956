"""The texts of a row as a reviewer sees them: in one field, each after a marker in brackets.

``[question] ...`` starts a line, and so does ``[A] ...`` for an option. An edit is returned in the same form.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from globmed.schema import TEXTS
from globmed.storage.lines import split_lines

#: A text of a row: its field (or an option's label), English, and the translation that is reviewed.
TEXT = pl.Struct({"name": pl.String, "source": pl.String, "translation": pl.String})
#: More than a cell of a spreadsheet holds, marks included.
LONGEST = 30_000
_EITHER = pl.element().struct.field("source") + "\n" + pl.element().struct.field("translation")
#: Of ``texts``: those whose both sides survive the way through a sheet. No text has a line that begins like a mark, nor
#: a control character, which no spreadsheet keeps.
FITS = (pl.col("texts").list.eval(_EITHER.str.len_chars()).list.sum() <= LONGEST) & ~pl.col("texts").list.eval(
    _EITHER.str.contains(r"\n\[\w+\]|[\x00-\x08\x0b-\x1f\x7f]")
).list.any()


def row_texts(rows: pl.DataFrame, english: pl.DataFrame) -> pl.DataFrame:
    """Return ``id, texts`` of the rows that are translations of English items, in reading order."""
    both = rows.join(english, on="id", suffix="_english")
    fields = [
        both.select(
            "id",
            pl.lit(place).alias("place"),
            pl.lit(name).alias("name"),
            pl.col(f"{name}_english").alias("source"),
            pl.col(name).alias("translation"),
        )
        for place, name in enumerate(TEXTS)
    ]
    of_option = pl.element().struct
    options = both.filter(pl.col("options").list.len() == pl.col("options_english").list.len()).select(
        "id",
        pl.int_ranges(len(TEXTS), len(TEXTS) + pl.col("options").list.len()).alias("place"),
        pl.col("options").list.eval(of_option.field("label")).alias("name"),
        pl.col("options_english").list.eval(of_option.field("text")).alias("source"),
        pl.col("options").list.eval(of_option.field("text")).alias("translation"),
    )
    exploded = options.explode("place", "name", "source", "translation")
    texts = pl.concat([*fields, exploded], how="vertical_relaxed").drop_nulls().sort("id", "place")
    return texts.group_by("id", maintain_order=True).agg(texts=pl.struct("name", "source", "translation"))


def block(texts: Sequence[Mapping[str, Any]], side: str) -> str:
    """Return one side (``source`` or ``translation``) of the texts, each after its marker."""
    return "\n".join(f"[{text['name']}] {text[side]}" for text in texts)


def split_block(names: Sequence[str], text: str) -> dict[str, str] | None:
    """Return the texts of a block by name; None if a marker is missing, repeated or out of order."""
    found: dict[str, list[str]] = {}
    for line in split_lines(text.strip()):
        name = next((name for name in names if line.startswith(f"[{name}]")), None)
        if name is None:
            if not found:
                return None
            found[next(reversed(found))].append(line)
        elif name in found:
            return None
        else:
            found[name] = [line[len(name) + 2 :]]
    if list(found) != list(names):
        return None
    return {name: "\n".join(lines).strip() for name, lines in found.items()}
