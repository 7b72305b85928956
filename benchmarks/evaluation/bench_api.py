"""GlobMed-Bench over an API: 56 models x 12 languages of the sample, killed 20 times, against a local server.

python -m benchmarks.bench_api --models 56 --kills 20

The server refuses, filters, limits (429 with ``Retry-After``) and fails (500) a share of what it is asked. One command
asks all models undisturbed; the same command in another folder gets SIGKILL after a number of answers drawn at random,
or at a random moment of its start, and is started again each time. Answers paid twice are two lines in the server's log
with one hash (see tests/bench_recipes/ask/kill_run.py).
"""

import argparse
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import polars as pl

from bench_recipes.models import listed
from tests.bench_recipes.ask import openai_server
from tests.bench_recipes.ask.kill_run import Bench, released
from tests.bench_recipes.ask.openai_server import Behaviour, billed, impatient

BEHAVIOUR = Behaviour(latency=0.05, refuse=0.05, filter=0.05, limit=0.02, fail=0.01)
CONNECTIONS = 16
#: One kill in so many falls into the start of the command, in its first seconds.
AT_START, START_SECONDS = 4, 6.0


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=56)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    names = list(listed().models)[-options.models :]
    with tempfile.TemporaryDirectory(prefix="globmed-bench-") as place, released(Path(place)) as environment:
        bench = Bench(environment, names, behaviour=BEHAVIOUR, connections=CONNECTIONS)
        whole, seconds = undisturbed(bench, Path(place))
        languages, items = whole["language"].n_unique(), whole.height
        print(f"{len(names)} models x {languages} languages: {items} items in {seconds:.0f} s undisturbed")
        print(f"outcomes: {dict(whole['outcome'].value_counts().sort('outcome').rows())}")
        killed(bench, whole, options.kills, random.Random(options.seed), Path(place))


def undisturbed(bench: Bench, place: Path) -> tuple[pl.DataFrame, float]:
    """Return the results of a run without kills, and its seconds."""
    with openai_server.running(place / "whole.billed", bench.behaviour) as url:
        start = time.perf_counter()
        bench.finish(place / "whole", url)
        return bench.results(place / "whole"), time.perf_counter() - start


def killed(bench: Bench, whole: pl.DataFrame, kills: int, chance: random.Random, place: Path) -> None:
    """Return the same of a run with kills, and its statistics."""
    out, log = place / "killed", place / "killed.billed"
    with openai_server.running(log, bench.behaviour) as url:
        start, done = time.perf_counter(), 0
        for number in range(kills):
            answers = 0 if number % AT_START == 0 else chance.randint(1, 2 * whole.height // kills - 1)
            delay = chance.uniform(0, START_SECONDS if answers == 0 else 2 * BEHAVIOUR.latency)
            done += kill(bench, out, url, billed(log).total() + answers, delay)
        bench.finish(out, url)
        seconds = time.perf_counter() - start
    paid = billed(log)
    equal = bench.results(out).equals(whole)
    print(f"{done} kills: {seconds:.0f} s, {paid.total()} answers paid, {paid.total() - len(paid)} of them twice")
    print(f"requests in spite of Retry-After: {impatient(log)}; results equal: {equal}")
    assert equal


def kill(bench: Bench, out: Path, url: str, answers: int, delay: float) -> bool:
    """Start, and kill some time after the server has paid so many answers; whether it was still at work."""
    log = out.with_suffix(".billed")
    with bench.started(out, url) as process:
        while process.poll() is None and billed(log).total() < answers:
            time.sleep(0.05)
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return True
        assert process.returncode == 0, out.with_suffix(".log").read_text()
        return False


if __name__ == "__main__":
    main()
