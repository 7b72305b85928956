"""Read a training run's record, ``run.json``, into the facts that a card states."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cards.runs import BaseModel, Dataset, Part, Training
from globmed.errors import UserError
from globmed.languages import language
from globmed.records.record import known, read_file
from globmed.records.training import RUN, DataRecord, EarlierRun, TrainingRun
from globmed.versions.numbers import Version

#: The settings shown on a card, under TRL's names: nothing about the machine, and nothing that could hold a secret.
SETTINGS = (
    "num_train_epochs", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps", "world_size",
    "learning_rate", "lr_scheduler_type", "warmup_steps", "optim", "weight_decay", "max_grad_norm", "bf16", "fp16",
    "max_length", "packing", "packing_strategy", "seed", "num_generations", "max_completion_length", "temperature",
    "beta", "reward_weights",
)  # fmt: skip
ADAPTER_SETTINGS = ("lora_r", "lora_alpha", "lora_dropout", "lora_target_modules")
_PLAIN = (int, float, str, bool)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished training run.

    Attributes:
        base: the model that the first of ``trainings`` started from.
        trainings: in their order, the run's own last.
        data: the run's own record of its data, without unknown fields.
        weights: the SHA-256 of every weights file that it saved, by name.
    """

    base: BaseModel
    trainings: tuple[Training, ...]
    data: DataRecord
    settings: Mapping[str, object]
    packages: Mapping[str, str]
    weights: Mapping[str, str]


def read_run(folder: Path) -> Run:
    """Return the record of the run that wrote a folder.

    Raises:
        UserError: there is no record, it is not one of `train_recipes`, or the run was not finished.
    """
    path = folder / RUN
    record = read_file(TrainingRun, path, "name the --output_dir of a finished run of train_recipes")
    if record.weights is None:
        raise UserError(f"{path} names no weights: the run was not finished; run the same recipe again")
    try:
        trainings = tuple(_trainings(record))
    except KeyError as error:
        raise UserError(f"{path}: the data have no figures of {error}; train again") from error
    return Run(
        base=_base(record),
        trainings=trainings,
        data=known(record.data),
        settings=_settings(record),
        packages=record.packages,
        weights=record.weights,
    )


def _base(record: TrainingRun | EarlierRun) -> BaseModel:
    """Return the model that the first run started from; of a local folder only the name, as its path is private."""
    base = record.base_model
    if base.run:
        return _base(base.run)
    name = str(base.name)
    return BaseModel(Path(name).name if base.commit is None else name, base.commit)


def _trainings(record: TrainingRun | EarlierRun) -> Iterator[Training]:
    if earlier := record.base_model.run:
        yield from _trainings(earlier)
    data = record.data
    dataset = Dataset(data.repository, Version.parse(data.version), data.commit, data.manifest_sha256)
    yield Training(dataset, list(data.tasks), data.style, [_part(data, name) for name in data.languages])


def _part(data: DataRecord, name: str) -> Part:
    mix = data.mix
    return Part(
        language(name),
        rows=data.rows[name]["train"],
        dropped=data.dropped_as_contaminated[name] + data.dropped_as_too_long.get(name, 0),
        drawn=mix.rows[name],
        share=mix.share[name],
        repeats=mix.repeats[name],
        reviewed=data.prompts_reviewed[name],
    )


def _settings(record: TrainingRun) -> dict[str, object]:
    arguments, model, mix = record.arguments, record.model, record.data.mix
    told: dict[str, object] = {"trainer": record.trainer, "steps": record.steps, "dtype": model.get("dtype")}
    told |= {name: arguments.get(name) for name in SETTINGS}
    told |= {name: model.get(name) for name in ADAPTER_SETTINGS if model.get("use_peft")}
    told |= {f"mix_{name}": getattr(mix, name) for name in ("temperature", "weights", "seed")}
    return {name: value for name, value in told.items() if value not in (None, []) and _plain(value)}


def _plain(value: object) -> bool:
    return isinstance(value, _PLAIN) or (isinstance(value, list) and all(isinstance(each, _PLAIN) for each in value))
