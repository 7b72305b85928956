"""The card of a model's version: its README, rendered from its training record and the benchmark's results."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from cards import TEMPLATES
from cards.runs import HUB_METRICS, NOT_STATED, BaseModel, Dataset, Evaluation, Licence, Score, Training
from cards.tables import model as model_tables
from cards.tasks import TASK_CATEGORIES
from cards.words import statements
from globmed.errors import UserError
from globmed.languages import Language
from globmed.render.markdown import repository
from globmed.render.page import render
from globmed.versions.numbers import Version

if TYPE_CHECKING:
    from huggingface_hub import EvalResult


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
                f"the adapter's base model {self.base.name[:60]!r} is a local folder, which others do not have: "
                "release it first, and train from its repository"
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
        metric_type=HUB_METRICS[score.metric],
        metric_name=f"{score.metric}, {evaluation.method}, {evaluation.style} instructions, {evaluation.shots} shots",
        metric_value=round(score.value, 4),
        metric_args={"items": score.items, "low": round(score.low, 4), "high": round(score.high, 4)},
    )
