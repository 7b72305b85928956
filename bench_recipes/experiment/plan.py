"""What an experiment will do, checked before the first model is asked: recipes, their models, folders."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_recipes.experiment import processes
from bench_recipes.models import find
from globmed.errors import UserError

#: What the experiment itself sets.
OURS = ("config", "version", "dataset", "output_dir", "resume_from_checkpoint")
#: The revision of a recipe that names none.
NEWEST = "main"


@dataclass(frozen=True)
class Tuning:
    """One recipe of an experiment.

    Attributes:
        name: that of the recipe, without folder and suffix.
        recipe: as it was named: a shipped one, or a file.
        settings: words that change its settings, such as ``--max_steps 100``.
        model: the folder or repository of the model that it starts from.
        revision: of the repository, as the recipe has it; None for the newest commit.
        folder: of the experiment.
    """

    name: str
    recipe: str
    settings: Sequence[str]
    model: str
    revision: str | None
    folder: Path

    @property
    def asked_as(self) -> str:
        """Return the model as `globmed bench run` finds it."""
        return f"{self.model}@{self.revision}" if self.revision else self.model

    @property
    def starts_from(self) -> str:
        """Return the name of the model in tables; of a folder without its path, which is private."""
        return Path(self.model).name if Path(self.model).is_dir() else self.model

    @property
    def baseline(self) -> Path:
        """Return the folder of the run on the model that the recipe starts from."""
        return self.folder / "baseline" / find(self.asked_as).name

    @property
    def trained(self) -> Path:
        """Return the folder of the training run."""
        return self.folder / "models" / self.name

    @property
    def tuned(self) -> Path:
        """Return the folder of the run on the fine-tuned model."""
        return self.folder / "tuned" / self.name


def split_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the recipes, and the settings that follow them from the first word that starts with a dash on.

    Raises:
        UserError: no recipe, or a setting that is the experiment's own.
    """
    start = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    recipes, settings = list(words[:start]), list(words[start:])
    if not recipes:
        raise UserError("no recipe was named: name shipped recipes or YAML files before the settings")
    for word in settings:
        name = word.partition("=")[0].removeprefix("--").replace("-", "_")
        if word.startswith("--") and name in OURS:
            raise UserError(f"--{name} is set by the experiment itself: leave it out")
    return recipes, settings


def plan(
    recipes: Sequence[str],
    settings: Sequence[str],
    version: str,
    repository: str,
    folder: Path,
    environment: Mapping[str, str],
) -> list[Tuning]:
    """Check every recipe on this machine, and return what is to be done.

    Args:
        recipes: shipped recipes by name, or YAML files.
        settings: words that change the settings of all of them.
        version: the published version to train on.
        repository: that of the dataset.
        folder: of the experiment.
        environment: of the processes.

    Raises:
        UserError: a recipe that cannot be trained here, or two things of one name.
    """
    tunings = []
    for recipe in recipes:
        checked = _check(recipe, [*settings, "--version", version, "--dataset", repository], environment)
        model, revision = str(checked["model"]), checked["revision"]
        pinned = None if revision == NEWEST or Path(model).is_dir() else revision
        tunings.append(Tuning(Path(recipe).stem, recipe, settings, model, pinned, folder))
    check_names(tunings)
    return tunings


def _check(recipe: str, words: Sequence[str], environment: Mapping[str, str]) -> dict[str, str | None]:
    command = processes.globmed_words("train", "check", "--json", "--config", recipe, *words)
    done = processes.run_process(command, environment, subprocess.PIPE, subprocess.PIPE)
    if done.returncode:
        said = (done.stderr.strip() or f"the check ended with exit code {done.returncode}").splitlines()[-1]
        raise UserError(f"recipe {recipe}: {said.removeprefix('error: ')}")
    found: dict[str, str | None] = json.loads(done.stdout.splitlines()[-1])
    return found


def check_names(tunings: Sequence[Tuning]) -> None:
    """Check that everything can be told apart in a table.

    Raises:
        UserError: two recipes, or two models, of one name.
    """
    for place, one in enumerate(tunings):
        for other in tunings[:place]:
            if one.name == other.name:
                raise UserError(f"recipes {other.recipe} and {one.recipe}: both are called {one.name}: rename a file")
            if one.baseline == other.baseline and one.asked_as != other.asked_as:
                raise UserError(
                    f"recipes {other.recipe} and {one.recipe}: start from {other.asked_as} and {one.asked_as}, which "
                    "have one name: put them into two experiments with --out"
                )
        for other in tunings:
            if one.name == other.baseline.name:
                raise UserError(
                    f"recipe {one.recipe}: the model of {other.recipe} is called {one.name} too: rename one"
                )
