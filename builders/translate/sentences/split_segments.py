"""Split the segments into pieces once for all languages: sentences, and copied text."""

from pathlib import Path

import polars as pl

from builders.translate.sentences.layout import Split, take_apart
from builders.translate.sentences.splitter import Splitter
from globmed.storage.parquet import write_parquet

SCHEMA: dict[str, pl.DataType] = {
    "key": pl.String(),
    "piece": pl.Int64(),
    "text": pl.String(),
    "sentences": pl.List(pl.String()),
}
#: Number of segments that are Python objects at a time.
CHUNK = 50_000


def build_pieces(segments: Path, out: Path) -> None:
    """Write ``key, piece, text, sentences`` for every distinct segment; copied text has no sentences."""
    texts = pl.scan_parquet(segments, glob=False).select("key", "text").unique("key").sort("key").collect()
    write_parquet(take_texts_apart(texts, Splitter().split_sentences), out)


def take_texts_apart(texts: pl.DataFrame, split: Split) -> pl.DataFrame:
    """Return `SCHEMA` for the texts of ``key, text``."""
    chunks = [_pieces(texts[start : start + CHUNK], split) for start in range(0, texts.height, CHUNK)]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *chunks])


def _pieces(texts: pl.DataFrame, split: Split) -> pl.DataFrame:
    """Return the pieces: only the splitting itself is done in Python, the rest on columns."""
    rows = [
        (key, number, piece.text, piece.sentences)
        for key, text in texts.iter_rows()
        for number, piece in enumerate(take_apart(text, split))
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
