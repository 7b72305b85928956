"""Releases of full size to a local Hub, on two cores: the first, one in which 1 % of the rows changed, and their diff.

    python -m benchmarks.full_size --rows 500000 --planted 0 --out build/full_size
    python -m benchmarks.release --rows build/full_size [--spread]

A release is everything but translation and the joining of texts into rows: the signals of every config whose rows
changed, candidate, validation, comparison with the version before, upload, load-back with the stock client in a fresh
cache, tag. What changes is the question of 1 % of the rows, in one language and source, as a round of review changes
them, or with ``--spread`` of every hundredth row of every file. Bytes are what the Hub's storage grew by. The text is
made up, so that every source may be released, and the rows keep the signals that they came with.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import polars as pl

from builders.licences.decisions import Decision
from builders.licences.gate import Gate, read_gate
from builders.release.candidate import Plan
from builders.release.diff.copy import open_copy
from builders.release.diff.diff import compare
from builders.release.hub.repository import open_repository
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from builders.sources import SOURCES
from globmed.hub.process import running
from globmed.languages import ENGLISH, language
from globmed.records.build import BuildInputs, BuildReport, CodeRecord
from globmed.records.record import write_record
from globmed.schema import arrow_schema
from globmed.storage.parquet import write_parquet
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from validation.signals.quality import measure

SHARE = 100
INPUTS = BuildInputs(
    sources={},
    memory=[],
    memory_origin=None,
    reviews=[],
    languages=[],
    limit=None,
    engines={},
    glossaries={},
    round_trip=False,
    estimator=None,
    search=None,
    code=CodeRecord(version="0", commit=None, sha256="0" * 64),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True, help="folder that benchmarks.full_size wrote")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--spread", action="store_true", help="change rows in every file")
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as place, running(Path(place) / "hub") as server:
        build, hub = as_build(options.rows, Path(place) / "build"), Path(place) / "hub"
        access = HubAccess(server.url, server.token)
        first = timed(Version(0, 1, 0), build, access, hub, configs(build))
        changed = change(build, spread=options.spread)
        second = timed(Version(1, 0, 0), build, access, hub, configs(build) if options.spread else ["swahili"])
        started = time.perf_counter()
        with open_repository(REPOSITORY, access) as repository:
            diff = compare(open_copy("0.1.0", repository), open_copy("1.0.0", repository))
        compared = time.perf_counter() - started
        assert diff.rows["rows"].sum() == changed
    peaks = (resource.getrusage(who).ru_maxrss / 1024**2 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"second against first: time {second[0] / first[0]:.1%}, bytes {second[1] / first[1]:.2%}; {changed:,} rows")
    print(f"diff of both on the Hub: {compared:.1f} s; peak of the largest process {max(peaks):.2f} GiB")


def open_gate() -> Gate:
    """Return a gate that lets every source through."""
    decided = ("made up", "this benchmark", date.today())
    decisions = tuple(Decision(name, (), "public", "CC0-1.0", *decided) for name in SOURCES)
    return Gate(read_gate().terms, decisions)


def as_build(corpus: Path, root: Path) -> BuildFolder:
    """Return the corpus as the folder of a build."""
    build = BuildFolder(root)
    for path in sorted((corpus / "rows").glob("*/*.parquet")):
        for (source,), part in pl.read_parquet(path).group_by("source", maintain_order=True):
            write_parquet(part, build.rows / path.parent.name / f"{path.stem}-{source}.parquet", arrow_schema())
    english = pl.concat([pl.read_parquet(path) for path in sorted((build.rows / "english").glob("*.parquet"))])
    write_parquet(english.select("id", "source"), build.items / "items.parquet")
    sources: dict[str, object] = {name: {"sha256": {}} for name in english["source"].unique().sort()}
    (build.items / "items.json").write_text(json.dumps({"sources": sources}))
    write_record(build.inputs, INPUTS)
    write_record(build.report, BuildReport(coverage=[], provenance=[], memory={}, leaks=[], withheld=[]))
    return build


def change(build: BuildFolder, *, spread: bool) -> int:
    """Change one row in `SHARE`, all in Swahili's largest source or everywhere; how many."""
    files = sorted(build.rows.glob("*/*.parquet"))
    total = sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in files)
    if not spread:
        files = [max((build.rows / "swahili").glob("train-*.parquet"), key=lambda path: path.stat().st_size)]
    changed = 0
    for path in files:
        rows = pl.read_parquet(path)
        picked = pl.int_range(pl.len()) % SHARE == 0 if spread else pl.int_range(pl.len()) < total // SHARE
        edited = pl.when(picked).then(pl.col("origin").replace("machine", "postedited")).otherwise("origin")
        asked = pl.when(picked).then(pl.concat_str("question", pl.lit(" (reviewed)"))).otherwise("question")
        reviewed = pl.when(picked).then(
            pl.col("review").struct.with_fields(status=pl.lit("reviewed"), raters=pl.lit(1, pl.Int64))
        )
        made = rows.with_columns(origin=edited, question=asked, review=reviewed.otherwise("review"))
        changed += rows.select(picked.sum()).item()
        write_parquet(made, path, arrow_schema())
    return changed


def configs(build: BuildFolder) -> list[str]:
    """Return the configs that were built."""
    return sorted(path.name for path in build.rows.iterdir())


def judge(build: BuildFolder, config: str, processes: int) -> None:
    """Measure the signals of a config's rows, as its assembly does."""
    rows, english = (
        pl.concat([pl.read_parquet(file) for file in sorted((build.rows / name).glob("*.parquet"))]).drop("quality")
        for name in (config, ENGLISH)
    )
    measure(rows, english, language(config), processes, kept=build.scores)


def timed(
    version: Version, build: BuildFolder, access: HubAccess, hub: Path, changed: Sequence[str]
) -> tuple[float, int]:
    """Judge what changed, and release; seconds, and bytes that the Hub's storage grew by."""
    before, started = stored(hub), time.perf_counter()
    for config in changed:
        judge(build, config, pl.thread_pool_size())
    judged = time.perf_counter() - started
    released = release(Plan(version, REPOSITORY, private=False, gate=open_gate()), build, access)
    seconds, grown = time.perf_counter() - started, stored(hub) - before
    rows = sum(new for new, _ in released.told.rows.values())
    print(
        f"{version}: {rows:,} rows, {seconds:.0f} s ({judged:.0f} s of it signals), {grown / 1e6:,.1f} MB", flush=True
    )
    return seconds, grown


def stored(hub: Path) -> int:
    """Bytes of the Hub's contents."""
    return sum(path.stat().st_size for path in hub.rglob("*") if path.is_file() and ".sqlite" not in path.name)


if __name__ == "__main__":
    main()
