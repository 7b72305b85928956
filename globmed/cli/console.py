"""Console output of the commands: results to stdout, progress and errors to stderr."""

import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

Each = TypeVar("Each")
Made = TypeVar("Made")
Step = tuple[str, Callable[[], object]]

stdout = Console()
stderr = Console(stderr=True, soft_wrap=True)


def visible(text: str) -> str:
    """Return a text on one line, without characters that are invisible or that a terminal could take for a command."""
    return "".join(mark for mark in " ".join(text.split()) if unicodedata.category(mark)[0] != "C")


def tell(note: str) -> None:
    """Print one line on stderr, with markup and highlighting off."""
    stderr.print(visible(note), highlight=False, markup=False, soft_wrap=True)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before what cannot be undone, if a person can answer; a script is not asked.

    Raises:
        typer.Abort: the answer is no.
    """
    if not yes and sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)


def _bars(*columns: ProgressColumn) -> Progress:
    """Return progress bars for a terminal; a file gets none, and no blank line in their place."""
    return Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal)


def run_steps(steps: Sequence[Step]) -> None:
    """Run the steps in order with a progress bar that shows the current one."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with _bars(*columns) as progress:
        task = progress.add_task("", total=len(steps))
        for name, step in steps:
            progress.update(task, description=name, refresh=True)
            step()
            progress.advance(task)


def do_step(name: str, step: Callable[[], Made]) -> Made:
    """Run one step with a progress bar, and return its result."""
    made: list[Made] = []
    run_steps([(name, lambda: made.append(step()))])
    return made[0]


def track(things: Iterable[Each], name: str, total: int, size: Callable[[Each], int]) -> Iterator[Each]:
    """Yield the things with a progress bar; ``size`` returns how much of ``total`` each is."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    with _bars(*columns) as progress:
        task = progress.add_task(name, total=total)
        for thing in things:
            yield thing
            progress.advance(task, size(thing))


@contextmanager
def transfer_bars() -> Iterator[Callable[[str, int | None], Callable[[int], object]]]:
    """Yield what begins a bar of a name and a total in bytes, where known, and returns what advances it by bytes."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with _bars(*columns) as progress:

        def begin(name: str, total: int | None) -> Callable[[int], object]:
            task = progress.add_task(name, total=total)
            return lambda size: progress.advance(task, size)

        yield begin
