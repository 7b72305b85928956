"""Measure the overhead of the suites over one hand-written DuckDB query that counts the same.

    python -m benchmarks.validate_full_size --rows build/full_size --out build/measured
    python -m benchmarks.suites --rows build/measured/dataset

Each in a process of its own, several times in turn; libraries are imported before the clock runs. Near-duplicates are
no aggregate: what is found of them is kept before. The suites' share has all that `globmed validate` does: tables,
queries, Great Expectations, plots, Data Docs and the failing rows. The counts must be equal.
"""

import argparse
import importlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from globmed.languages import languages
from globmed.schema import ANSWERS, TASKS
from globmed.storage.queries import connect, query
from validation.facts.files import find_files
from validation.validate import validate


def main() -> None:
    """Measure and print; with ``--work`` be one of the two measured processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True, help="folder of rows with their quality")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--by-hand", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    if options.by_hand:
        print(json.dumps(timed(lambda: by_hand(options.rows))))
    elif options.work:
        for library in ("great_expectations", "matplotlib.figure", "scipy.stats"):
            importlib.import_module(library)
        print(json.dumps(timed(lambda: by_suites(options.rows, options.work))))
    else:
        with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder:
            compare(options.rows, Path(folder), options.cores, options.runs)


def compare(rows: Path, work: Path, cores: int, runs: int) -> None:
    """Run both in turn and print the ratio."""
    by_suites(rows, work)
    seconds: dict[str, list[float]] = {"--work": [], "--by-hand": []}
    counts: dict[str, dict[str, int]] = {}
    for _ in range(runs):
        for folder in (work / "kept").iterdir():
            if not folder.name.startswith("alike-"):
                shutil.rmtree(folder)
        for way, arguments in (("--work", ["--work", str(work)]), ("--by-hand", ["--by-hand"])):
            command = [sys.executable, "-m", "benchmarks.suites", "--rows", str(rows), "--cores", str(cores)]
            output = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout
            took, counts[way] = json.loads(output.splitlines()[-1])
            seconds[way].append(took)
    same = [check for check, count in counts["--work"].items() if counts["--by-hand"].get(check, count) != count]
    compared = counts["--work"].keys() & counts["--by-hand"].keys()
    suites, hand = (statistics.median(took) for took in seconds.values())
    ratio = statistics.median(a / b for a, b in zip(*seconds.values(), strict=True))
    print(f"suites {suites:.1f} s, by hand {hand:.1f} s, ratio {ratio:.2f} (median of {runs})")
    print(f"{len(compared)} counts compared, different: {', '.join(same) or 'none'}")


def timed(work: Callable[[], dict[str, int]]) -> tuple[float, dict[str, int]]:
    """Seconds, and what came of it."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def by_suites(rows: Path, work: Path) -> dict[str, int]:
    """Findings by check."""
    shutil.rmtree(work / "validation", ignore_errors=True)
    verdict, _ = validate(rows, work / "validation", kept=work / "kept")
    return {f"{e.suite}/{e.name}": e.count for e in verdict.expectations}


def by_hand(rows: Path) -> dict[str, int]:
    """Counts by check."""
    closed = pl.DataFrame({"task": list(ANSWERS), "answers": [list(answers) for answers in ANSWERS.values()]})
    tags = pl.DataFrame({"config": list(languages()), "tag": [entry.tag for entry in languages().values()]})
    files = find_files(rows)["filename"].to_list()
    with connect() as database:
        frames = {"closed": closed, "tags": tags}
        found = query(database, "benchmarks/suites_by_hand", frames, files=files, tasks=list(TASKS))
    return dict(found.iter_rows())


if __name__ == "__main__":
    main()
