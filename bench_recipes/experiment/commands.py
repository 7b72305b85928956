"""``globmed experiment``, registered through an entry point."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench_recipes.commands import EVALUATE, InstructionStyle, Method, NumberFormat, Repository, Shots, Split, Version
from globmed.cli.options import PROJECT_HUB, AsJson, HubRoot, Languages, Private, ReadHub, Tasks

if TYPE_CHECKING:
    from bench_recipes.experiment.run import Experiment, Found
    from bench_recipes.experiment.stages import Publication
    from globmed.versions.client import ReadAccess


Recipes = Annotated[
    list[str],
    typer.Argument(
        help="Shipped recipes of `globmed train sft`, or YAML files; after `--`, settings of all of them, such as "
        "--max_steps 100."
    ),
]
Asking = Annotated[Method, typer.Option(help="Score the letters, or read answers from generated text.")]
Device = Annotated[str | None, typer.Option(help="Device to ask on: cpu or cuda; the best one by default.")]
Launcher = Annotated[
    str, typer.Option(help="Words before the command that trains: 'accelerate launch --config_file F --no_python'.")
]
Release = Annotated[
    str | None, typer.Option(help="Release the models as this version; by default, only write their cards.")
]
Owner = Annotated[str, typer.Option(help="Owner of the models' repositories, which are named like the recipes.")]
Licence = Annotated[
    str | None, typer.Option(help="Licence of the weights, by the Hub's name; the base model's by default.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel=EVALUATE)(experiment)


def experiment(
    recipes: Recipes,
    version: Version,
    out: Annotated[Path, typer.Option(help="Folder of the experiment.")] = Path("build/experiment"),
    languages: Languages = None,
    tasks: Tasks = None,
    method: Asking = "likelihood",
    style: InstructionStyle = "native",
    shots: Shots = 0,
    split: Split = "test",
    limit: Annotated[int, typer.Option(min=0, help="Maximum items per language and task; 0: all.")] = 0,
    repository: Repository = None,
    hub: ReadHub = None,
    hub_root: HubRoot = PROJECT_HUB,
    device: Device = None,
    dtype: Annotated[NumberFormat, typer.Option(help="Number format to ask in; auto: the device's fast one.")] = "auto",
    batch: Annotated[int, typer.Option(min=1, help="Prompts per batch, for generation.")] = 16,
    launcher: Launcher = "",
    release: Release = None,
    owner: Owner = "globmed",
    licence: Licence = None,
    private: Private = False,
    as_json: AsJson = False,
) -> None:
    """Ask models, fine-tune them, ask again and compare: gains by language, task and field; the models' cards.

    After a kill the same command resumes in the stage that it was in.
    """
    from bench_recipes.experiment.plan import plan, split_words
    from bench_recipes.experiment.run import Experiment, publish, run
    from bench_recipes.tasks import Definition, check_tasks
    from globmed.cli.hub import read_access
    from globmed.schema import TASKS
    from globmed.versions import REPOSITORY
    from globmed.versions.published import resolve

    names, settings = split_words(recipes)
    where = repository or REPOSITORY
    chosen = [task.strip() for task in tasks.split(",")] if tasks else TASKS
    asked = check_tasks(Definition(version, where, (), chosen, method, style, shots, split=split, limit=limit))
    how = {
        "version": version, "repository": where, "languages": languages, "tasks": ",".join(asked), "method": method,
        "style": style, "shots": shots, "split": split, "limit": limit, "device": device, "dtype": dtype,
        "batch": batch,
    }  # fmt: skip
    with read_access(hub, hub_root) as place:
        publication = _publication(place, owner, release, licence, private)
        resolve(version, where, place.endpoint, place.token)  # no process is started for a version that is not there
        environment = _environment(place)
        tunings = plan(names, settings, version, where, out, environment)
        whole = Experiment(tunings, version, where, out, _words(how), asked, launcher, publication)
        _tell(whole, run(whole, environment), as_json)
        publish(whole, environment)  # last: a table that no card can be written for is still a table


def _publication(
    place: "ReadAccess", owner: str, release: str | None, licence: str | None, private: bool
) -> "Publication":
    from huggingface_hub import constants

    from bench_recipes.experiment.stages import Publication
    from globmed.versions.numbers import Version as Number

    number = str(Number.parse(release)) if release else None
    options = _words({"hub": place.endpoint or constants.ENDPOINT, "licence": licence})
    return Publication(owner, number, [*options, *(["--private"] if private else [])])


def _words(options: Mapping[str, object]) -> list[str]:
    """Return options as words, without those that are None."""
    return [word for name, value in options.items() if value is not None for word in (f"--{name}", str(value))]


def _environment(place: "ReadAccess") -> dict[str, str]:
    """Return the environment of the stages: this one's, with the Hub that was named."""
    named = {"HF_ENDPOINT": place.endpoint, "HF_TOKEN": place.token}
    return dict(os.environ) | {name: value for name, value in named.items() if value is not None}


def _tell(experiment: "Experiment", found: "Found", as_json: bool) -> None:
    from bench_recipes.experiment.report import HTML
    from globmed.cli.console import stdout
    from globmed.storage.files import json_text

    page = experiment.folder / "gains" / HTML
    if as_json:
        cards = {tuning.name: str(tuning.trained / "candidate" / "README.md") for tuning in experiment.tunings}
        said = {"page": str(page), "cards": cards, "summary": found.summary, **found.tables.to_dict()}
        stdout.print_json(json_text(said))
        return
    for sentence in found.summary:
        stdout.print(sentence, markup=False, highlight=False, soft_wrap=True)
    stdout.print(str(page), markup=False, highlight=False, soft_wrap=True)
