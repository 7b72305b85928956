"""Runs killed at random moments: ``python -m tests.bench_recipes.ask.kill_run --kills 20``.

``globmed bench run`` asks a local server, which now and then limits, fails, refuses and filters. SIGKILL goes to the
command's process group at a moment drawn evenly from the time that an undisturbed run takes, and the same command is
started again, until it ends; then the next round begins in a new folder, until all kills are spent.

A request is *paid* when the server got as far as an answer: it writes a line with the hash of the body before it sends
a byte. It is *paid twice* when two lines of a round's log have the same hash. There must be none, not even of the
answers that were under way when the run was killed. The results must equal those of the undisturbed run.

With ``--machine`` the recorder is killed at the same moment, as when the power goes: then no answer that was kept may
be paid twice, and of those under way at most one a connection.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

# Read by the client when it is imported.
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import polars as pl
import psutil

from bench_recipes.ask.run import ANSWERS
from builders.release.candidate import Plan
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.hub.process import running
from globmed.records.results import RESULTS
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.bench_recipes.ask import openai_server
from tests.bench_recipes.ask.openai_server import Behaviour, billed
from tests.conftest import SAMPLED

BEHAVIOUR = Behaviour(latency=0.2, refuse=0.05, filter=0.05, limit=0.05, fail=0.03)
CONNECTIONS = 4
MODEL = "qwen3-4b"
#: What a row of two runs may differ in: nothing.
ORDER = ["model", "language", "id", "task"]


@dataclass
class Seen:
    """What the rounds came to."""

    kills: int = 0
    rounds: int = 0
    requests: int = 0
    paid_twice: int = 0
    seconds: float = 0.0
    undisturbed: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.rounds} runs ({self.undisturbed:.1f} s undisturbed): {self.requests} answers "
            f"paid, {self.paid_twice} of them twice; results equal; {self.seconds:.0f} s"
        )


@dataclass(frozen=True)
class Bench:
    """The command, and where it finds the dataset."""

    environment: Mapping[str, str]
    models: Sequence[str] = (MODEL,)
    options: Sequence[str] = ()
    behaviour: Behaviour = BEHAVIOUR
    connections: int = CONNECTIONS

    @contextmanager
    def started(self, out: Path, url: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Yield the command, begun; what it says is kept beside its folder."""
        command = [sys.executable, "-m", "globmed", "bench", "run", *self.models, "--version", "0.1.0"]
        command += ["--base-url", url, "--out", str(out), "--max-connections", str(self.connections), *self.options]
        said = out.with_suffix(".log")
        with (
            said.open("ab") as output,
            subprocess.Popen(
                command, env=os.environ | self.environment, stdout=output, stderr=output, start_new_session=True
            ) as process,
        ):
            yield process

    def finish(self, out: Path, url: str) -> None:
        """Run it to its end."""
        with self.started(out, url) as process:
            assert process.wait(600) == 0, out.with_suffix(".log").read_text()

    def results(self, out: Path) -> pl.DataFrame:
        """Return the rows of all models."""
        return pl.concat([pl.read_parquet(out / name / RESULTS) for name in self.models]).sort(ORDER)


def main() -> None:
    """Run and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--machine", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="globmed-kill-") as place, released(Path(place)) as environment:
        bench = Bench(environment, options=["--split", "train"])
        seen = kill_runs(bench, options.kills, Path(place), random.Random(options.seed), options.machine)  # noqa: S311
    sys.stdout.write(f"{seen}\n")


def kill_runs(bench: Bench, kills: int, place: Path, chance: random.Random, machine: bool = False) -> Seen:
    """As many kills as asked for, and every run to its end."""
    seen, start = Seen(), time.perf_counter()
    with openai_server.running(place / "whole.billed", bench.behaviour) as url:
        begun = time.perf_counter()
        bench.finish(place / "whole", url)
        seen.undisturbed = time.perf_counter() - begun
        whole, asked = bench.results(place / "whole"), billed(place / "whole.billed")
    assert max(asked.values()) == 1
    while seen.kills < kills:
        out, log = place / f"round-{seen.rounds}", place / f"round-{seen.rounds}.billed"
        with openai_server.running(log, bench.behaviour) as url:
            under_way = 0
            while seen.kills < kills and _kill(bench, out, url, chance.uniform(0, seen.undisturbed), machine):
                seen.kills += 1
                under_way += _forgotten(bench, out, log) if machine else 0
            bench.finish(out, url)
        paid = billed(log)
        twice = paid.total() - len(paid)
        assert twice <= under_way, f"{twice} answers were paid twice, {under_way} were under way at the kills"
        assert paid.keys() == asked.keys(), "other requests than those of the undisturbed run"
        assert bench.results(out).equals(whole), "other results than those of the undisturbed run"
        seen.rounds, seen.requests, seen.paid_twice = (
            seen.rounds + 1,
            seen.requests + paid.total(),
            seen.paid_twice + twice,
        )
    seen.seconds = time.perf_counter() - start
    return seen


def _kill(bench: Bench, out: Path, url: str, moment: float, machine: bool) -> bool:
    """Start, and kill after so many seconds; whether it was still at work."""
    with bench.started(out, url) as process:
        try:
            assert process.wait(moment) == 0, out.with_suffix(".log").read_text()
            return False
        except subprocess.TimeoutExpired:
            if machine:
                recorders = psutil.Process(process.pid).children()
                process.send_signal(signal.SIGSTOP)  # neither sees the other die
                for recorder in recorders:
                    recorder.kill()
            os.killpg(process.pid, signal.SIGKILL)
            return True


def _forgotten(bench: Bench, out: Path, log: Path) -> int:
    """Answers of the server that the kill lost: not more than one a connection."""
    time.sleep(0.5)  # the server ends what it began
    kept = sum(_kept(out / name / ANSWERS) for name in bench.models)
    lost = len(billed(log)) - kept
    assert 0 <= lost <= bench.connections, f"{lost} answers are not kept"
    return lost


def _kept(path: Path) -> int:
    import sqlite3

    if not path.is_file():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute("select count(*) from answers").fetchone()[0]
    return found


@contextmanager
def released(place: Path) -> Iterator[dict[str, str]]:
    """Yield the sample as version 0.1.0 on a Hub of one's own; the environment to find it."""
    folder = BuildFolder(place / "build")
    build(Path("builders"), [Path("builders/sample/tmx")], SAMPLED, folder.root)
    with running(place / "hub") as hub:
        access = HubAccess(hub.url, hub.token)
        release(Plan(Version(0, 1, 0), REPOSITORY, private=False), folder, access)
        yield access.environment(place / "home")


if __name__ == "__main__":
    main()
