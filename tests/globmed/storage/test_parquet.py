import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from globmed.storage.parquet import DICTIONARY_BYTES, PAGE_BYTES, ROWS_PER_GROUP, write_parquet

WRITE = """
import sys, polars as pl, pathlib
from globmed.storage.parquet import write_parquet
rows = pl.select(pl.int_range(60_000).alias("n")).with_columns((pl.col("n") * 7919 % 60_000).alias("id"))
rows = rows.sort("id").with_columns(pl.format("text {} of many", pl.col("id") % 977).alias("text"))
write_parquet(rows, pathlib.Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_the_same_rows_give_the_same_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    written = []
    for threads in ("1", "2", "8"):
        out = tmp_path / f"{threads}.parquet"
        environment = os.environ | {"POLARS_MAX_THREADS": threads, "OMP_NUM_THREADS": threads}
        subprocess.run([sys.executable, "-c", WRITE, str(out)], env=environment, check=True)
        written.append(out.read_bytes())
    assert written[0] == written[1] == written[2]


def test_groups_are_bounded_and_compressed_and_have_a_page_index(tmp_path: Path) -> None:
    write_parquet(pl.DataFrame({"n": range(ROWS_PER_GROUP + 1)}), tmp_path / "a.parquet")
    metadata = pq.read_metadata(tmp_path / "a.parquet")
    column = metadata.row_group(0).column(0)
    assert metadata.num_row_groups == 2
    assert (column.compression, column.has_offset_index, column.has_column_index) == ("ZSTD", True, True)


def test_the_dictionary_of_texts_that_are_all_different_is_small(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    words = [pl.int_range(5000).hash(seed).cast(pl.String) for seed in range(20)]
    write_parquet(pl.select(pl.concat_str(words, separator=" ").alias("text")), file)
    column = pq.read_metadata(file).row_group(0).column(0)
    assert column.total_uncompressed_size > 10 * PAGE_BYTES
    assert column.data_page_offset - column.dictionary_page_offset < DICTIONARY_BYTES
