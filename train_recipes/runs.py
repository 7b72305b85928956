"""The common parts of all methods: reading a recipe, its rows, and using what is installed."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments
from trl import GRPOConfig, ModelConfig, SFTConfig

from globmed.errors import UserError
from globmed.records.training import DataRecord
from globmed.training.rows import Fits, Prepared, TrainingData, prepare
from globmed.versions.client import MODEL, check_repository, download
from globmed.versions.faults import hub_errors
from train_recipes.recipe import read_recipe, shipped

USER_ERROR = 2


def run(main: Callable[..., None], dataclasses: tuple[Any, ...], words: Sequence[str] | None = None) -> None:
    """Parse ``--config recipe.yaml`` and flags, and run; a `UserError` or Hub error is one line and exit code 2.

    Args:
        main: gets one object of each dataclass.
        dataclasses: the settings that there are.
        words: of the command line; this process's own by default.
    """
    # Tokenizers warn about it when `datasets` forks.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        with hub_errors():
            main(*read_recipe(dataclasses, words))
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(USER_ERROR)


def prepare_rows(data: TrainingData, arguments: TrainingArguments, fits: Fits | None = None) -> Prepared:
    """Return the rows of a recipe; the first process prepares them, the others find them in the cache."""
    with arguments.main_process_first(desc="rows"):
        rows = prepare(data, fits=fits)
    announce(rows.record)
    return rows


def settle(arguments: SFTConfig | GRPOConfig, model: ModelConfig) -> str:
    """Use flash attention and Liger's kernels if they are installed, else what works everywhere; find the template.

    Returns:
        The name of the model to start from.

    Raises:
        UserError: the recipe names no model, or one that is neither in the cache nor on the Hub.
    """
    name = starting_model(model)
    _check_model(name, model.model_revision)
    if model.attn_implementation is None:
        flash = torch.cuda.is_available() and not arguments.use_cpu and find_spec("flash_attn") is not None
        model.attn_implementation = "flash_attention_2" if flash else "sdpa"
    if isinstance(arguments, SFTConfig) and arguments.chat_template_path:
        arguments.chat_template_path = shipped(arguments.chat_template_path)
    if arguments.use_liger_kernel and find_spec("liger_kernel") is None:
        arguments.use_liger_kernel = False
    arguments.model_init_kwargs = {
        "revision": model.model_revision,
        "dtype": model.dtype,
        "attn_implementation": model.attn_implementation,
    }
    return name


def starting_model(model: ModelConfig) -> str:
    """Return the name of the model to start from.

    Raises:
        UserError: the recipe names none.
    """
    if not model.model_name_or_path:
        raise UserError("no model to start from: name one with --model_name_or_path")
    return model.model_name_or_path


def _check_model(name: str, revision: str | None) -> None:
    """Check once that the Hub has the model, unless it is a folder, before libraries ask for file after file."""
    if not Path(name).is_dir():
        check_repository(name)
        with hub_errors(f"model {name}"):
            download(name, "config.json", revision or "main", MODEL)


def announce(record: DataRecord) -> None:
    """Print the version and the effective mix, once per machine even with many processes."""
    if int(os.environ.get("RANK", "0")):
        return
    mix = record.mix
    lines = [f"{record.repository} {record.version} ({record.commit}), instructions: {record.style}"]
    for name, rows in mix.rows.items():
        long = record.dropped_as_too_long[name]
        left_out = f"; {long:,} longer than max_length, left out" if long else ""
        reviewed = "" if record.prompts_reviewed[name] else "; prompts unreviewed"
        lines.append(
            f"  {name}: {rows:,} rows, {mix.share[name]:.1%}, each {mix.repeats[name]:.2f} times{left_out}{reviewed}"
        )
    sys.stdout.write("\n".join(lines) + "\n")
