"""Train a small Marian model from parallel text, resuming where an earlier run stopped."""

import ctypes
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from transformers import (
    EarlyStoppingCallback,
    MarianMTModel,
    PrinterCallback,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from builders.translate.packages.corpus import Direction, Pair, corpus_files, hold_back, read_corpora
from builders.translate.training.alignment import Aligner, guidance_loss
from builders.translate.training.batches import Batch, Batches, Limits, Variation
from builders.translate.training.model import average_weights, make_model, save_model
from builders.translate.training.numbers import copies, swapped
from builders.translate.training.settings import Settings
from builders.translate.training.vocabulary import Vocabulary, train_vocabulary
from globmed.cli.console import stderr, tell
from globmed.errors import UserError
from globmed.storage.files import sha256, write_text
from globmed.storage.lock import locked_beside

#: Records the inputs of a folder's training.
CLAIM = "task.json"
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3


@dataclass(frozen=True)
class Task:
    """The input of a training: languages, corpora, held-out pairs (split off the corpora if none are named).

    ``trusted``: skip the check that the corpora are in these languages.
    """

    direction: Direction
    data: Sequence[str]
    dev: Sequence[str]
    settings: Settings
    trusted: bool = False

    def identity(self) -> dict[str, Any]:
        """Return the properties that must not change when a training is resumed."""
        named = {each: [sha256(file) for file in corpus_files(each)] for each in (*self.data, *self.dev)}
        return {
            "direction": "-".join(self.direction),
            "data": [named[each] for each in self.data],
            "dev": [named[each] for each in self.dev],
            "settings": self.settings.as_dict(),
        }


def keep_memory() -> None:
    """Make the C library (glibc) keep freed memory: requesting it again in each step takes a quarter of the time."""
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((M_TRIM_THRESHOLD, 1 << 30), (M_TOP_PAD, 64 << 20), (M_MMAP_THRESHOLD, 32 << 20)):
            mallopt(option, value)


def train(task: Task, folder: Path, minutes: float | None = None) -> dict[str, Any]:
    """Start or resume a training in ``folder``; the model is written to ``folder/model``.

    Args:
        task: the input of the training.
        folder: the folder of checkpoints, vocabulary and model.
        minutes: stop this run after this time; the same call resumes it.

    Returns:
        Numbers of pairs, pairs left out, vocabulary pieces and steps, losses, seconds of this run, and whether the
        training is complete; the same as in ``folder/training.json``.

    Raises:
        UserError: the folder holds another training, another process is using it, or the data are too few or in other
            languages.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked_beside(folder):
        return _train(task, folder, minutes)


def _train(task: Task, folder: Path, minutes: float | None) -> dict[str, Any]:
    keep_memory()
    deadline = _Deadline(minutes)
    report = folder / "training.json"
    _check_claim(folder, task)
    if report.is_file() and json.loads(report.read_text("utf-8"))["complete"]:
        return cast(dict[str, Any], json.loads(report.read_text("utf-8")))
    pairs, held_back = _pairs(task)
    batches = _batches(task.settings, pairs, held_back, _vocabulary(pairs, task.settings, folder))
    train_set, _ = batches
    # Not earlier: inputs that cannot be trained on are corrected and given again, and then it is another task.
    write_text(folder / CLAIM, _claim(task))
    trainer = _trainer(task.settings, folder, batches)
    trainer.add_callback(deadline)
    done = _checkpoints(folder)
    trainer.train(resume_from_checkpoint=str(done[-1]) if done else None)
    result = _keep_better(trainer, _checkpoints(folder)[-task.settings.average :])
    save_model(_model(trainer), folder / "sentencepiece.model", folder / "model", task.direction)
    result |= {"pairs": len(pairs), "left_out": len(pairs) - len(train_set.pairs)}
    result |= {"vocabulary": train_set.vocabulary.size}
    result |= {"seconds": round(deadline.elapsed()), "complete": not deadline.passed()}
    write_text(report, json.dumps(result, indent=2, sort_keys=True) + "\n")
    return result


class _Deadline(TrainerCallback):
    """Stops when the time is up, after saving a checkpoint and its loss."""

    def __init__(self, minutes: float | None) -> None:
        self.started = time.monotonic()
        self.minutes = minutes
        self.stopped = False

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def passed(self) -> bool:
        return self.stopped

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> TrainerControl:
        if self.minutes is not None and self.elapsed() > 60 * self.minutes and state.global_step < state.max_steps:
            self.stopped = True
            control.should_evaluate = control.should_save = control.should_training_stop = True
        return control


class _Progress(TrainerCallback):
    """Prints the losses to stderr, one line each."""

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, Any] | None = None,
        **_: object,
    ) -> None:
        losses = {name: value for name, value in (logs or {}).items() if name in {"loss", "eval_loss"}}
        for name, value in losses.items():
            stderr.print(f"step {state.global_step:,} of {state.max_steps:,}  {name} {float(value):.3f}")


class _NoPickledArguments(TrainerCallback):
    """Removes the pickled arguments from each checkpoint; nothing reads them."""

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        checkpoint = Path(str(args.output_dir), f"checkpoint-{state.global_step}")
        (checkpoint / "training_args.bin").unlink(missing_ok=True)


def _check_claim(folder: Path, task: Task) -> None:
    """Check that the inputs of the folder's training are those recorded at its start."""
    note = folder / CLAIM
    if note.is_file() and note.read_text("utf-8") != _claim(task):
        raise UserError(f"{folder}: a training from other data or settings; name another --out or remove it")


def _claim(task: Task) -> str:
    return json.dumps(task.identity(), indent=2, sort_keys=True) + "\n"


def _pairs(task: Task) -> tuple[list[Pair], list[Pair]]:
    """Return the training pairs, including generated numbers, and the held-out pairs."""
    read = partial(read_corpora, direction=task.direction, trusted=task.trusted, note=tell)
    pairs = read(task.data)
    if task.dev:
        held_back = read(task.dev)
        known = {pair.source for pair in held_back}
        pairs = [pair for pair in pairs if pair.source not in known]
    else:
        pairs, held_back = hold_back(pairs)
    rng = random.Random(task.settings.seed)  # noqa: S311 - nothing secret
    added = copies(task.settings.number_copies, rng) + swapped(pairs, task.settings.number_swaps, rng)
    return pairs + added, held_back


def _vocabulary(pairs: Sequence[Pair], settings: Settings, folder: Path) -> Vocabulary:
    path = folder / "sentencepiece.model"
    if not path.is_file() or not (folder / CLAIM).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        train_vocabulary(pairs, settings.vocabulary, path)
    return Vocabulary(path)


def _batches(
    settings: Settings, pairs: Sequence[Pair], held_back: Sequence[Pair], vocabulary: Vocabulary
) -> tuple[Batches, Batches]:
    limits = Limits(settings.batch_tokens, settings.max_tokens)
    variation = Variation(settings.steps, settings.subword_sampling, settings.seed)
    train_set = Batches(pairs, vocabulary, limits, variation)
    eval_set = Batches(held_back, vocabulary, limits)
    if settings.guidance:
        train_set.aligner = Aligner(vocabulary.size)
        train_set.aligner.learn(_all(Batches(pairs, vocabulary, limits)))
    if not len(train_set) or not len(eval_set):
        raise UserError(
            f"{len(train_set.pairs):,} of {len(pairs):,} pairs to train on and {len(eval_set.pairs):,} of "
            f"{len(held_back):,} held back have at most {settings.max_tokens} tokens and about equal lengths: too few; "
            "add data, or set a larger `max_tokens`"
        )
    return train_set, eval_set


def _all(batches: Batches) -> Iterator[Batch]:
    return (batches[number] for number in range(len(batches)))


class _Trainer(Seq2SeqTrainer):
    """Adds to the loss the deviation of the attention from the alignments, for batches that have some."""

    guidance: float = 0.0

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        alignments = inputs.pop("alignments", None)
        if alignments is None:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        inputs["output_attentions"] = True
        loss, outputs = super().compute_loss(model, inputs, True, num_items_in_batch)
        loss = loss + self.guidance * guidance_loss(outputs.cross_attentions, alignments)
        return (loss, outputs) if return_outputs else loss


def _trainer(settings: Settings, folder: Path, batches: tuple[Batches, Batches]) -> Seq2SeqTrainer:
    train_set, eval_set = batches
    trainer = _Trainer(
        model=make_model(settings, train_set.vocabulary),
        args=_arguments(settings, folder),
        train_dataset=train_set,
        eval_dataset=eval_set,
        data_collator=_only,
        callbacks=[EarlyStoppingCallback(settings.patience), _NoPickledArguments(), _Progress()],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.guidance = settings.guidance
    return trainer


def _arguments(settings: Settings, folder: Path) -> Seq2SeqTrainingArguments:
    cpu = not torch.cuda.is_available()
    return Seq2SeqTrainingArguments(
        output_dir=str(folder / "checkpoints"),
        max_steps=settings.steps,
        # Each item of the data is a whole batch, in a fixed order.
        per_device_train_batch_size=1,
        per_device_eval_batch_size=1,
        train_sampling_strategy="sequential",
        remove_unused_columns=False,
        label_smoothing_factor=settings.label_smoothing,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup_steps,
        adam_beta2=0.98,
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        bf16=settings.bf16,
        use_cpu=cpu,
        dataloader_pin_memory=not cpu,
        eval_strategy="steps",
        eval_steps=settings.evaluate_every,
        save_strategy="steps",
        save_steps=settings.evaluate_every,
        save_total_limit=settings.average,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        logging_steps=min(100, settings.evaluate_every),
        report_to="none",
        disable_tqdm=True,
        seed=settings.seed,
    )


def _keep_better(trainer: Seq2SeqTrainer, checkpoints: Sequence[Path]) -> dict[str, Any]:
    """Load the average of the last checkpoints into the trainer, or the best one if its loss is lower."""
    model = _model(trainer)
    best_loss = trainer.evaluate()["eval_loss"]
    best = {name: weight.clone() for name, weight in model.state_dict().items()}
    model.load_state_dict(average_weights(checkpoints), strict=False)
    averaged_loss = trainer.evaluate()["eval_loss"]
    if averaged_loss >= best_loss:
        model.load_state_dict(best)
    losses = {"best_loss": best_loss, "averaged_loss": averaged_loss}
    return {"steps": trainer.state.global_step, "averaged": averaged_loss < best_loss, **losses}


def _model(trainer: Seq2SeqTrainer) -> MarianMTModel:
    return cast(MarianMTModel, trainer.model)


def _checkpoints(folder: Path) -> list[Path]:
    """Return the complete checkpoints, oldest first; the trainer's state is written last."""
    found = (folder / "checkpoints").glob("checkpoint-*")
    complete = [path for path in found if (path / "trainer_state.json").is_file()]
    return sorted(complete, key=lambda path: int(path.name.rpartition("-")[2]))


def _only(items: list[Batch]) -> Batch:
    (batch,) = items
    return batch
