"""Round trip: how close a machine's back-translation of a translation comes to the source.

A good translation that paraphrases comes back paraphrased, and a machine that knows a language badly makes a bad
text of a good one: the signal ranks for review, it never certifies.
"""

import polars as pl
from sacrebleu.metrics.chrf import CHRF

#: 98 % of unrelated English sentences of similar length are below (``python -m benchmarks.round_trip``).
FAULT_BELOW = 0.25
#: Characters of the source below which another word for the same is another text.
SHORTEST = 30


def round_trip(source: pl.Series, back: pl.Series) -> pl.Series:
    """Return the chrF of each back-translation against its source, from 0 to 1; null where either is missing."""
    chrf = CHRF(word_order=0)
    both = pl.DataFrame({"source": source, "back": back}, schema={"source": pl.String, "back": pl.String})
    asked = both.unique().drop_nulls().filter(pl.col("source").str.contains(r"\S"))
    scores = [chrf.sentence_score(text, [reference]).score / 100 for reference, text in asked.iter_rows()]
    scored = asked.with_columns(pl.Series("round_trip", scores, pl.Float64))
    return both.join(scored, on=["source", "back"], how="left", maintain_order="left")["round_trip"]


def round_trip_fault(source: pl.Series, score: pl.Series) -> pl.Series:
    """Return whether a back-translation differs from its source; false where the signal cannot judge."""
    return ((score < FAULT_BELOW) & (source.str.len_chars() >= SHORTEST)).fill_null(False)
