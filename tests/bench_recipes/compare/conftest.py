"""Runs of models that do not exist, with known accuracies."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from bench_recipes.compare.grid import Grid, read_grid
from benchmarks.evaluation.simulated_results import write_run

Gridded = Callable[..., Grid]


@pytest.fixture
def gridded(tmp_path: Path) -> Gridded:
    """The grid of some frames of results, each written as a run."""

    def read(*frames: pl.DataFrame) -> Grid:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        for place, frame in enumerate(frames):
            write_run(folder / f"run-{place}", frame)
        return read_grid([folder])

    return read
