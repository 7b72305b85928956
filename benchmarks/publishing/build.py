"""A full build of upstream files, published to a local Hub and loaded back: wall time and peak memory.

    python -m benchmarks.build --sources DIR [--memory DIR] [--cores 2]

Three fresh runs on the given number of cores; the median is printed. The release goes to a private repository, so
that sources which may not be passed on are measured too.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MIB = 1024 * 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--memory", type=Path, action="append", default=[])
    parser.add_argument("--languages", default="english,spanish,french")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    seconds = [run(options.sources, options.memory, options.languages) for _ in range(options.runs)]
    # The largest single process among all that were waited for, the Hub's server and the load-back included.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / MIB
    print(
        f"build, release, load back on {options.cores} cores: {statistics.median(seconds):.1f} s (median of {seconds})"
    )
    print(f"largest process: {peak:.0f} MiB")


def run(sources: Path, memory: list[Path], languages: str) -> float:
    """Seconds for one build and release into an empty folder."""
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder:
        out, hub = Path(folder) / "out", Path(folder) / "hub"
        memories = [argument for path in memory for argument in ("--memory", str(path))]
        build = [
            "build",
            "--sources",
            str(sources),
            *memories,
            "--memory-origin",
            "human",
            "--languages",
            languages,
        ]
        release = ["release", "0.1.0", "--build", str(out), "--hub-root", str(hub), "--private"]
        started = time.perf_counter()
        for command in ([*build, "--out", str(out)], release):
            subprocess.run([sys.executable, "-m", "globmed", *command], check=True)
        return round(time.perf_counter() - started, 1)


if __name__ == "__main__":
    main()
