"""Train, resume, and write the record of the run: ``run.json`` beside the weights."""

import json
from contextlib import nullcontext
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import ExportableState
from transformers.trainer_utils import get_last_checkpoint
from trl import ModelConfig

from globmed.errors import UserError
from globmed.records.record import as_dict, read_file, write_record
from globmed.records.training import RUN, BaseRecord, DataRecord, EarlierRun, TrainingRun
from globmed.storage.files import json_text, sha256
from globmed.storage.lock import locked
from globmed.training.device import device_name

RECORD = RUN
PACKAGES = ("globmed", "torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers")
OTHER_FOLDER = "name another --output_dir, or remove this one"
#: The settings that decide what a model learns: a run is resumed with the same ones.
ARGUMENTS = (
    "num_train_epochs", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps", "learning_rate",
    "lr_scheduler_type", "warmup_steps", "optim", "weight_decay", "max_grad_norm", "max_length", "packing", "seed",
    "num_generations", "max_completion_length", "temperature", "beta", "reward_weights",
)  # fmt: skip
ADAPTER = ("use_peft", "lora_r", "lora_alpha", "lora_dropout", "lora_target_modules")


class Seconds(TrainerCallback, ExportableState):
    """Counts the seconds of a training, kept in its checkpoints: work that a kill lost is not counted."""

    def __init__(self, before: float = 0.0) -> None:
        self.before, self.start = before, monotonic()

    @property
    def total(self) -> float:
        """The seconds that led to the present step."""
        return self.before + monotonic() - self.start

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"args": {"before": self.total}, "attributes": {}}

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Add the seconds of the checkpoint that the training resumes from, if there is one."""
        kept = state.stateful_callbacks.setdefault(type(self).__name__, self.state())
        if state.global_step:
            self.before += kept["args"]["before"]


def fit(trainer: Trainer, record: DataRecord, model: ModelConfig) -> None:
    """Train, resuming from the last checkpoint if the recipe allows it, and save model, tokenizer and run record.

    A run that is complete is left as it is if the recipe allows resuming.

    Raises:
        UserError: the folder holds a run on other data or with other settings, or another process is using it.
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
    run = _run_record(trainer, record, model)
    complete = before is not None and _is_complete(before, arguments, folder)
    if before and (checkpoint or complete):
        _check_same(before, run, folder / RECORD)
    if complete:
        return
    if arguments.should_save:
        write_record(folder / RECORD, run, indent=2)
    seconds = Seconds()
    trainer.add_callback(seconds)
    trainer.train(resume_from_checkpoint=checkpoint)
    trainer.save_model()
    if arguments.should_save:
        # A pickle, which is unsafe to load.
        (folder / "training_args.bin").unlink(missing_ok=True)
        # Last: a record that names weights belongs to a run that finished, and produced them.
        finished = replace(
            run,
            steps=trainer.state.global_step,
            weights=_weights(folder),
            device=device_name(str(arguments.device)),
            seconds=round(seconds.total, 3),
        )
        write_record(folder / RECORD, finished, indent=2)


def _checkpoint(arguments: TrainingArguments, folder: Path) -> str | None:
    """Return the named checkpoint; with ``true``, the last one, if there is any."""
    named = str(arguments.resume_from_checkpoint or "false")
    if named.lower() == "true":
        last: str | None = get_last_checkpoint(str(folder)) if folder.is_dir() else None
        return last
    return None if named.lower() == "false" else named


def _is_complete(before: TrainingRun, arguments: TrainingArguments, folder: Path) -> bool:
    """Return whether the recipe resumes what is there, and that is a run that finished, with its weights."""
    resumes = str(arguments.resume_from_checkpoint).lower() == "true"
    return resumes and before.weights is not None and before.weights == _weights(folder)


def _check_same(before: TrainingRun, run: TrainingRun, path: Path) -> None:
    """Refuse to resume a run with anything else than what it was begun with."""
    if before.data != run.data:
        raise UserError(f"{path}: a run on other data; {OTHER_FOLDER}")
    if before.base_model != run.base_model:
        raise UserError(f"{path}: a run that started from {before.base_model.name}; {OTHER_FOLDER}")
    now = json.loads(json_text(as_dict(run)))
    for had, has, names in ((before.arguments, now["arguments"], ARGUMENTS), (before.model, now["model"], ADAPTER)):
        for name in names:
            if had.get(name) != has.get(name):
                found, wanted = had.get(name), has.get(name)
                raise UserError(f"{path}: a run with {name} {found}, not {wanted}; {OTHER_FOLDER}")


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
