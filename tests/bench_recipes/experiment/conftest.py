"""A tiny model to start from, and the stages in processes that start at once."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import pytest

from bench_recipes.experiment import processes
from globmed.training.rows import TrainingData, prepare
from tests.support.programs import run_python
from train_recipes.tiny import Shape, make_model


@pytest.fixture(scope="session")
def start(hub: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model with random weights."""
    folder = tmp_path_factory.mktemp("models") / "start"
    rows = prepare(TrainingData("0.1.0", languages=["english", "swahili"]), hub).train
    make_model(Shape(vocabulary=600, width=64, layers=2), rows, folder, positions=1024, seed=0)
    return folder


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the stages as forks of a process that has imported the large packages: processes, but quick ones."""

    def run(
        words: Sequence[str], environment: Mapping[str, str], out: int | IO[str], errors: int | None
    ) -> "subprocess.CompletedProcess[str]":
        done = run_python(words[1:], environment)
        if out != subprocess.PIPE and not isinstance(out, int):
            out.write(done.stdout)
        if errors is None:
            sys.stderr.write(done.stderr)
        return done

    monkeypatch.setattr(processes, "run_process", run)
