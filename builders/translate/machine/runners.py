"""Run the translation of shards: in this process, or as tasks of a Ray cluster.

In both cases a shard is the same call of the same model, so the output is the same; results come as they are done.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from builders.translate.machine.engine import Engine, Hardware, Search, safe_translations
from builders.translate.packages.package import Package, read_package
from globmed.storage.files import remove

Shard = tuple[str, ...]
Run = Callable[[Sequence[Shard]], Iterator[tuple[Shard, pl.DataFrame]]]


@dataclass(frozen=True, slots=True)
class Task:
    """The common parameters of all shards."""

    package: Package
    search: Search
    hardware: Hardware


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray cluster: its address (None: one is started on this machine) and the number of parallel shards."""

    address: str | None = None
    workers: int = 1


def run_here(task: Task, shards: Sequence[Shard]) -> Iterator[tuple[Shard, pl.DataFrame]]:
    """Translate in this process, two shards at a time: one is tokenized and judged while the other is computed."""
    engine, judge = Engine(task.package, task.search, task.hardware), safe_translations(task.package)
    pool = ThreadPoolExecutor(2)
    try:
        yield from _as_done(shards, lambda shard: pool.submit(engine.translate, shard, judge), _wait, window=2)
    finally:
        pool.shutdown(cancel_futures=True)


def run_on_cluster(cluster: Cluster, task: Task, shards: Sequence[Shard]) -> Iterator[tuple[Shard, pl.DataFrame]]:
    """Translate on Ray: one task per shard, retried elsewhere if a worker or its node dies.

    The package travels with the tasks; the nodes need the project and its requirements, not the package.
    """
    import ray

    threads = task.hardware.operations
    # The size of an existing cluster is not ours to set.
    cores = None if cluster.address else cluster.workers * threads
    ray.init(
        address=cluster.address,
        num_cpus=cores,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    try:
        files = ray.put(_files(task.package.path))
        named = replace(task, hardware=replace(task.hardware, threads=threads))
        remote: Any = ray.remote(num_cpus=threads, max_retries=-1)(_translate_remotely)

        def submit(shard: Shard) -> Any:
            return remote.remote(files, named, shard)

        yield from _as_done(shards, submit, _wait_for_ray, window=2 * cluster.workers)
    finally:
        ray.shutdown()


def _as_done(
    shards: Sequence[Shard], submit: Callable[[Shard], Any], first: Callable[[list[Any]], tuple[Any, Any]], window: int
) -> Iterator[tuple[Shard, pl.DataFrame]]:
    """Keep ``window`` shards in progress, and yield each result once it is complete."""
    waiting = iter(shards)
    under_way: dict[Any, Shard] = {}
    for shard in waiting:
        under_way[submit(shard)] = shard
        if len(under_way) >= window:
            done, result = first(list(under_way))
            yield under_way.pop(done), result
    while under_way:
        done, result = first(list(under_way))
        yield under_way.pop(done), result


def _wait(futures: list[Future[pl.DataFrame]]) -> tuple[Future[pl.DataFrame], pl.DataFrame]:
    done = next(iter(wait(futures, return_when=FIRST_COMPLETED).done))
    return done, done.result()


def _wait_for_ray(references: list[Any]) -> tuple[Any, pl.DataFrame]:
    import ray

    (done,), _ = ray.wait(references, num_returns=1)
    return done, ray.get(done)


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _translate_remotely(files: Mapping[str, bytes], task: Task, shard: Shard) -> pl.DataFrame:
    folder = _unpacked(files, task.package.identity)
    engine = _engine(replace(task, package=read_package(folder)))
    return engine.translate(shard, safe_translations(task.package))


def _unpacked(files: Mapping[str, bytes], identity: str) -> Path:
    """Return the package's folder on a worker's node, written by the first task there."""
    folder = Path(tempfile.gettempdir(), f"globmed-package-{identity}")
    if folder.is_dir():
        return folder
    partial = Path(tempfile.mkdtemp(prefix=f"{folder.name}-"))
    for name, content in files.items():
        (partial / name).parent.mkdir(parents=True, exist_ok=True)
        (partial / name).write_bytes(content)
    try:
        partial.rename(folder)
    except OSError:
        # Another task on this node was first.
        remove(partial)
    return folder


@lru_cache(maxsize=1)
def _engine(task: Task) -> Engine:
    """Return the engine of a task; a worker keeps the model that it has loaded."""
    return Engine(task.package, task.search, task.hardware)
