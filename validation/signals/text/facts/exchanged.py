"""Numbers that two sentences exchanged: in the translation each has the number of the other one.

A text that is compared as a whole has the same numbers as before, and many languages give them in another order than
English. A number that only moved to a neighbouring sentence comes with no exchange.
"""

import polars as pl

#: Marks within a number, which differ by language and are left out on both sides.
MARK, GROUP = r"([0-9])[.,']([0-9])", r"([0-9]) ([0-9]{3})\b"
#: Digits that are part of a name: COVID-19, IL6. In Zulu a number may have a prefix: u-250.
NAME = r"[A-Za-z]*[A-Z]-?[0-9]+"
NUMBER = "[0-9]+"


def exchanged(spanned: pl.DataFrame) -> pl.DataFrame:
    """Return ``row, said, contradicted``, 1 each, of the spans that exchanged a number with another span of their text.

    Args:
        spanned: ``text, row, source, target``: a row a span, and the text that it belongs to.
    """
    several = spanned.filter(pl.len().over("text") > 1)
    counts = [
        several.select("text", "row", value=_digits(pl.col(side)))
        .explode("value")
        .drop_nulls()
        .group_by("text", "row", "value")
        .agg(pl.len().cast(pl.Int64).alias(side))
        for side in ("source", "target")
    ]
    both = counts[0].join(counts[1], on=["text", "row", "value"], how="full", coalesce=True).fill_null(0)
    lost = both.filter(pl.col("source") > pl.col("target")).select("text", "row", "value")
    won = both.filter(pl.col("source") < pl.col("target")).select("text", "row", "value")
    moved = lost.join(won, on=["text", "value"], suffix="_to")
    back = moved.select("text", row="row_to", row_to="row", other="value")
    found = moved.join(back, on=["text", "row", "row_to"]).filter(pl.col("value") != pl.col("other"))
    one = pl.lit(1, pl.Int64)
    return found.select("row").unique().with_columns(said=one, contradicted=one)


def _digits(text: pl.Expr) -> pl.Expr:
    joined = text.str.replace_all(NAME, " ")
    for mark in (MARK, MARK, GROUP, GROUP):
        joined = joined.str.replace_all(mark, "${1}${2}")
    return joined.str.extract_all(NUMBER)
