"""The common parts of all methods: reading a recipe, using what is installed, and the record of the run."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint
from trl import GRPOConfig, ModelConfig, SFTConfig

from globmed.errors import UserError
from globmed.records.record import read_file, write_record
from globmed.records.training import RUN, BaseRecord, DataRecord, EarlierRun, TrainingRun
from globmed.storage.files import sha256
from globmed.storage.lock import locked
from globmed.training.rows import Fits, Prepared, TrainingData, prepare
from globmed.versions.client import MODEL, check_repository, download
from globmed.versions.faults import hub_errors
from train_recipes.recipe import read_recipe, shipped

RECORD = RUN
PACKAGES = ("globmed", "torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers")
USER_ERROR = 2
OTHER_FOLDER = "name another --output_dir, or remove this one"


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


def fit(trainer: Trainer, record: DataRecord, model: ModelConfig) -> None:
    """Train, resuming from the last checkpoint if the recipe allows it, and save model, tokenizer and run record.

    Raises:
        UserError: the folder holds a run on other data, or another process is using it.
    """
    folder = Path(trainer.args.output_dir or ".")
    if trainer.args.should_save:
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder) if trainer.args.should_save else nullcontext():
        _fit(trainer, record, model, folder)


def _fit(trainer: Trainer, record: DataRecord, model: ModelConfig, folder: Path) -> None:
    arguments = trainer.args
    checkpoint = _checkpoint(arguments, folder)
    before = read_file(TrainingRun, folder / RECORD, OTHER_FOLDER) if (folder / RECORD).is_file() else None
    if checkpoint and before and before.data != record:
        raise UserError(f"{folder / RECORD}: a run on other data; {OTHER_FOLDER}")
    run = _run_record(trainer, record, model)
    if arguments.should_save:
        write_record(folder / RECORD, run, indent=2)
    trainer.train(resume_from_checkpoint=checkpoint)
    trainer.save_model()
    if arguments.should_save:
        # A pickle, which is unsafe to load.
        (folder / "training_args.bin").unlink(missing_ok=True)
        # Last: a record that names weights belongs to a run that finished, and produced them.
        finished = replace(run, steps=trainer.state.global_step, weights=_weights(folder))
        write_record(folder / RECORD, finished, indent=2)


def _checkpoint(arguments: TrainingArguments, folder: Path) -> str | None:
    """Return the named checkpoint; with ``true``, the last one, if there is any."""
    named = str(arguments.resume_from_checkpoint or "false")
    if named.lower() == "true":
        last: str | None = get_last_checkpoint(str(folder)) if folder.is_dir() else None
        return last
    return None if named.lower() == "false" else named


def _run_record(trainer: Trainer, record: DataRecord, model: ModelConfig) -> TrainingRun:
    return TrainingRun(
        data=record,
        base_model=BaseRecord(
            name=model.model_name_or_path,
            revision=model.model_revision,
            commit=getattr(getattr(trainer.model, "config", None), "_commit_hash", None),
            run=_run_before(Path(model.model_name_or_path or ".")),
        ),
        trainer=type(trainer).__name__,
        model=asdict(model),
        arguments=trainer.args.to_dict() | {"world_size": trainer.args.world_size},
        packages={name: version(name) for name in PACKAGES},
    )


def _run_before(base: Path) -> EarlierRun | None:
    """Return the record of the run that produced a folder's weights, if there is one."""
    if not (base / RECORD).is_file():
        return None
    before = read_file(TrainingRun, base / RECORD, "start from the unchanged folder of a run, or remove the record")
    return EarlierRun(data=before.data, base_model=before.base_model)


def _weights(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every weights file by name."""
    return {path.name: sha256(path) for path in sorted(folder.glob("*.safetensors"))}
