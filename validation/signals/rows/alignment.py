"""Alignment: whether the words of a source and of its translation usually go together.

The associations are learnt from the columns themselves: a pair is judged by the other pairs that its words
occur in, itself left out. In every pair the words compete for each other, so that two which only share a
subject count less than a word and its translation. Swapped rows have words that hardly ever co-occur. Learning
a language takes some two thousand pairs; a word that no other pair has is ignored.
"""

import polars as pl

from validation.signals.fold import fold

#: Words, and pairs of characters in scripts that tell little by words; there a single ideograph tells something
#: too, and so do three signs of a name.
WORD = r"[\p{L}\p{M}\p{N}]+"
CHARACTER = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
SIGNS = r"\p{Han}|\p{Katakana}{3}|\p{Hangul}{3}"
#: Parts of words too, since prefixes and endings hide that two are the same.
PARTS = (r"^(\w{5})", r"(\w{5})$", r"^\w{3}(\w{5})")
#: A feature in a larger share of the texts joins everything; of the others, the rarest of a text are enough.
COMMON = 0.2
FEATURES = 50
#: Number of rows that are aligned together, which bounds the memory; fewer than the least give no alignment.
BLOCK, LEAST = 8_000, 1_000
#: How often words compete, each time knowing better what goes together. Once is by chance: half of it counts.
ROUNDS, CHANCE = 3, 0.5
#: Below this share of the usual value, a pair was probably mixed up: one good pair in 30 to 100 is as low.
FAULT_BELOW = 0.37


def alignment(source: pl.Series, target: pl.Series) -> pl.Series:
    """Score how well the words of each source go with those of its translation; 1 is usual, null where unknown."""
    blocks = [
        _aligned(source.slice(start, BLOCK), target.slice(start, BLOCK)) for start in range(0, len(source), BLOCK)
    ]
    return pl.concat([pl.Series("alignment", [], pl.Float64), *blocks])


def _aligned(source: pl.Series, target: pl.Series) -> pl.Series:
    if len(source) < LEAST:
        return pl.Series("alignment", [None] * len(source), pl.Float64)
    met = _met(_features(source), _features(target))
    for _ in range(ROUNDS):
        met = _competed(met)
    score = (
        _best(met, "feature").join(_best(met, "feature_b"), on="row").select("row", found=pl.sum_horizontal("^best.*$"))
    )
    rows = pl.DataFrame({"row": range(len(source))}, schema={"row": pl.UInt32})
    found = rows.join(score, on="row", how="left", maintain_order="left")["found"]
    return (found / found.median()).alias("alignment")


def _met(source: pl.DataFrame, target: pl.DataFrame) -> pl.DataFrame:
    """Pair every feature with every feature of the translation; count how often they co-occur elsewhere, and alone."""
    met = source.join(target, on="row", suffix="_b")
    return met.select(
        "row",
        "feature",
        "feature_b",
        pair=pl.col("feature").cast(pl.UInt64) * 2**32 + pl.col("feature_b"),
        alone=((pl.col("texts") - 1.0) * (pl.col("texts_b") - 1.0)).sqrt(),
    ).with_columns(together=(pl.len().over("pair") - 1 - CHANCE).clip(0))


def _competed(met: pl.DataFrame) -> pl.DataFrame:
    """Count them together only as far as neither has a better partner in the text."""
    tie = (pl.col("together") + 0.001) / pl.col("alone")
    shared = met.with_columns(tie=tie).with_columns(
        share=pl.col("tie")
        / (pl.col("tie").sum().over("row", "feature") * pl.col("tie").sum().over("row", "feature_b")).sqrt()
    )
    return shared.with_columns(together=pl.col("share").sum().over("pair") - pl.col("share")).drop("tie", "share")


def _best(met: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return ``row, best``: the average fit of the features of one side with their best partners."""
    best = met.group_by("row", side).agg(best=(pl.col("together") / pl.col("alone")).max())
    return best.group_by("row").agg(pl.col("best").mean())


def _features(texts: pl.Series) -> pl.DataFrame:
    """Return ``row, feature, texts``: the rarest features of every text that some other text has too."""
    text = fold(pl.col("text").fill_null("")).str.to_lowercase()
    pairs = text.str.extract_all(CHARACTER).list.eval(pl.element() + pl.element().shift(-1)).list.drop_nulls()
    signs = text.str.extract_all(SIGNS)
    words = text.str.replace_all(CHARACTER, " ").str.extract_all(WORD)
    parts = [words.list.eval(pl.element().str.extract(part, 1)).list.drop_nulls() for part in PARTS]
    frame = texts.alias("text").to_frame().with_row_index("row")
    found = frame.select("row", feature=pl.concat_list(words, pairs, signs, *parts).list.unique()).explode("feature")
    common = max(2, int(COMMON * len(texts)))
    known = (
        found.drop_nulls().with_columns(texts=pl.len().over("feature")).filter(pl.col("texts").is_between(2, common))
    )
    rarest = known.filter(pl.col("texts").rank("ordinal").over("row") <= FEATURES)
    return rarest.with_columns(pl.col("feature").rank("dense").cast(pl.UInt32))
