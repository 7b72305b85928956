"""Measure how near unrelated sentences are: ``python -m benchmarks.round_trip``.

One line a length in characters: English sentences of NTREX-128 and TICO-19, each scored as the way back of another one
of like length. What a translation comes back as should be nearer.
"""

from random import Random

import polars as pl

from benchmarks.corpus.corpora import pairs
from globmed.languages import language
from validation.signals.evidence.round_trip import FAULT_BELOW, SHORTEST, round_trip

LENGTHS = ((SHORTEST, 60), (60, 120), (120, 1_000))
SEED = 7


def main() -> None:
    """Print the table."""
    texts = pairs(language("swahili"))["source"].unique(maintain_order=True)
    with pl.Config(tbl_cols=-1, tbl_rows=-1, float_precision=3, tbl_hide_column_data_types=True):
        print(pl.DataFrame([_measure(texts, *between) for between in LENGTHS]))


def _measure(texts: pl.Series, least: int, below: int) -> dict[str, object]:
    alike = texts.filter(texts.str.len_chars().is_between(least, below, closed="left"))
    moved = alike[Random(SEED).sample(range(len(alike)), len(alike))]
    other = alike != moved
    scores = round_trip(alike.filter(other), moved.filter(other))
    shares = {f"{share:.0%} below": scores.quantile(share) for share in (0.5, 0.95, 0.99)}
    flagged = 100 * float((scores < FAULT_BELOW).sum()) / len(scores)
    return {"characters": f"{least} to {below - 1}", "pairs": len(scores), **shares, "flagged %": flagged}


if __name__ == "__main__":
    main()
