"""The record of a training run: ``run.json`` of `train_recipes`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from globmed.records.record import OMITTED, Record

RUN = "run.json"


@dataclass(frozen=True)
class MixRecord(Record):
    """The mix of languages: rows drawn of each, their share, and how often each row occurs on average."""

    temperature: float
    weights: Sequence[float]
    seed: int
    rows: Mapping[str, int]
    share: Mapping[str, float]
    repeats: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class DataRecord(Record):
    """The data of a run, down to the commit and the SHA-256 of the manifest.

    Attributes:
        languages: config names.
        specialties: the fields of medicine; empty for all rows, and in earlier records.
        style: the language of the instructions.
        prompts_reviewed: whether the prompts are reviewed, by language.
        rows: by language and split.
        dropped_as_contaminated: rows that a held-out split has too, by language.
        dropped_as_too_long: rows longer than ``max_length``, by language; earlier records do not have it.
    """

    repository: str
    version: str
    commit: str
    manifest_sha256: str
    languages: Sequence[str]
    tasks: Sequence[str]
    specialties: Sequence[str] = field(default_factory=list)
    style: str
    prompts_reviewed: Mapping[str, bool]
    rows: Mapping[str, Mapping[str, int]]
    dropped_as_contaminated: Mapping[str, int]
    dropped_as_too_long: Mapping[str, int] = field(default_factory=dict)
    mix: MixRecord


@dataclass(frozen=True)
class BaseRecord(Record):
    """The model that a run started from: its name, revision and commit, or the run that left the folder."""

    name: str | None
    revision: str | None
    commit: str | None
    run: "EarlierRun | None" = None


@dataclass(frozen=True)
class EarlierRun(Record):
    """A run whose weights another one started from."""

    data: DataRecord
    base_model: BaseRecord


@dataclass(frozen=True)
class TrainingRun(Record):
    """The record of a run.

    Attributes:
        model: TRL's `ModelConfig`.
        arguments: the trainer's arguments.
        steps: None until the run is complete; ``weights`` likewise.
        weights: the SHA-256 of every weights file that it saved, by name.
        device: the name of each of the ``world_size`` devices in ``arguments``.
        seconds: how long these were in use; work that a kill lost is not counted. Earlier records have neither.
    """

    data: DataRecord
    base_model: BaseRecord
    trainer: str
    model: Mapping[str, Any]
    arguments: Mapping[str, Any]
    packages: Mapping[str, str]
    steps: int | None = field(default=None, metadata=OMITTED)
    weights: Mapping[str, str] | None = field(default=None, metadata=OMITTED)
    device: str | None = field(default=None, metadata=OMITTED)
    seconds: float | None = field(default=None, metadata=OMITTED)
