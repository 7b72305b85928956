"""A million segments through the translation stage: time and peak memory of one process.

    python -m benchmarks.translate_million --package FOLDER [--segments 1000000]

Each segment is a long sentence that others have too and a short one of its own, as stems and options are.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.translation.translate import translate
from builders.translate.machine.machine import Machine
from builders.translate.packages.package import read_package

FIRST = "Patient number {} came to the clinic in the morning with a headache and a fever, and was seen by the nurse."
SECOND = "Give {} mg now."


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, required=True, help="folder of an installed package from English")
    parser.add_argument("--segments", type=int, default=1_000_000)
    options = parser.parse_args()
    package = read_package(options.package)
    number = pl.int_range(options.segments, eager=True)
    texts = pl.select(pl.format(f"{FIRST} {SECOND}", number % 5_000, number)).to_series().to_list()
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder:
        started = time.perf_counter()
        made = translate(package, texts, Machine(package.path.parent, Path(folder) / "store"), Path(folder))
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{len(made):,} segments in {seconds:,.0f} s, at most {peak:.2f} GiB of memory")


if __name__ == "__main__":
    main()
