"""Read a training run's record, ``run.json``, into the facts that a card states."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cards.runs import BaseModel, Dataset, Part, Training
from globmed.errors import UserError
from globmed.languages import language
from globmed.versions.numbers import Version

RECORD = "run.json"
#: The settings shown on a card, under TRL's names: nothing about the machine, and nothing that could hold a secret.
SETTINGS = (
    "num_train_epochs", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps", "world_size",
    "learning_rate", "lr_scheduler_type", "warmup_steps", "optim", "weight_decay", "max_grad_norm", "bf16", "fp16",
    "max_length", "packing", "packing_strategy", "seed", "num_generations", "max_completion_length", "temperature",
    "beta", "reward_weights",
)  # fmt: skip
#: The fields of the data's record by `globmed.training.rows`.
DATA = (
    "repository", "version", "commit", "manifest_sha256", "languages", "tasks", "style", "prompts_reviewed", "rows",
    "dropped_as_contaminated", "dropped_as_too_long", "mix",
)  # fmt: skip
ADAPTER_SETTINGS = ("lora_r", "lora_alpha", "lora_dropout", "lora_target_modules")
_PLAIN = (int, float, str, bool)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished training run.

    Attributes:
        base: the model that the first of ``trainings`` started from.
        trainings: in their order, the run's own last.
        data: the run's own record of its data, as `globmed.training.rows` wrote it.
        weights: the SHA-256 of every weights file that it saved, by name.
    """

    base: BaseModel
    trainings: tuple[Training, ...]
    data: Mapping[str, Any]
    settings: Mapping[str, object]
    packages: Mapping[str, str]
    weights: Mapping[str, str]


def read_run(folder: Path) -> Run:
    """Return the record of the run that wrote a folder.

    Raises:
        UserError: there is no record, it is not one of `train_recipes`, or the run was not finished.
    """
    path = folder / RECORD
    try:
        record = json.loads(path.read_text("utf-8"))
        if "weights" not in record:
            raise UserError(f"{path} names no weights: the run was not finished; run the same recipe again")
        return Run(
            base=_base(record),
            trainings=tuple(_trainings(record)),
            data={name: record["data"][name] for name in DATA},
            settings=_settings(record),
            packages={str(name): str(version) for name, version in record["packages"].items()},
            weights=dict(record["weights"]),
        )
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; name the --output_dir of a finished run") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is no record of a training run ({error!r}); train with train_recipes") from error


def _base(record: Mapping[str, Any]) -> BaseModel:
    """Return the model that the first run started from; of a local folder only the name, as its path is private."""
    base = record["base_model"]
    if base.get("run"):
        return _base(base["run"])
    name, commit = str(base["name"]), base["commit"]
    return BaseModel(Path(name).name if commit is None else name, commit)


def _trainings(record: Mapping[str, Any]) -> Iterator[Training]:
    if earlier := record["base_model"].get("run"):
        yield from _trainings(earlier)
    data = record["data"]
    dataset = Dataset(data["repository"], Version.parse(data["version"]), data["commit"], data["manifest_sha256"])
    yield Training(
        dataset, list(map(str, data["tasks"])), str(data["style"]), [_part(data, n) for n in data["languages"]]
    )


def _part(data: Mapping[str, Any], name: str) -> Part:
    mix = data["mix"]
    return Part(
        language(name),
        rows=int(data["rows"][name]["train"]),
        dropped=int(data["dropped_as_contaminated"][name]) + int(data["dropped_as_too_long"][name]),
        drawn=int(mix["rows"][name]),
        share=float(mix["share"][name]),
        repeats=float(mix["repeats"][name]),
        reviewed=data["prompts_reviewed"][name] is True,
    )


def _settings(record: Mapping[str, Any]) -> dict[str, object]:
    arguments, model, mix = record["arguments"], record["model"], record["data"]["mix"]
    told = {"trainer": record.get("trainer"), "steps": record.get("steps"), "dtype": model.get("dtype")}
    told |= {name: arguments.get(name) for name in SETTINGS}
    told |= {name: model.get(name) for name in ADAPTER_SETTINGS if model.get("use_peft")}
    told |= {f"mix_{name}": mix.get(name) for name in ("temperature", "weights", "seed")}
    return {name: value for name, value in told.items() if value not in (None, []) and _plain(value)}


def _plain(value: object) -> bool:
    return isinstance(value, _PLAIN) or (isinstance(value, list) and all(isinstance(each, _PLAIN) for each in value))
