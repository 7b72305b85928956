"""The card of a model's version: its README, rendered from its training record and the benchmark's results."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from cards import TEMPLATES
from cards.dataset import TASK_CATEGORIES, TASK_NAMES
from cards.tables import model as model_tables
from cards.words import statements
from globmed.errors import UserError
from globmed.languages import Language
from globmed.metrics import METRICS
from globmed.render.markdown import repository, target
from globmed.render.page import render
from globmed.versions.numbers import Version, is_commit

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}", re.ASCII)
_LICENCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", re.ASCII)
#: The Hub's names of the metrics of `Score`.
_ON_HUB = {metric.name: metric.hub for metric in METRICS.values() if metric.hub}


@dataclass(frozen=True, slots=True)
class Dataset:
    """A published version.

    Attributes:
        manifest_sha256: 64 hex digits.
        private: whether it may not be passed on.
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
        _check_known("measure", [self.metric], _ON_HUB)


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


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The data that the card is rendered from.

    Attributes:
        adapter: whether the weights are a LoRA adapter of ``base``.
        parameters: the number of values in the weights files.
        base: the model that the first of ``trainings`` started from.
        trainings: the runs in order; the last one produced these weights.
        settings: those of the last run, by name.
        packages: versions by name, of the last run.
        licence: that of the weights; None if none was stated.
    """

    repository: str
    version: Version
    private: bool
    adapter: bool
    parameters: int
    base: BaseModel
    trainings: Sequence[Training]
    settings: Mapping[str, object]
    packages: Mapping[str, str]
    licence: Licence | None
    evaluations: Sequence[Evaluation] = ()

    def __post_init__(self) -> None:
        """Refuse values that are not allowed in code.

        Raises:
            UserError: an invalid name; an adapter of a model that is not published.
        """
        repository(self.repository)
        if self.adapter and self.base.commit is None:
            raise UserError(
                f"the adapter's base model {self.base.name[:60]!r} is a folder, which nobody else has: release it "
                "first, and train from its repository"
            )

    @property
    def languages(self) -> list[Language]:
        """The languages that it was trained on."""
        found = {part.language.name: part.language for each in self.trainings for part in each.parts}
        return [found[name] for name in sorted(found)]

    @property
    def datasets(self) -> list[Dataset]:
        """The versions that it was trained on."""
        return list(dict.fromkeys(each.dataset for each in self.trainings))

    def render(self) -> str:
        """Return README.md, with the YAML front matter that the Hub reads."""
        values = {"card": self, "snippet": self._snippet(), "words": statements(), "tables": model_tables}
        return f"---\n{self._front_matter()}---\n\n" + render("model.md.jinja", values, TEMPLATES)

    def _snippet(self) -> str:
        """Return Python that loads this version and generates an answer."""
        place = f'"{self.repository}", revision="{self.version.tag}"'
        load = f"model = AutoModelForCausalLM.from_pretrained({place})"
        imports = ["from transformers import AutoModelForCausalLM, AutoTokenizer"]
        if self.adapter:
            imports.insert(0, "from peft import PeftModel")
            load = (
                f'base = AutoModelForCausalLM.from_pretrained("{self.base.name}", revision="{self.base.commit}")\n'
                f"model = PeftModel.from_pretrained(base, {place})"
            )
        return (
            "\n".join(imports) + f"\n\n{load}\n"
            f"tokenizer = AutoTokenizer.from_pretrained({place})\n"
            'question = [{"role": "user", "content": "Does a fever always need a medicine?"}]\n'
            "inputs = tokenizer.apply_chat_template(\n"
            '    question, add_generation_prompt=True, enable_thinking=False, return_tensors="pt"\n'
            ")\n"
            "said = model.generate(**inputs, max_new_tokens=64, do_sample=False)\n"
            'print(tokenizer.decode(said[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))'
        )

    def _front_matter(self) -> str:
        from huggingface_hub import ModelCardData

        licence = self.licence or NOT_STATED
        on_hub = self.base.commit is not None
        data: Any = ModelCardData(
            language=sorted(language.tag for language in self.languages),
            license=licence.identifier,
            license_name=licence.name,
            license_link=licence.link,
            library_name="peft" if self.adapter else "transformers",
            pipeline_tag="text-generation",
            tags=["medical"],
            datasets=sorted({each.repository for each in self.datasets}),
            base_model=self.base.name if on_hub else None,
            base_model_relation=("adapter" if self.adapter else "finetune") if on_hub else None,
            model_name=self.repository.partition("/")[2],
            eval_results=[_result(each, score) for each in self.evaluations for score in each.scores] or None,
        )
        found = {key: value for key, value in data.to_dict().items() if key not in ("model-index", "model_name")}
        return _yaml(found, None) + "".join(map(_index, data.to_dict().get("model-index", [])))


def _yaml(value: object, flow: bool | None) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=math.inf, default_flow_style=flow)


def _index(model: Mapping[str, Any]) -> str:
    """Return the results in the Hub's format on one line each, so that the card's text starts soon after them."""
    results = "".join(f"  - {_yaml(result, True)}" for result in model["results"])
    return f"model-index:\n- name: {_yaml(model['name'], True).splitlines()[0]}\n  results:\n{results}"


def _result(evaluation: Evaluation, score: Score) -> "EvalResult":
    from huggingface_hub import EvalResult

    dataset = evaluation.dataset
    return EvalResult(
        task_type=TASK_CATEGORIES[score.task],
        dataset_type=dataset.repository,
        dataset_name=f"{dataset.repository} {dataset.version}, {score.language.name}, {score.task}",
        dataset_config=score.language.name,
        dataset_split=evaluation.split,
        dataset_revision=dataset.commit,
        metric_type=_ON_HUB[score.metric],
        metric_name=f"{score.metric}, {evaluation.method}, {evaluation.style} instructions, {evaluation.shots} shots",
        metric_value=round(score.value, 4),
        metric_args={"items": score.items, "low": round(score.low, 4), "high": round(score.high, 4)},
    )


def _check_hash(*hashes: str) -> None:
    for text in hashes:
        if not is_commit(text) and _HASH.fullmatch(text) is None:
            raise UserError(f"hash {text[:70]!r}: expected 40 or 64 hex digits; mend the record of the run")


def _check_known(what: str, found: Sequence[str], known: Mapping[str, object]) -> None:
    for text in found:
        if text not in known:
            raise UserError(f"{what} {text[:60]!r}; known: {', '.join(known)}; mend the record")
