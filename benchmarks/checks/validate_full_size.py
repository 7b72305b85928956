"""Every signal and every suite on a corpus of full size, on two cores.

    python -m benchmarks.full_size --rows 500000 --out build/full_size
    python -m benchmarks.validate_full_size --rows build/full_size

The signals judge each config's rows against the English ones; the suites then judge all of them. The peak is that of
the largest process.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.corpus.words import made_up
from globmed.languages import ENGLISH, language
from globmed.schema import SPLITS, arrow_schema
from globmed.storage.parquet import write_parquet
from validation.signals.quality import measure
from validation.validate import validate


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True, help="folder that benchmarks.full_size wrote")
    parser.add_argument("--out", type=Path, help="where to keep the measured rows; by default nowhere")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder:
        out = options.out or Path(folder)
        started = time.perf_counter()
        rows = sum(measured(options.rows, out, name, options.cores) for name in made_up())
        signals = time.perf_counter() - started
        started = time.perf_counter()
        verdict, _ = validate(out / "dataset", Path(folder) / "validation")
        suites = time.perf_counter() - started
    peaks = (resource.getrusage(who).ru_maxrss / 1024**2 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    failed = [f"{e.suite}/{e.name} ({e.count})" for e in verdict.expectations if not e.success]
    print(
        f"{rows:,} rows, {options.cores} cores: signals {signals:,.0f} s, suites {suites:,.0f} s, {max(peaks):.2f} GiB"
    )
    print(f"verdict {verdict.word}; found: {', '.join(failed)}")


def measured(corpus: Path, out: Path, name: str, processes: int) -> int:
    """Write a config's rows with their quality; how many there are."""
    rows, english = (rows_of(corpus, config) for config in (name, ENGLISH))
    quality = measure(rows.drop("quality"), english, language(name), processes)
    rows = rows.drop("quality").join(quality, on="id").sort("id")
    for split in SPLITS:
        write_parquet(rows.filter(split=split), out / "dataset" / "rows" / name / f"{split}.parquet", arrow_schema())
    return rows.height


def rows_of(corpus: Path, config: str) -> pl.DataFrame:
    """Return all rows of a config with their split."""
    files = [corpus / "rows" / config / f"{split}.parquet" for split in SPLITS]
    return pl.concat([pl.read_parquet(file).with_columns(split=pl.lit(file.stem)) for file in files])


if __name__ == "__main__":
    main()
