"""Work that is shared among processes, where one Python interpreter is too slow."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")

#: Starting a process and importing its modules takes as long as reading about so many bytes.
WORTH = 16 * 2**20


def processes_for(size: int) -> int:
    """Return how many processes are worth starting to read ``size`` bytes; at most one a core."""
    import polars as pl

    return min(pl.thread_pool_size(), size // WORTH)


def in_processes(
    work: Callable[[Task], Done],
    tasks: Sequence[Task],
    processes: int,
    size: Callable[[Task], int] = lambda _: 0,
) -> Iterator[Done]:
    """Yield the result of every task in order; the largest tasks begin first.

    Args:
        work: what to do; it and the tasks are pickled.
        tasks: distinct things to work on.
        processes: with fewer than two, or one task, the work is done in this process.
        size: returns how large a task is beside the others.

    Raises:
        Exception: what ``work`` raises; tasks that have not begun are then left out.
    """
    if min(processes, len(tasks)) < 2:
        yield from map(work, tasks)
        return
    # A forked polars deadlocks.
    with ProcessPoolExecutor(min(processes, len(tasks)), mp_context=get_context("spawn")) as pool:
        begun = {
            number: pool.submit(work, tasks[number])
            for number in sorted(range(len(tasks)), key=lambda number: -size(tasks[number]))
        }
        try:
            for number in range(len(tasks)):
                yield begun.pop(number).result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
