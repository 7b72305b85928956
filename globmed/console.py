"""What the commands print: results to stdout, progress and errors to stderr."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Step = tuple[str, Callable[[], object]]

stdout = Console()
stderr = Console(stderr=True, soft_wrap=True)


def run_steps(steps: Sequence[Step]) -> None:
    """Do the steps in order with a progress bar that names the one under way."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("", total=len(steps))
        for name, step in steps:
            progress.update(task, description=name)
            step()
            progress.advance(task)
