"""The recipes' commands, ``globmed train ...``, registered through an entry point.

They are for one process; ``accelerate launch --no_python globmed train ...`` starts several.
"""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from globmed.cli.options import AsJson
from globmed.storage.files import json_text

if TYPE_CHECKING:
    from trl import GRPOConfig, ModelConfig, SFTConfig

    from globmed.training.rows import TrainingData

TRAIN = "Train and evaluate"
#: Every further word is a setting of the recipe, which its own parser checks.
SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}

Config = Annotated[str, typer.Option(help="Name of a shipped recipe, or a YAML file.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands to the command line."""
    train = typer.Typer(help="Fine-tune models on a published version.", no_args_is_help=True)
    for command in (sft, grpo, tiny, check):
        train.command(context_settings=SETTINGS)(command)
    app.add_typer(train, name="train", rich_help_panel=TRAIN)


def sft(context: typer.Context, config: Config) -> None:
    """Fine-tune on questions and answers; the loss is computed on the answers only.

    Further options are settings of the recipe; `globmed train sft --config NAME -- --help` lists them.
    """
    from train_recipes.runs import run
    from train_recipes.sft import SETTINGS as OF_SFT
    from train_recipes.sft import main

    run(main, OF_SFT, ["--config", config, *context.args])


def grpo(context: typer.Context, config: Config) -> None:
    """Train with rewards that can be checked: the answer of the key, in the language of the row.

    Further options are settings of the recipe; `globmed train grpo --config NAME -- --help` lists them.
    """
    from train_recipes.grpo import SETTINGS as OF_GRPO
    from train_recipes.grpo import main
    from train_recipes.runs import run

    run(main, OF_GRPO, ["--config", config, *context.args])


def tiny(context: typer.Context, config: Config = "tiny") -> None:
    """Make a small model and its tokenizer, with random weights, for a recipe to start from.

    Further options are settings of the recipe; `globmed train tiny -- --help` lists them.
    """
    from train_recipes.runs import run
    from train_recipes.tiny import SETTINGS as OF_TINY
    from train_recipes.tiny import make

    run(make, OF_TINY, ["--config", config, *context.args])


def check(
    context: typer.Context,
    config: Config,
    method: Annotated[Literal["sft", "grpo"], typer.Option(help="The command that the recipe is for.")] = "sft",
    as_json: AsJson = False,
) -> None:
    """Check a recipe on this machine, and train nothing: its settings, device, version, model and chat template.

    Further options are settings of the recipe, as for the command that trains.
    """
    from train_recipes.grpo import SETTINGS as OF_GRPO
    from train_recipes.runs import run
    from train_recipes.sft import SETTINGS as OF_SFT

    def tell(data: "TrainingData", arguments: "SFTConfig | GRPOConfig", model: "ModelConfig") -> None:
        _tell_checked(data, arguments, model, as_json)

    run(tell, OF_GRPO if method == "grpo" else OF_SFT, ["--config", config, *context.args])


def _tell_checked(
    data: "TrainingData", arguments: "SFTConfig | GRPOConfig", model: "ModelConfig", as_json: bool
) -> None:
    from globmed.versions.published import resolve
    from train_recipes.chat.tokenizer import load_tokenizer

    published = resolve(data.version, data.dataset)
    load_tokenizer(arguments, model)
    found = {
        "model": model.model_name_or_path,
        "revision": model.model_revision,
        "dataset": published.repository,
        "version": str(published.version),
        "commit": published.commit,
        "output_dir": arguments.output_dir,
    }
    told = json_text(found) if as_json else "\n".join(f"{name}: {value}" for name, value in found.items())
    sys.stdout.write(f"{told}\n")
