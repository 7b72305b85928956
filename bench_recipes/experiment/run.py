"""Run an experiment: its stages in order, then its tables and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_recipes.experiment import stages
from bench_recipes.experiment.plan import Tuning
from bench_recipes.experiment.report import write_report
from bench_recipes.experiment.tables import Tables, make_tables
from bench_recipes.report import write
from globmed.cli.console import do_step
from globmed.storage.folders import make_folder
from globmed.storage.lock import locked


@dataclass(frozen=True)
class Found:
    """The tables of an experiment, and their summary."""

    tables: Tables
    summary: Sequence[str]


@dataclass(frozen=True)
class Experiment:
    """An experiment.

    Attributes:
        tunings: the recipes.
        version: the published version to train on and to ask.
        repository: that of the dataset.
        folder: that of the experiment.
        how: options of `globmed bench run`, the same before and after.
        tasks: the tasks that are compared.
        launcher: words before the command that trains.
        publication: the models' repositories.
    """

    tunings: Sequence[Tuning]
    version: str
    repository: str
    folder: Path
    how: Sequence[str]
    tasks: Sequence[str]
    launcher: str
    publication: stages.Publication


def run(experiment: Experiment, environment: Mapping[str, str]) -> Found:
    """Run the stages that are left, and write the reports.

    Raises:
        UserError: another process is using the folder; as the stages.
        typer.Exit: a stage failed, and has said why.
    """
    folder, tunings = experiment.folder, experiment.tunings
    with locked(make_folder(folder)):
        for tuning in tunings:
            stages.do(stages.ask_baseline(tuning, experiment.how), environment)
            training = stages.train(tuning, experiment.version, experiment.repository, experiment.launcher)
            stages.do(training, environment)
            stages.do(stages.ask_tuned(tuning, experiment.how), environment)
        return _report(experiment)


def publish(experiment: Experiment, environment: Mapping[str, str]) -> None:
    """Write the card of every model, or release the models.

    Raises:
        typer.Exit: one of them was refused; `globmed release-model` has said why.
    """
    with locked(experiment.folder):
        for tuning in experiment.tunings:
            stages.do(stages.publish(tuning, experiment.publication), environment)


def _report(experiment: Experiment) -> Found:
    runs = list(dict.fromkeys(each for tuning in experiment.tunings for each in (tuning.baseline, tuning.tuned)))
    compared = do_step("compare", lambda: write.compared(runs, experiment.tasks))
    write.write_report(compared, experiment.folder / "report")
    tables = do_step("gains", lambda: make_tables(experiment.tunings, experiment.tasks))
    return Found(tables, write_report(tables, compared.pinned.dataset, experiment.folder / "gains"))
