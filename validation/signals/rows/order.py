"""Order: whether two options of a translation fit the source better after swapping places.

An option belongs to the source's option whose numbers and word beginnings it shares (names of drugs, germs and diseases
are alike in most languages), and whose translation would usually have its length. The order of options that share
nothing and have the same length cannot be judged.
"""

import math

import polars as pl

from globmed.languages import Language
from validation.signals.fold import fold
from validation.signals.sizes import characters, usual

#: The gain of a change of places above which two options were surely swapped: of 7,871 rows with human translations of
#: their options (HEAD-QA, CasiMedicos) and 22,000 with four terms each of TICO-19's glossaries none is above it.
FAULT_ABOVE = 1.0
#: Above which they may have been: none of those 7,871 rows, 0 to 1.9 % of the terms by language; with all options
#: reversed 93 to 99 % of the rows, 40 to 98 % of the terms.
LIKELY_ABOVE = 0.5
#: Letters of a word that may be the same in both languages; shorter words are common by chance.
BEGINNING = 4
#: Weight of a length twice or half the usual one, relative to shared words, and its maximum.
LENGTH, FARTHEST = 0.5, 2.0
#: Characters added to each side, so that one character more or less of a short option counts little.
SHORT = 2


def order_gain(source: pl.Series, target: pl.Series, language: Language) -> pl.Series:
    """Return how much better a row's options fit when two of them change places, at most; below 0 they fit as they are.

    Args:
        source: lists of ``{label, text}``, a row an item.
        target: their translations.
        language: what the translations are written in.

    Returns:
        The gain of the best change, null where there are no two options or the lists are not equally long.
    """
    rows = pl.DataFrame({"source": source, "target": target}).with_row_index("row")
    same_length = pl.col("source").list.len() == pl.col("target").list.len()
    options = (
        rows.filter(same_length, pl.col("source").list.len() > 1)
        .explode("source", "target")
        .select("row", *(pl.col(side).struct.field("text").fill_null("").alias(side) for side in ("source", "target")))
        .with_columns(place=pl.int_range(pl.len()).over("row"))
    )
    fits = _fits(options, language)
    own = fits.filter(pl.col("place") == pl.col("other")).select("row", "place", own="fit")
    other_way = fits.select("row", place="other", other="place", back="fit")
    pairs = (
        fits.filter(pl.col("place") < pl.col("other"))
        .join(other_way, on=["row", "place", "other"])
        .join(own, on=["row", "place"])
        .join(own.rename({"place": "other", "own": "own_other"}), on=["row", "other"])
    )
    gain = pl.col("fit") + pl.col("back") - pl.col("own") - pl.col("own_other")
    most = pairs.group_by("row").agg(gain=gain.max())
    return rows.select("row").join(most, on="row", how="left", maintain_order="left")["gain"]


def _fits(options: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Return ``row, place, other, fit``: how well each option fits each option of its row's translation."""
    pieces = options.select(
        "row",
        "place",
        *(_pieces(pl.col(side)).alias(f"{side}_pieces") for side in ("source", "target")),
        *(characters(pl.col(side)).alias(f"{side}_length") for side in ("source", "target")),
    )
    both = pl.col("source_pieces").list.len() + pl.col("target_pieces").list.len()
    shared = pl.col("source_pieces").list.set_intersection("target_pieces").list.len() * 2 / both.clip(1)
    other = pieces.select("row", "target_pieces", "target_length", other="place")
    return (
        pieces.select("row", "place", "source_pieces", "source_length")
        .join(other, on="row")
        .select("row", "place", "other", fit=shared - _unlike_lengths(language))
    )


def _unlike_lengths(language: Language) -> pl.Expr:
    """Return how much a length counts against an option; nothing if those of the language are not known."""
    known = usual(language)
    if known is None:
        return pl.lit(0.0)
    expected = (pl.col("source_length") + SHORT) * math.exp(known["mean"])
    return LENGTH * ((pl.col("target_length") + SHORT) / expected).log().abs().clip(0, FARTHEST)


def _pieces(text: pl.Expr) -> pl.Expr:
    """Return the distinct numbers and beginnings of words; 1,000 and 1.000 are one number, 36.5 and 36,5 too."""
    folded = fold(text).str.to_lowercase()
    words = folded.str.extract_all(r"\p{L}+").list.eval(
        pl.element().filter(pl.element().str.len_chars() >= BEGINNING).str.head(BEGINNING)
    )
    numbers = folded.str.replace_all(r"([0-9])[.,']([0-9])", "${1}${2}").str.extract_all("[0-9]+")
    return pl.concat_list(words, numbers).list.unique()
