"""The runs that a model's card states: what it was trained on, and what it scored."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards.tasks import TASK_NAMES
from globmed.errors import UserError
from globmed.languages import Language
from globmed.metrics import METRICS
from globmed.render.markdown import repository, target
from globmed.versions.numbers import Version, is_commit

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}", re.ASCII)
_LICENCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", re.ASCII)
#: The Hub's names of the metrics of `Score`.
HUB_METRICS = {metric.name: metric.hub for metric in METRICS.values() if metric.hub}


@dataclass(frozen=True, slots=True)
class Dataset:
    """A published version.

    Attributes:
        manifest_sha256: 64 hex digits.
        private: whether it may not be redistributed.
        yanked: the reason for its withdrawal; None if it was not withdrawn.
    """

    repository: str
    version: Version
    commit: str
    manifest_sha256: str
    private: bool = False
    yanked: str | None = None

    def __post_init__(self) -> None:
        """Refuse values that are not allowed in an address.

        Raises:
            UserError: an invalid name or hash.
        """
        repository(self.repository)
        _check_hash(self.commit, self.manifest_sha256)

    @property
    def address(self) -> str:
        """Its address on the public Hub."""
        return f"https://huggingface.co/datasets/{self.repository}/tree/{self.version.tag}"


@dataclass(frozen=True, slots=True)
class Part:
    """A language of the mix: rows of train, those drawn, their share (0 to 1), how often each row was drawn.

    Attributes:
        dropped: rows left out because a held-out split has their prompt, or because the model cannot hold them whole.
        reviewed: whether an expert has seen the instructions in the language.
    """

    language: Language
    rows: int
    dropped: int
    drawn: int
    share: float
    repeats: float
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Training:
    """The data of a training run; ``style`` is the language of the instructions, native or english."""

    dataset: Dataset
    tasks: Sequence[str]
    style: str
    parts: Sequence[Part]

    def __post_init__(self) -> None:
        """Refuse an unknown task.

        Raises:
            UserError: a task is unknown.
        """
        _check_known("task", self.tasks, TASK_NAMES)


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as the Hub names it: an identifier; ``other`` has a name, and possibly an https address."""

    identifier: str
    name: str | None = None
    link: str | None = None

    def __post_init__(self) -> None:
        """Refuse an invalid identifier or address.

        Raises:
            UserError: either is invalid.
        """
        if _LICENCE.fullmatch(self.identifier) is None:
            raise UserError(f"licence {self.identifier[:60]!r}: expected an identifier of the Hub such as apache-2.0")
        if self.name is not None and _LICENCE_NAME.fullmatch(self.name) is None:
            raise UserError(f"licence name {self.name[:60]!r}: expected letters, digits, spaces, dots, - and _")
        if self.link is not None:
            target(self.link)

    def __str__(self) -> str:
        return self.name or self.identifier


NOT_STATED = Licence("other", "not-stated")


@dataclass(frozen=True, slots=True)
class BaseModel:
    """The model that a run started from: a repository at a commit or, if ``commit`` is None, a folder of that name."""

    name: str
    commit: str | None
    licence: Licence | None = None

    def __post_init__(self) -> None:
        """Refuse values that are not allowed in an address.

        Raises:
            UserError: an invalid name or hash.
        """
        if self.commit is not None:
            repository(self.name)
            _check_hash(self.commit)


@dataclass(frozen=True, slots=True)
class Score:
    """A figure of one language and task, with its 95 % interval.

    Attributes:
        metric: of `globmed.metrics.METRICS`.
        items: the number of items.
        chance: the score of guessing; None if nothing can be guessed.
        unanswered: the number of items without an answer; they count as wrong.
    """

    language: Language
    task: str
    metric: str
    items: int
    value: float
    low: float
    high: float
    chance: float | None = None
    unanswered: int = 0

    def __post_init__(self) -> None:
        """Refuse an unknown task or metric.

        Raises:
            UserError: either is unknown.
        """
        _check_known("task", [self.task], TASK_NAMES)
        _check_known("measure", [self.metric], HUB_METRICS)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run of the benchmark: its version and split, and how the model was prompted.

    Attributes:
        limit: the maximum number of items per language and task; 0 for all.
        packages: versions by name.
    """

    dataset: Dataset
    split: str
    method: str
    style: str
    shots: int
    limit: int
    packages: Mapping[str, str]
    scores: Sequence[Score]


def _check_hash(*hashes: str) -> None:
    for text in hashes:
        if not is_commit(text) and _HASH.fullmatch(text) is None:
            raise UserError(f"hash {text[:70]!r}: expected 40 or 64 hex digits; correct the record of the run")


def _check_known(what: str, found: Sequence[str], known: Mapping[str, object]) -> None:
    for text in found:
        if text not in known:
            raise UserError(f"{what} {text[:60]!r}; known: {', '.join(known)}; correct the record")
