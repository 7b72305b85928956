"""The record of an evaluation run: ``run.json`` of ``globmed bench run``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from globmed.records.record import OMITTED, Record, read_file

RUN = "run.json"
RUNNING, COMPLETE = "running", "complete"


@dataclass(frozen=True)
class DatasetPin(Record):
    """A published version of a dataset: its number, commit (40 hex digits) and the SHA-256 of its manifest."""

    repository: str
    version: str
    commit: str
    manifest_sha256: str


@dataclass(frozen=True)
class EvaluatedModel(Record):
    """A model as the run knew it; see ``bench_recipes/models.toml`` for the fields."""

    name: str
    provider: str
    id: str
    revision: str | None = field(default=None, metadata=OMITTED)
    size: float | None = field(default=None, metadata=OMITTED)
    licence: str | None = field(default=None, metadata=OMITTED)
    context: int | None = field(default=None, metadata=OMITTED)
    medical: bool = False
    reasoning: bool = False
    price_in: float | None = field(default=None, metadata=OMITTED)
    price_out: float | None = field(default=None, metadata=OMITTED)
    priced: str | None = field(default=None, metadata=OMITTED)


@dataclass(frozen=True)
class Judge(EvaluatedModel):
    """A model that scored long answers, and the SHA-256 of the rubric that it was given."""

    rubric_sha256: str = ""


@dataclass(frozen=True)
class Asked(Record):
    """The items that were asked, and how."""

    languages: Sequence[str]
    tasks: Sequence[str]
    method: str
    style: str
    shots: int
    seed: int
    split: str
    limit: int


@dataclass(frozen=True)
class AnswerLimits(Record):
    """The maximum tokens of a short and of a long answer."""

    short: int
    long: int


@dataclass(frozen=True)
class StartedRun(Record):
    """The record of a run from its first request on: which model was asked what, and how.

    Attributes:
        state: `RUNNING` or `COMPLETE`.
        served_at: the address of the server; None for weights.
        revision: the commit of weights on the Hub.
        weights: the SHA-256 of every file of weights in a folder, by name.
        started: ISO 8601, UTC; ``finished`` likewise.
        dtype: the number format that weights were computed in; None for a served model.
    """

    state: str
    model: EvaluatedModel
    served_at: str | None
    revision: str | None
    weights: Mapping[str, str]
    dataset: DatasetPin
    definition: Asked
    max_tokens: AnswerLimits
    judge: Judge | None
    started: str
    dtype: str | None = field(default=None, kw_only=True, metadata=OMITTED)

    def other_setting(self, other: "StartedRun") -> str | None:
        """Return the first setting that another run has differently; None if both are the same run."""
        names = (each.name for each in fields(StartedRun) if each.name not in ("state", "started"))
        return next((name for name in names if getattr(self, name) != getattr(other, name)), None)

    def complete(self, **figures: Any) -> "EvaluationRun":
        """Return the record of the complete run, with the fields that an `EvaluationRun` adds."""
        settings = {each.name: getattr(self, each.name) for each in fields(StartedRun)}
        return EvaluationRun(**{**settings, "state": COMPLETE}, **figures)


@dataclass(frozen=True)
class EvaluationRun(StartedRun):
    """The record of a complete run.

    Attributes:
        scores: the signature of every score of long answers, by its name.
        items: how many were asked; ``outcomes`` counts them by outcome.
        tokens: ``input`` and ``output``.
        dollars: the cost; None if a price is not known.
        errors: how often each error occurred, by its text.
        device: the name of the device that weights were computed on; None for a served model.
        seconds: how long answering took; work that a kill lost is not counted. Earlier records have neither.
    """

    finished: str
    packages: Mapping[str, str]
    scores: Mapping[str, str]
    items: int
    outcomes: Mapping[str, int]
    tokens: Mapping[str, int]
    dollars: float | None
    errors: Mapping[str, int]
    device: str | None = field(default=None, kw_only=True, metadata=OMITTED)
    seconds: float | None = field(default=None, kw_only=True, metadata=OMITTED)


def read_run(path: Path, step: str) -> EvaluationRun | StartedRun:
    """Read the record of a run: an `EvaluationRun` if it is complete.

    Raises:
        UserError: as `read_file`.
    """
    started = read_file(StartedRun, path, step)
    return read_file(EvaluationRun, path, step) if started.state == COMPLETE else started
