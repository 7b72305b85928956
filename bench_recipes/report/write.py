"""``globmed bench report``: the comparison of some runs as a folder.

report.html  report.md  report.json  plots/*.svg  tables/*.parquet  tables/*.csv
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_recipes.compare.grid import read_grid
from bench_recipes.report.cells import Focus, Section, focus
from bench_recipes.report.comparison import Statistics, compare_grid
from bench_recipes.report.pages import report_html, report_markdown
from bench_recipes.report.plots import draw
from bench_recipes.report.sections import accuracy, outcomes
from bench_recipes.report.sections.reproduction import pins
from bench_recipes.report.summary import sentences
from globmed.records.comparison import REPORT, ComparisonReport, Pins
from globmed.records.record import record_text
from globmed.schema import TASKS
from globmed.storage.folders import check_replaceable, replaced_folder

KIND = (REPORT, "report.html", "report.md", "plots", "tables")


@dataclass(frozen=True)
class Comparison:
    """A comparison of runs: the tables, the focus of the report, and the inputs."""

    found: Statistics
    lead: Focus
    pinned: Pins

    @property
    def title(self) -> str:
        """Return the title of the report."""
        dataset, languages = self.pinned.dataset, len(self.pinned.languages)
        models = self.found.runs.height
        return (
            f"GlobMed-Bench: {models} model{'s' * (models > 1)} in {languages} language{'s' * (languages > 1)} "
            f"on {dataset.repository} {dataset.version}"
        )

    def ranking(self) -> list[dict[str, Any]]:
        """Return the runs with accuracy and rank over everything asked, best first."""
        own = self.found.accuracy.filter(task=self.lead.task, scope=self.lead.scope)
        ranks = self.found.ranks.filter(task=self.lead.task, scope=self.lead.scope)
        joined = self.lead.order.join(own, on="run", how="left").join(ranks, on="run", how="left").sort("place")
        return joined.select("run", "rank", "rank_low", "rank_high", "accuracy", "low", "high").to_dicts()


def compared(runs: Sequence[Path], tasks: Sequence[str] = TASKS) -> Comparison:
    """Read and compare.

    Raises:
        UserError: as `bench_recipes.report.comparison.compare`.
    """
    grid = read_grid(runs, tasks)
    found = compare_grid(grid)
    return Comparison(found, focus(found), pins(grid, found.runs))


def check_place(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier report.

    Raises:
        UserError: it does.
    """
    check_replaceable(folder, *KIND)


def write_report(made: Comparison, folder: Path) -> None:
    """Write the folder, whole or not at all.

    Raises:
        UserError: as `check_place`.
    """
    plots = draw(made.found, made.lead)
    parts, summary = _sections(made), sentences(made.found, made.lead)
    with replaced_folder(folder, *KIND) as place:
        (place / "plots").mkdir()
        for plot in plots:
            (place / "plots" / f"{plot.name}.svg").write_text(plot.svg, "utf-8")
        write_tables(made.found, place / "tables")
        (place / "report.html").write_text(report_html(made.title, summary, parts, plots), "utf-8")
        (place / "report.md").write_text(report_markdown(made.title, summary, parts, plots), "utf-8")
        report = ComparisonReport(title=made.title, summary=summary, ranking=made.ranking(), **vars(made.pinned))
        (place / REPORT).write_text(record_text(report, indent=2), "utf-8")


def write_tables(found: Statistics, folder: Path) -> None:
    """Write every table as Parquet and CSV."""
    folder.mkdir()
    for name, table in found.tables().items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd")
        table.write_csv(folder / f"{name}.csv")


def _sections(made: Comparison) -> list[Section]:
    found, lead = made.found, made.lead
    closed = [
        accuracy.ranking(found, lead),
        accuracy.by_language(found, lead),
        accuracy.by_task(found, lead),
        accuracy.by_specialty(found, lead),
        accuracy.to_english(found, lead),
        accuracy.unequal(found, lead),
        accuracy.consistent(found, lead),
        accuracy.between_models(found, lead),
        outcomes.unanswered(found, lead),
        outcomes.guessing(found, lead),
        outcomes.by_heart(found, lead),
    ]
    parts = [
        *(closed if found.accuracy.height else []),
        outcomes.long(found, lead, made.pinned.signatures),
        outcomes.made_with(found, made.pinned),
    ]
    return [part for part in parts if part is not None]
