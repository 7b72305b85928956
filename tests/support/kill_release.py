"""Releases killed at random moments: ``python -m tests.support.kill_release --kills 100 --at-once 4``.

A Hub holds 0.1.0 of the sample in two languages; ``globmed release 0.2.0`` adds a third. SIGKILL goes to the command
and its children within each stage in turn, as the progress on its terminal names them, at a moment drawn evenly from
the stage's measured duration. After each kill main is 0.1.0 or 0.2.0, file by file, and every tag names one of them;
the same command run again must end with the files of a release that nobody killed.
"""

import argparse
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builders.release.hub.repository import HubRepository, open_repository
from globmed.hub.process import running
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version

STAGES = ("rows", "validate", "upload", "load back and compare", "merge", "tag")
#: As a progress bar names a stage: before the bar, which may have a colour.
NAMED = re.compile(rf"({'|'.join(STAGES)}) +(?:\x1b\[[\d;]*m)*[━╸╺]")
FIRST, SECOND = Version(0, 1, 0), Version(0, 2, 0)
SAMPLE = ("--sources", "builders", "--memory", "builders/sample/tmx")

Tree = Mapping[str, str]


class Watched:
    """A command on a terminal of its own, whose progress can be read and which can be killed with its children."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.terminal, side = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "globmed", *arguments],
            env=os.environ | environment | {"TERM": "xterm", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=side,
            stderr=side,
            start_new_session=True,
        )
        os.close(side)
        self.said = ""

    def stages(self) -> Iterator[str]:
        """Yield the name of each stage as soon as it begins, until the command ends."""
        under_way, seen = "", 0
        while chunk := self._read():
            self.said += chunk
            for found in NAMED.finditer(self.said, seen):
                name, seen = found[1], found.end()
                if name != under_way:
                    under_way = name
                    yield name

    def kill(self) -> None:
        """SIGKILL to all of it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.terminal)

    def finish(self) -> None:
        """Wait for a command that must succeed."""
        for _ in self.stages():
            pass
        assert self.process.wait(120) == 0, self.said
        os.close(self.terminal)

    def _read(self) -> str:
        try:
            return os.read(self.terminal, 65536).decode("utf-8", "replace")
        except OSError:
            return ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What every round starts from: a Hub with the first version, a build of the second, and how that one should be.

    Attributes:
        seconds: duration of each stage of the second release.
        first, second: the files of both versions.
    """

    hub: Path
    build: Path
    seconds: Mapping[str, float]
    first: Tree
    second: Tree


def main() -> None:
    """Run and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="globmed-kill-") as place:
        prepared = prepare(Path(place))
        chance = random.Random(options.seed)  # noqa: S311 -- to be repeated
        stages = [STAGES[number % len(STAGES)] for number in range(options.kills)]
        moments = [chance.random() for _ in stages]
        folders = [Path(place) / f"round-{number}" for number in range(options.kills)]
        with ThreadPoolExecutor(options.at_once) as pool:
            outcomes = Counter(pool.map(partial(one_kill, prepared), stages, moments, folders))
    sys.stdout.write(
        f"{options.kills} kills over releases of {sum(prepared.seconds.values()):.1f} s, none left damage\n"
    )
    for (stage, outcome), count in sorted(outcomes.items(), key=lambda entry: STAGES.index(entry[0][0])):
        sys.stdout.write(f"{stage}: {outcome}: {count}\n")


def prepare(place: Path) -> Prepared:
    """Build and release both versions, the second on a copy of the Hub."""
    hub, build = place / "hub", place / "build"
    for out, languages in ((place / "two", "english,swahili"), (build, "english,swahili,zulu")):
        Watched(["build", *SAMPLE, "--languages", languages, "--out", str(out)], {}).finish()
    with served(hub) as repository:
        release(FIRST, place / "two", repository).finish()
        first = repository.tree("main")
    with served(copied(hub, place / "whole")) as repository:
        seconds = durations(release(SECOND, copied(build, place / "whole-build"), repository))
        second = repository.tree("main")
    assert set(seconds) >= set(STAGES), f"stages that were not seen: {set(STAGES) - set(seconds)}"
    assert first != second
    return Prepared(hub, build, seconds, first, second)


def durations(command: Watched) -> dict[str, float]:
    """Seconds that each stage of a command took, once it has ended."""
    names, times = [], []
    for name in command.stages():
        names.append(name)
        times.append(time.perf_counter())
    command.finish()
    times.append(time.perf_counter())
    return {name: end - start for name, start, end in zip(names, times, times[1:], strict=False)}


def one_kill(prepared: Prepared, stage: str, moment: float, folder: Path) -> tuple[str, str]:
    """Kill one release at a share of one of its stages, look, and release again."""
    build = copied(prepared.build, folder / "build")
    with served(copied(prepared.hub, folder / "hub")) as repository:
        command = release(SECOND, build, repository)
        next(name for name in command.stages() if name == stage)
        time.sleep(moment * prepared.seconds[stage])
        command.kill()
        outcome = look(prepared, repository)
        release(SECOND, build, repository).finish()
        assert look(prepared, repository) == "released", f"{stage}: not released by the second run"
        pull_requests = repository.api.get_repo_discussions(
            REPOSITORY, repo_type="dataset", discussion_type="pull_request", discussion_status="open"
        )
        assert not list(pull_requests), f"{stage}: a pull request stays open"
    shutil.rmtree(folder)
    return stage, outcome


def look(prepared: Prepared, repository: HubRepository) -> str:
    """Which whole versions the Hub shows; anything else fails."""
    main, tags = repository.tree("main"), repository.tags()
    assert main in (prepared.first, prepared.second), "main is neither version"
    assert repository.tree(FIRST.tag) == prepared.first, "the first version's files changed"
    if SECOND in tags:
        assert main == repository.tree(SECOND.tag) == prepared.second, "a tag of something else"
    assert tags.keys() <= {FIRST, SECOND}
    if main == prepared.first:
        return "as before"
    return "released" if SECOND in tags else "merged, not tagged"


def release(version: Version, build: Path, repository: HubRepository) -> Watched:
    """Return the command, begun, with a cache beside the build."""
    arguments = ["release", str(version), "--build", str(build), "--hub", repository.access.endpoint]
    return Watched(arguments, repository.access.environment(build.with_name("home")))


@contextmanager
def served(root: Path) -> Iterator[HubRepository]:
    """Yield a Hub on a folder, and the repository there."""
    with running(root) as hub, open_repository(REPOSITORY, HubAccess(hub.url, hub.token)) as repository:
        yield repository


def copied(folder: Path, target: Path) -> Path:
    """Return a copy to spoil."""
    return shutil.copytree(folder, target)


if __name__ == "__main__":
    main()
