"""Alignment: whether the words of a source and of its translation usually go together.

What goes together is learnt from the columns themselves: a pair is judged by the other pairs that its words
occur in, itself left out. Rows that were swapped have words that hardly ever meet. It takes some two thousand
pairs to know a language; a word that no other pair has says nothing.
"""

import polars as pl

from validation.signals.fold import fold

#: Words, and pairs of characters in scripts that tell little by words.
WORD = r"[\p{L}\p{M}\p{N}]+"
CHARACTER = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
#: Parts of words too, since prefixes and endings hide that two are the same.
PARTS = (r"^(\w{5})", r"(\w{5})$", r"^\w{3}(\w{5})")
#: A feature in a larger share of the texts joins everything; of the others, the rarest of a text are enough.
COMMON = 0.2
FEATURES = 50
#: So many rows learn from each other, which bounds the memory; fewer than the least know too little.
BLOCK, LEAST = 8_000, 1_000
#: Below this share of what is usual, a pair was probably mixed up: about one good pair in twenty is as low.
FAULT_BELOW = 0.4


def alignment(source: pl.Series, target: pl.Series) -> pl.Series:
    """How well the words of each source go with those of its translation; 1 is usual, null where unknown."""
    blocks = [
        _aligned(source.slice(start, BLOCK), target.slice(start, BLOCK)) for start in range(0, len(source), BLOCK)
    ]
    return pl.concat([pl.Series("alignment", [], pl.Float64), *blocks])


def _aligned(source: pl.Series, target: pl.Series) -> pl.Series:
    if len(source) < LEAST:
        return pl.Series("alignment", [None] * len(source), pl.Float64)
    met = _features(source).join(_features(target), on="row", suffix="_b")
    together = pl.len().over("feature", "feature_b") - 1
    tie = together / ((pl.col("texts") - 1) * (pl.col("texts_b") - 1)).sqrt()
    best = met.select("row", "feature", tie=tie).group_by("row", "feature").agg(pl.col("tie").max())
    score = best.group_by("row").agg(alignment=pl.col("tie").mean())
    rows = pl.DataFrame({"row": range(len(source))}, schema={"row": pl.UInt32})
    found = rows.join(score, on="row", how="left", maintain_order="left")["alignment"]
    return found / found.median()


def _features(texts: pl.Series) -> pl.DataFrame:
    """``row, feature, texts``: the rarest features of every text that some other text has too."""
    text = fold(pl.col("text").fill_null("")).str.to_lowercase()
    pairs = text.str.extract_all(CHARACTER).list.eval(pl.element() + pl.element().shift(-1)).list.drop_nulls()
    words = text.str.replace_all(CHARACTER, " ").str.extract_all(WORD)
    parts = [words.list.eval(pl.element().str.extract(part, 1)).list.drop_nulls() for part in PARTS]
    frame = texts.alias("text").to_frame().with_row_index("row")
    found = frame.select("row", feature=pl.concat_list(words, pairs, *parts).list.unique()).explode("feature")
    common = max(2, int(COMMON * len(texts)))
    known = (
        found.drop_nulls().with_columns(texts=pl.len().over("feature")).filter(pl.col("texts").is_between(2, common))
    )
    rarest = known.filter(pl.col("texts").rank("ordinal").over("row") <= FEATURES)
    return rarest.with_columns(pl.col("feature").rank("dense").cast(pl.UInt32))
