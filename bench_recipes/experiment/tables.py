"""The tables of an experiment: gains, the paper's two figures, and what everything cost."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl

from bench_recipes.experiment.gains import gains, headline, read_pair, specialty_gains
from bench_recipes.experiment.plan import Tuning
from globmed.errors import UserError
from globmed.records.evaluation import RUN, EvaluationRun, read_run
from globmed.records.record import read_file
from globmed.records.training import RUN as TRAINED
from globmed.records.training import TrainingRun
from globmed.schema import TASKS

AGAIN = "run the same experiment again"
HOUR = 3600
_COST: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("recipe", "stage", "model", "device"), pl.String),
    "devices": pl.Int64,
    "work": pl.Int64,
    "unit": pl.String,
    "device_hours": pl.Float64,
}


@dataclass(frozen=True)
class Tables:
    """What an experiment found.

    Attributes:
        models: by recipe the model that it starts from, with its commit.
        gains: by task, recipe and scope; `bench_recipes.experiment.gains` explains the columns.
        specialties: the same by field of medicine.
        headline: the paper's two figures, by recipe.
        cost: by recipe and stage: the device, how many, the work done there (items or steps), and device-hours.
    """

    models: pl.DataFrame
    gains: pl.DataFrame
    specialties: pl.DataFrame
    headline: pl.DataFrame
    cost: pl.DataFrame

    def by_name(self) -> dict[str, pl.DataFrame]:
        """Return every table by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def device_hours(self) -> float | None:
        """Return the device-hours of everything, a baseline that several recipes share once; None if unknown."""
        distinct = self.cost.unique(["stage", "model"])["device_hours"]
        return None if distinct.null_count() else float(distinct.sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the tables for JSON."""
        return {name: table.to_dicts() for name, table in self.by_name().items()}


def make_tables(tunings: Sequence[Tuning], tasks: Sequence[str] = TASKS) -> Tables:
    """Compare each tuned model with its baseline.

    Raises:
        UserError: a run that is missing, not complete, or asked otherwise.
    """
    pairs = {tuning.name: read_pair(tuning.baseline, tuning.tuned, tasks) for tuning in tunings}
    models = [
        {"recipe": tuning.name, "baseline": tuning.starts_from, "commit": _asked(tuning.baseline).revision}
        for tuning in tunings
    ]
    return Tables(
        models=pl.DataFrame(models, schema=dict.fromkeys(("recipe", "baseline", "commit"), pl.String)),
        gains=gains(pairs),
        specialties=specialty_gains(pairs),
        headline=headline(pairs),
        cost=pl.DataFrame([row for tuning in tunings for row in _costs(tuning)], schema=_COST),
    )


def _costs(tuning: Tuning) -> list[dict[str, object]]:
    trained = read_file(TrainingRun, tuning.trained / TRAINED, AGAIN)
    devices = int(trained.arguments.get("world_size") or 1)
    before, after = _asked(tuning.baseline), _asked(tuning.tuned)
    stages = [
        ("baseline", tuning.starts_from, before.device, 1, before.items, "items", before.seconds),
        ("training", tuning.name, trained.device, devices, trained.steps, "steps", trained.seconds),
        ("tuned", tuning.name, after.device, 1, after.items, "items", after.seconds),
    ]
    return [
        {
            "recipe": tuning.name,
            "stage": stage,
            "model": model,
            "device": device,
            "devices": count,
            "work": work,
            "unit": unit,
            "device_hours": None if seconds is None else count * seconds / HOUR,
        }
        for stage, model, device, count, work, unit, seconds in stages
    ]


def _asked(folder: Path) -> EvaluationRun:
    record = read_run(folder / RUN, AGAIN)
    if not isinstance(record, EvaluationRun):
        raise UserError(f"{folder / RUN}: the run is {record.state!r}, expected complete: {AGAIN}")
    return record
