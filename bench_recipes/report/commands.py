"""``globmed bench report`` and ``globmed bench leaderboard``."""

from pathlib import Path
from typing import Annotated

import typer

from globmed.cli.options import AsJson, Tasks


def register(bench: typer.Typer) -> None:
    """Add the commands to the group."""
    bench.command()(report)
    bench.command()(leaderboard)


def report(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, or folders that contain some.")],
    out: Annotated[Path, typer.Option(help="Folder of the report: HTML, Markdown, plots and tables.")] = Path(
        "build/report"
    ),
    results: Annotated[
        Path | None, typer.Option(help="Also write a dataset of results, ready to be pushed to the Hub.")
    ] = None,
    tasks: Tasks = None,
    as_json: AsJson = False,
) -> None:
    """Compare runs on one version: accuracy, gaps between languages, and their significance."""
    from bench_recipes.report import results as dataset
    from bench_recipes.report import write
    from globmed.cli.console import do_step, stdout
    from globmed.records.record import as_dict
    from globmed.schema import TASKS
    from globmed.storage.files import json_text

    write.check_place(out)
    if results:
        dataset.check_place(results)
    wanted = [task.strip() for task in tasks.split(",")] if tasks else TASKS
    made = do_step("compare", lambda: write.compared(runs, wanted))
    do_step("write the report", lambda: write.write_report(made, out))
    if results:
        do_step("write the results", lambda: dataset.write_results(made, results))
    if as_json:
        said = {
            "report": str(out / "report.html"),
            "results": str(results) if results else None,
            "title": made.title,
            "dataset": as_dict(made.pinned.dataset),
            "ranking": made.ranking(),
            "tables": {name: table.height for name, table in made.found.tables().items()},
        }
        stdout.print_json(json_text(said))
    else:
        stdout.print(f"{made.title}: {out / 'report.html'}", markup=False, soft_wrap=True)


def leaderboard(
    results: Annotated[
        Path, typer.Argument(help="The dataset of results, written by `globmed bench report --results`.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the page, a static Space when pushed.")] = Path(
        "build/leaderboard"
    ),
    as_json: AsJson = False,
) -> None:
    """Make a leaderboard from results: one self-contained page."""
    from bench_recipes.report.leaderboard import PAGE, write_leaderboard
    from globmed.cli.console import stdout

    models = write_leaderboard(results, out)
    if as_json:
        stdout.print_json(data={"page": str(out / PAGE), "models": models})
    else:
        stdout.print(f"{models} models: {out / PAGE}", markup=False, soft_wrap=True)
