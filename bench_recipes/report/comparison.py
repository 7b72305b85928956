"""The statistics of a report: every table from the results of the runs, with one fixed seed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl

from bench_recipes.compare.accuracy import accuracies
from bench_recipes.compare.disparity import agreements, disparities
from bench_recipes.compare.grid import Grid, read_grid
from bench_recipes.compare.hints import letter_bias, memorised
from bench_recipes.compare.long_answers import long_answers
from bench_recipes.compare.model_facts import with_models
from bench_recipes.compare.paired import between_languages, between_runs, gaps
from bench_recipes.compare.ranks import ranks
from bench_recipes.compare.resample import RESAMPLES
from bench_recipes.compare.shared import shared
from bench_recipes.compare.specialties import specialties
from globmed.schema import TASKS


@dataclass(frozen=True)
class Statistics:
    """Tables; their columns are documented in the modules of `bench_recipes.compare`.

    Attributes:
        runs: the settings of each run.
        accuracy: by task, run and scope (a language, ``all``, ``high``, ``low``).
        specialties: accuracy by field of medicine.
        ranks: by task, run and scope, with their intervals.
        runs_compared: pairs of runs.
        languages_compared: pairs of languages of a run.
        gaps: languages minus English.
        disparity: worst language, tiers.
        agreement: consistency over languages.
        bias: letters given too often.
        memorised: hints that English items were memorised.
        long_answers: means of scores.
    """

    runs: pl.DataFrame
    accuracy: pl.DataFrame
    specialties: pl.DataFrame
    ranks: pl.DataFrame
    runs_compared: pl.DataFrame
    languages_compared: pl.DataFrame
    gaps: pl.DataFrame
    disparity: pl.DataFrame
    agreement: pl.DataFrame
    bias: pl.DataFrame
    memorised: pl.DataFrame
    long_answers: pl.DataFrame

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return every table by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def to_dict(self) -> dict[str, Any]:
        """Return the tables for JSON."""
        return {name: table.to_dicts() for name, table in self.tables().items()}


def compare(paths: Sequence[Path], tasks: Sequence[str] = TASKS, resamples: int = RESAMPLES) -> Statistics:
    """Compare the runs of some results.

    Raises:
        UserError: as `read_grid`, `shared` and `between_languages`.
    """
    return compare_grid(read_grid(paths, tasks), resamples)


def compare_grid(grid: Grid, resamples: int = RESAMPLES) -> Statistics:
    """Compare the runs of a grid."""
    by_language, common = between_languages(grid, resamples), shared(grid, resamples)
    return Statistics(
        runs=with_models(grid.runs),
        accuracy=accuracies(grid, resamples),
        specialties=specialties(grid, resamples),
        ranks=ranks(common),
        runs_compared=between_runs(common),
        languages_compared=by_language,
        gaps=gaps(by_language),
        disparity=disparities(grid, resamples),
        agreement=agreements(grid),
        bias=letter_bias(grid),
        memorised=memorised(grid),
        long_answers=long_answers(grid),
    )
