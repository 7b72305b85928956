"""Make a corpus of full size, of made-up words, in the released row schema.

    python -m benchmarks.full_size [--rows 500000] [--planted 0.02] [--seed 1] [--out DIR] [--upstream DIR]

Writes ``rows/<config>/<split>.parquet`` for the languages that have syllables, with the same items in each, and
``planted.parquet``: the pairs (``id_a`` in training, ``id_b`` in validation or test, ``kind``) of which one repeats
the other, half of them exactly, half with one word in twenty edited. Lengths, answers, and how often there is a
number are those of the sources (``full_size.toml``, measured anew with ``--upstream``). The same seed gives the same
bytes.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.corpus.items import TEXTS, make_items, make_texts, place_numbers, plant
from benchmarks.corpus.shape import read_shape, store_shape
from benchmarks.corpus.words import made_up, words, write_texts
from globmed.languages import ENGLISH, Language
from globmed.schema import SPLITS, arrow_schema, polars_schema
from globmed.storage.files import remove
from globmed.storage.parquet import write_parquet

ROWS, PLANTED = "rows", "planted.parquet"
LABELS = pl.Series("labels", list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000, help="over all languages together")
    parser.add_argument("--planted", type=float, default=0.02, help="the share of items that repeat another")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build/full_size"))
    parser.add_argument("--upstream", type=Path, help="a folder of sources to measure anew")
    options = parser.parse_args()
    if options.upstream is not None:
        store_shape(options.upstream)
    make_corpus(options.out, options.rows, options.planted, options.seed)


def make_corpus(out: Path, rows: int, planted: float, seed: int) -> None:
    """Write a corpus into a folder, which is replaced."""
    random, shape = np.random.default_rng(seed), read_shape()
    items = plant(random, make_items(random, shape, round(rows / len(made_up()))), planted)
    texts = make_texts(random, items, shape)
    numbers = place_numbers(random, texts)
    temporary = out.with_name(f".{out.name}.partial")
    remove(temporary)
    for language in made_up().values():
        written = texts.with_columns(write_texts(texts, numbers, words(language, seed), language, seed))
        for split, part in _rows(items, written, language):
            write_parquet(part, temporary / ROWS / language.name / f"{split}.parquet", arrow_schema())
    write_parquet(_pairs(items), temporary / PLANTED)
    remove(out)
    temporary.rename(out)


def _pairs(items: pl.DataFrame) -> pl.DataFrame:
    repeats = items.filter(pl.col("origin") != pl.col("item"))
    kind = pl.when("edited").then(pl.lit("near")).otherwise(pl.lit("exact"))
    pairs = repeats.join(items.select(origin="item", id_a="id"), on="origin")
    return pairs.select("id_a", id_b="id", kind=kind).sort("id_a", "id_b")


def _rows(items: pl.DataFrame, texts: pl.DataFrame, language: Language) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the released rows of each split, sorted by id."""
    rows = items.drop("options").join(_options(texts), on="item", how="left")
    for name in TEXTS:
        own = texts.filter(pl.col("name") == name).select("item", pl.col("written").alias(name))
        rows = rows if name == "option" else rows.join(own, on="item", how="left")
    unmeasured = pl.Series([{"critical": False, "reasons": []}], dtype=polars_schema()["quality"])
    unreviewed = pl.Series([{"status": "unreviewed", "raters": 0}], dtype=polars_schema()["review"])
    released = rows.with_columns(
        pl.lit(language.tag).alias("language"),
        pl.col("answer").replace("", None),
        pl.lit("original" if language.name == ENGLISH else "machine").alias("origin"),
        _provenance(language).alias("provenance"),
        pl.lit(unmeasured).first().alias("quality"),
        pl.lit(unreviewed).first().alias("review"),
    ).sort("id")
    absent = [pl.lit(None, kind).alias(name) for name, kind in polars_schema().items() if name not in released.columns]
    whole = released.with_columns(absent)
    for split in SPLITS:
        yield split, whole.filter(pl.col("split") == split).select(*polars_schema())


def _options(texts: pl.DataFrame) -> pl.DataFrame:
    label = pl.lit(LABELS).gather(pl.col("option"))
    option = pl.struct(label.alias("label"), pl.col("written").alias("text"))
    return texts.filter(pl.col("name") == "option").group_by("item", maintain_order=True).agg(options=option)


def _provenance(language: Language) -> pl.Expr:
    none = pl.lit(None, pl.String)
    engine = none if language.name == ENGLISH else pl.lit("made up")
    return pl.struct(
        pl.lit("made up").alias("upstream"),
        none.alias("revision"),
        pl.col("id").alias("record_id"),
        pl.lit("none stated").alias("licence"),
        engine.alias("engine"),
        none.alias("package"),
        none.alias("version"),
        none.alias("sha256"),
        pl.lit(None, pl.Float64).alias("memory"),
        *(pl.lit(None, pl.Int64).alias(name) for name in ("rank", "unresolved")),
    )


if __name__ == "__main__":
    main()
