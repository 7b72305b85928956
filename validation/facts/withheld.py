"""Withheld rows: translations with a critical signal that nobody has accepted. They are in no split.

They wait for a review round, for a better translation, or for an entry of ``known_issues.toml``. What a round confirmed
or edited of a machine translation is ``postedited``; a human one that its raters found right keeps its origin. In both
the review of the row says that somebody read it: a text may be ``postedited`` because of another row that has it, and
a file of translations may call its texts so.
"""

from collections.abc import Sequence

import polars as pl

#: From this mean rating on, of accuracy and of completeness, reviewers have confirmed a row.
CONFIRMED = 4


def is_withheld(accepted: Sequence[str] = ()) -> pl.Expr:
    """Return an expression on ``id``, ``origin``, ``quality`` and ``review``: whether the row is withheld.

    Args:
        accepted: ids of rows that are released all the same (`validation.known_issues.accepted_rows`).
    """
    critical = pl.col("quality").struct.field("critical").fill_null(False)
    review, origin = pl.col("review").struct, pl.col("origin")
    read = review.field("status") == "reviewed"
    right = pl.all_horizontal(review.field(name) >= CONFIRMED for name in ("accuracy", "completeness"))
    # A reviewed row is `postedited` since its texts were edited or confirmed: its ratings are of what was edited.
    read_and_right = ((origin == "postedited") & read) | ((origin == "human") & read & right)
    waits = origin.ne_missing("original") & ~read_and_right.fill_null(False)
    return critical & waits & ~pl.col("id").is_in(list(accepted))
