"""Count the leaks between the sources as published: ``python -m benchmarks.leakage --upstream DIR``.

For each language that a source has of itself: how many questions of validation or test, by source, are asked in the
training part of which source, and how many of them word for word.
"""

import argparse
import tempfile
from pathlib import Path

import polars as pl

from builders.sources.items import ITEMS, build_items
from globmed.languages import languages
from validation.facts.leakage import find_leakage


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", type=Path, required=True)
    upstream = parser.parse_args().upstream
    with tempfile.TemporaryDirectory() as folder:
        build_items(upstream, Path(folder) / "items")
        items = pl.read_parquet(Path(folder) / "items" / ITEMS)
    found = [find_leakage(items.filter(language=entry.tag), entry) for entry in languages().values()]
    leaks = (
        pl.concat(found)
        .group_by("config", "source_a", "source_b")
        .agg(
            pl.col("id_b").n_unique().alias("questions"),
            pl.col("id_b").filter(kind="exact").n_unique().alias("exact"),
        )
    )
    with pl.Config(tbl_rows=-1, tbl_width_chars=200, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True):
        print(leaks.sort("config", "source_a", "source_b"))


if __name__ == "__main__":
    main()
