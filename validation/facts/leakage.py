"""Leakage: questions in validation or test that training has too, word for word or nearly."""

import polars as pl

from globmed.languages import Language
from globmed.schema import ASKED
from globmed.storage.queries import connect, query
from validation.facts.near_duplicates import THRESHOLD, folded, near_duplicates


def find_leakage(rows: pl.DataFrame, language: Language, threshold: float = THRESHOLD) -> pl.DataFrame:
    """Find the pairs of rows of one config that leak from training into validation or test, sorted by ids.

    Args:
        rows: the released columns and ``split``.
        language: the config's.
        threshold: the least Jaccard similarity of a near-duplicate.

    Returns:
        ``config, id_a, split_a, source_a`` (the row in training), ``id_b, split_b, source_b`` (the other),
        ``similarity``, and ``kind``: ``exact`` (but for letter case and white space) or ``near``.
    """
    texts = rows.select("id", "split", "source", text=folded(asked()))
    # Training may repeat a text thousands of times; its pairs with itself are of no interest.
    held_out = texts.filter(pl.col("split") != "train")["id"]
    pairs = near_duplicates(texts.select("id", "text"), language, threshold, held_out)
    with connect() as database:
        return query(database, "leakage", {"pairs": pairs, "texts": texts}, config=language.name)


def asked() -> pl.Expr:
    """Return an expression that joins the question texts of a row and the texts of its options.

    The answer is left out: the same question with another explanation is a leak.
    """
    options = pl.col("options").list.eval(pl.element().struct.field("text")).list.join("\n")
    return pl.concat_str(*ASKED, options, separator="\n", ignore_nulls=True)
