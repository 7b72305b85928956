"""The whole way from the publishers' files to a version that is loaded back, at full size, by the real commands.

    python -m benchmarks.whole_way [--rows 500000] [--scale 1] [--kills 20] [--out build/whole_way]

Every source is made up in its publisher's layout and in the published number of records, and published on a local Hub
or in a Git repository; a lock file pins the files. A translation memory has the records of the small sources and a
share of the others, so that those alone are ``--rows`` rows in twelve languages; the others have a row in the language
they were born in. Then, in an empty folder: fetch, audit, build, validate, release, and load every config back with
the stock client in a fresh cache.

With ``--kills``, all of that is done a second time, and the running command is killed with SIGKILL, with its children,
at random moments, and started again: the released files must be the same. At last one source is changed on its Hub,
and fetched again: only its files may be downloaded. BioNLI and MedNLI are handed out on request, and lie in their
folders before anything is fetched.
"""

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

from huggingface_hub import HfApi
from huggingface_hub.hf_api import RepoFile

from benchmarks.corpus.layouts import repositories
from benchmarks.corpus.published import Corpus, read_published
from benchmarks.corpus.translations import write_translations
from benchmarks.publishing.mirror import Mirror
from benchmarks.publishing.watched import Taken, kill_after, measure
from globmed.hub.process import running
from globmed.storage.files import remove
from globmed.versions import REPOSITORY

VERSION, TAG = "0.1.0", "v0.1.0"
GLOBMED = (sys.executable, "-m", "globmed")
#: The source that changes, and its file.
CHANGED = "kormedmcqa"


@dataclass(frozen=True, slots=True)
class Way:
    """A folder in which the commands run, and the variables of their environment."""

    folder: Path
    environment: Mapping[str, str]
    stages: Mapping[str, Sequence[str]]

    @property
    def log(self) -> Path:
        """What the commands said."""
        return self.folder / "log.txt"

    def measure(self, stage: str) -> Taken:
        """Run a stage."""
        return measure(self.stages[stage], self.folder, self.environment, self.log)

    def kill(self, stage: str, seconds: float) -> bool:
        """Run a stage until it has ended or is killed; whether it was killed."""
        return kill_after(seconds, self.stages[stage], self.folder, self.environment, self.log)

    def released(self) -> dict[str, str]:
        """Return the hash of every file of the version, by path."""
        with running(self.folder / "build" / "hub") as hub:
            api = HfApi(endpoint=hub.url, token=hub.token)
            tree = api.list_repo_tree(REPOSITORY, recursive=True, revision=TAG, repo_type="dataset")
            files = [entry for entry in tree if isinstance(entry, RepoFile)]
        return {file.path: file.lfs.sha256 if file.lfs else file.blob_id for file in files}


