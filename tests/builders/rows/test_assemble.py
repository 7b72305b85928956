"""The translations of an item joined to its row."""

from pathlib import Path

import polars as pl

from builders.rows.assemble import HOPS, joined
from builders.sources.items import ITEMS, build_items
from builders.translate.segments import segments_of
from globmed.languages import language
from tests.builders.translate.test_pivot import sources


def test_a_row_names_each_of_its_makers_once_and_the_highest_rank(tmp_path: Path) -> None:
    build_items(sources(tmp_path), tmp_path / "items")
    native = pl.read_parquet(tmp_path / "items" / ITEMS)
    segments = segments_of(native.lazy())
    place = pl.int_range(pl.len())
    translations = segments.select(
        "key",
        pl.col("text").str.to_uppercase(),
        memory=0,
        language=pl.lit("en"),
        origin=pl.lit("machine"),
        engine=pl.lit("argos"),
        package=pl.lit("fr-en"),
        version=pl.when(place < 2).then(pl.lit("1.0")).otherwise(pl.lit("1.1")),
        sha256=pl.when(place < 2).then(pl.lit("aa")).otherwise(pl.lit("bb")),
        rank=pl.when(place == 1).then(3).otherwise(0),
        unresolved=pl.when(place < 2).then(1).otherwise(0),
    )
    before = dict(zip(HOPS, ("de-fr", "0.9", "cc", 0.0, 5, 4), strict=True))
    said = []
    for items in (native, native.with_columns(pl.lit(value).alias(name) for name, value in before.items())):
        made = joined(items.lazy(), segments.lazy(), translations.lazy(), language("english"), language("french"))
        said += made.select(name for name in HOPS if name != "memory").rows()
    assert said == [
        ("fr-en", "1.0 + 1.1", "aa + bb", 3, 2),
        ("de-fr > fr-en", "0.9 > 1.0 + 1.1", "cc > aa + bb", 5, 6),
    ]
