"""The report of 56 models x 12 languages x 10,000 items, as a user makes it: a process of its own, on two cores.

    python -m benchmarks.bench_report --runs 3

The models do not exist (``simulated_results.py``); half of the items are mcqa, the rest yesno and nli, so that
every table is made four times: for each task and for all of them. The peak is that of the process.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench_recipes.models import listed
from benchmarks.evaluation.simulated_results import Items, by_tier, run_frame, write_run

TASKS = ("mcqa", "mcqa", "yesno", "nli")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=56)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="where to keep results and report; by default nowhere")
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder:
        place = options.keep or Path(folder)
        made_up(place / "runs", options.models, options.items)
        measured = [report(place) for _ in range(options.runs)]
    seconds, peaks = zip(*measured, strict=True)
    each = ", ".join(f"{took:.1f}" for took in seconds)
    print(
        f"{options.models} models x 12 languages x {options.items:,} items, {options.cores} cores: "
        f"{statistics.median(seconds):.1f} s (median of {each}), {max(peaks):.2f} GiB; load {os.getloadavg()[0]:.1f}"
    )


def made_up(folder: Path, models: int, items: int) -> None:
    """Write a run for each of the first models of the list."""
    random, asked = np.random.default_rng(1), Items(items, TASKS)
    for number, model in enumerate(list(listed().models.values())[:models]):
        high = random.uniform(0.4, 0.85)
        around = by_tier(high, max(0.25, high - random.uniform(0.02, 0.35)))
        known = {name: float(np.clip(mean + random.normal(0, 0.02), 0.2, 0.95)) for name, mean in around.items()}
        frame = run_frame(model.name, known, asked, number, aside=random.uniform(0, 0.1))
        write_run(folder / f"{number:02}", frame, model.size)


def report(place: Path) -> tuple[float, float]:
    """Seconds and GiB of one report."""
    command = [sys.executable, "-m", "globmed", "bench", "report", str(place / "runs"), "--out", str(place / "report")]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "--results", str(place / "results")])
    _, status, used = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return time.perf_counter() - started, used.ru_maxrss / 1024**2


if __name__ == "__main__":
    main()
