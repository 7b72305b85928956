"""Measure the search for near-duplicates: ``python -m benchmarks.near_duplicates [--rows build/full_size]``.

Over a corpus of `benchmarks.full_size`: for each language the share of the planted pairs that is found, the pairs
that were found and not planted, and seconds; for all together the seconds and the peak memory of the process.
"""

import argparse
import resource
import time
from pathlib import Path

import polars as pl

from benchmarks.full_size import PLANTED, ROWS
from globmed.languages import Language, languages
from validation.leakage import asked
from validation.near_duplicates import near_duplicates

PAIR = ["id_a", "id_b"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, default=Path("build/full_size"), help="what benchmarks.full_size wrote")
    corpus = parser.parse_args().rows
    table = pl.DataFrame([measure(corpus, language) for language in languages().values()])
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, float_precision=4, tbl_hide_column_data_types=True):
        print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{table['rows'].sum():,} rows in {table['seconds'].sum():.0f} s, peak {peak:,.0f} MiB")


def measure(corpus: Path, language: Language) -> dict[str, str | int | float]:
    """One language's line of the table."""
    rows = pl.scan_parquet(corpus / ROWS / language.name / "*.parquet").select("id", text=asked()).collect()
    planted = pl.read_parquet(corpus / PLANTED)
    planted = planted.with_columns(id_a=pl.min_horizontal(PAIR), id_b=pl.max_horizontal(PAIR))
    started = time.perf_counter()
    found = near_duplicates(rows, language)
    seconds = time.perf_counter() - started
    missed = planted.join(found, on=PAIR, how="anti")
    kinds = ("exact", "near")
    total, lost = ({kind: frame.filter(kind=kind).height for kind in kinds} for frame in (planted, missed))
    return {
        "language": language.tag,
        "rows": rows.height,
        "planted": planted.height,
        **{f"{kind} found": 1 - lost[kind] / max(total[kind], 1) for kind in kinds},
        "false": found.join(planted, on=PAIR, how="anti").height,
        "seconds": round(seconds, 2),
    }


if __name__ == "__main__":
    main()
