"""The stages of an experiment, a command each."""

import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import typer

from bench_recipes.experiment import processes
from bench_recipes.experiment.plan import Tuning
from bench_recipes.experiment.processes import globmed_words
from globmed.cli.console import tell
from globmed.errors import UserError
from globmed.records.evaluation import RUN, read_run


@dataclass(frozen=True)
class Stage:
    """One command, and how it is told."""

    name: str
    words: Sequence[str]


@dataclass(frozen=True)
class Publication:
    """The repositories of the models: their owner, and what `globmed release-model` is told about each.

    Attributes:
        version: the version to release; None to write the cards only.
        options: further options, such as ``--private``.
    """

    owner: str
    version: str | None
    options: Sequence[str]


#: The version on a card of a model that is not released.
UNRELEASED = "0.1.0"


def ask_baseline(tuning: Tuning, how: Sequence[str]) -> Stage:
    """Return the stage that asks the model that a recipe starts from.

    Args:
        tuning: the recipe.
        how: options of `globmed bench run`.
    """
    words = ("bench", "run", tuning.asked_as, "--out", str(tuning.baseline.parent), *how)
    return Stage(f"ask {tuning.asked_as}", globmed_words(*words))


def train(tuning: Tuning, version: str, repository: str, launcher: str) -> Stage:
    """Return the stage that trains: from the very commit that was asked.

    Args:
        tuning: the recipe.
        version: the published version to train on.
        repository: that of the dataset.
        launcher: words before the command, such as those of `accelerate launch`.
    """
    commit = read_run(tuning.baseline / RUN, "run the same command again").revision
    words = globmed_words(
        *("train", "sft", "--config", tuning.recipe, *tuning.settings),
        *("--version", version, "--dataset", repository, "--output_dir", str(tuning.trained)),
        *("--resume_from_checkpoint", "true", *(("--model_revision", commit) if commit else ())),
    )
    return Stage(f"train {tuning.name}", [*shlex.split(launcher), *words])


def ask_tuned(tuning: Tuning, how: Sequence[str]) -> Stage:
    """Return the stage that asks the fine-tuned model; ``how`` as in `ask_baseline`."""
    words = ("bench", "run", str(tuning.trained), "--out", str(tuning.tuned.parent), *how)
    return Stage(f"ask {tuning.name}", globmed_words(*words))


def publish(tuning: Tuning, publication: Publication) -> Stage:
    """Return the stage that writes the model's card, and releases the model if a version is named."""
    repository = f"{publication.owner}/{tuning.name}"
    words = globmed_words(
        *("release-model", str(tuning.trained), publication.version or UNRELEASED, "--repository", repository),
        *("--results", str(tuning.tuned), *publication.options),
        *(() if publication.version else ("--dry-run",)),
    )
    return Stage(f"{'release' if publication.version else 'card of'} {repository}", words)


def do(stage: Stage, environment: Mapping[str, str]) -> None:
    """Run a stage; what it says goes to stderr.

    Raises:
        typer.Exit: it failed, and has said why.
        UserError: it was ended from outside.
    """
    tell(stage.name)
    try:
        code = processes.run_process(stage.words, environment, sys.stderr, None).returncode
    except OSError as error:
        raise UserError(f"--launcher {stage.words[0]}: {error.strerror}; expected a command") from error
    if code > 0:
        raise typer.Exit(code)
    if code:
        raise UserError(f"{stage.name}: ended by {_signal(-code)}; the same command resumes it")


def _signal(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"