def main() -> None:
    """Go the way and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000, help="of the records with translations")
    parser.add_argument("--scale", type=float, default=1, help="the share of all records and rows")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("build/whole_way"))
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    out = options.out.resolve()
    remove(out)
    out.mkdir(parents=True)
    with running(out / "hub") as hub:
        mirror = Mirror(hub, out)
        prepare(mirror, round(options.rows * options.scale), options.scale, options.seed)
        way = begin(mirror, out / "whole")
        seconds = {stage: _said(stage, way.measure(stage)) for stage in way.stages}
        print(_summary(seconds, way), flush=True)
        if options.kills:
            killed = begin(mirror, out / "killed")
            print(kill(killed, seconds, options.kills, options.seed), flush=True)
            different = sorted({path for path, _ in way.released().items() ^ killed.released().items()})
            if different:
                raise SystemExit(f"released files differ: {', '.join(different)}")
            print(f"{len(way.released())} released files are the same, byte for byte", flush=True)
        print(change(mirror, way))


def prepare(mirror: Mirror, rows: int, scale: float, seed: int) -> None:
    """Write and publish everything that the way begins with."""
    started = time.perf_counter()
    corpus = Corpus(read_published(scale), rows, seed)
    for folder, files in repositories(corpus):
        mirror.publish(folder, files)
    units = write_translations(corpus, mirror.root / "memory")
    records = sum(source.size for source in corpus.sources)
    print(f"made: {records:,} records, {units:,} units of memory, {time.perf_counter() - started:.0f} s", flush=True)


def begin(mirror: Mirror, folder: Path) -> Way:
    """Make the empty folder of a way, with what is handed out on request; its caches are its own."""
    shutil.copytree(mirror.root / "by hand", folder / "build" / "sources")
    memory, lock = mirror.root / "memory", ("--lock", str(mirror.lock))
    load = (sys.executable, "-m", "benchmarks.publishing.stock_load", REPOSITORY, TAG)
    stages = {
        "fetch": (*GLOBMED, "fetch", "--mirror", *lock, "--json"),
        "audit": (*GLOBMED, "audit", "--sources", "build/sources", "--out", "errata.parquet"),
        "build": (*GLOBMED, "build", "--memory", str(memory), *lock),
        "validate": (*GLOBMED, "validate", "build/dataset"),
        "release": (*GLOBMED, "release", VERSION, "--hub", "local"),
        "load back": (*GLOBMED, "hub", "run", "--root", "build/hub", "--", *load),
    }
    paths = {"PYTHONPATH": str(Path(__file__).parents[2])}
    return Way(folder, mirror.environment(folder / "cache") | paths, stages)


def kill(way: Way, taken: Mapping[str, Taken], kills: int, seed: int) -> str:
    """Go a way, killing its commands at random moments of the seconds that the undisturbed ones took.

    A command that ends before its moment leaves its kill to the next stage.
    """
    chance = random.Random(seed)
    seconds = [each.seconds for each in taken.values()]
    drawn = Counter(chance.choices(list(taken), seconds, k=kills))
    left, done = 0, Counter[str]()
    for stage in way.stages:
        left += drawn[stage]
        for moment in sorted(chance.random() * taken[stage].seconds for _ in range(left)):
            if not way.kill(stage, moment):
                break
            done[stage] += 1
            left -= 1
        way.measure(stage)
    return f"{done.total()} kills: " + ", ".join(f"{stage} {count}" for stage, count in done.items())


def change(mirror: Mirror, way: Way) -> str:
    """Change one source, fetch again, and return what was downloaded."""
    before = _cached(way)
    corpus = Corpus(read_published(0), 0, seed=0)
    mirror.publish(CHANGED, dict(repositories(corpus))[CHANGED])
    taken = way.measure("fetch")
    said = way.log.read_text("utf-8")
    entries = json.loads(said[said.rindex("\n[\n") :])
    states = {name: entry["state"] for entry in entries for name in entry["sources"]}
    fetched = [name for name, state in states.items() if state == "fetched"]
    downloaded = {path.parts[0] for path in _cached(way) - before}
    if fetched != [CHANGED] or len(downloaded) != 1:
        raise SystemExit(f"of one changed source, {fetched} were fetched, and downloaded {downloaded}")
    return f"one changed source: {fetched[0]} is fetched, no other; {taken.seconds:.1f} s"


def _cached(way: Way) -> set[Path]:
    """Return the contents that the client's cache has, by repository."""
    cache = way.folder / "cache" / "hub"
    return {path.relative_to(cache) for path in cache.glob("datasets--*/blobs/*")}


def _said(stage: str, taken: Taken) -> Taken:
    print(
        f"{stage}: {taken.seconds:,.0f} s, {taken.processor:,.0f} s of processor, {taken.memory / 2**30:.2f} GiB",
        flush=True,
    )
    return taken


def _summary(taken: Mapping[str, Taken], way: Way) -> str:
    whole = Taken(
        sum(each.seconds for each in taken.values()),
        sum(each.processor for each in taken.values()),
        max(each.memory for each in taken.values()),
    )
    _said("the whole way", whole)
    loaded = json.loads(way.log.read_text("utf-8").splitlines()[-1])
    return f"loaded back: {sum(loaded.values()):,} rows in {len(loaded)} languages: {loaded}"


if __name__ == "__main__":
    main()
