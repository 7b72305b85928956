"""GRPO: the rewards, and real steps of a tiny model."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from trl import GRPOConfig, ModelConfig

from globmed.errors import UserError
from globmed.prompts import Style
from globmed.records.record import as_dict
from globmed.training.rows import Prepared
from tests.train_recipes.conftest import base_model
from train_recipes.chat.tokenizer import load_tokenizer
from train_recipes.fitting import RECORD, fit
from train_recipes.grpo import make_trainer
from train_recipes.rewards import answer_key, answer_language

OPTIONS = [{"label": "A", "text": "5 mg"}, {"label": "B", "text": "50 mg"}]
SWAHILI = "Mpe mtoto maji safi mara kwa mara na umpeleke katika kituo cha afya."
ENGLISH = "Give the child clean water often and take him to a health facility at once."


def score(reward: Any, *said: str, task: str, answer: str | None, style: Style = "native") -> list[float | None]:
    """Rewards for answers to one Swahili row."""
    columns = {"language": "sw", "task": task, "options": OPTIONS, "answer": answer, "style": style}
    given = {name: [value] * len(said) for name, value in columns.items()}
    completions = [[{"role": "assistant", "content": text}] for text in said]
    scores: list[float | None] = reward(completions=completions, prompts=None, trainer_state=None, **given)
    return scores


def test_the_answer_of_the_key_and_nothing_beside_it_is_rewarded() -> None:
    assert score(answer_key, "B", "B.", "A", "B or A", "", task="mcqa", answer="B") == [1, 1, 0, 0, 0]
    assert score(answer_key, "hapana", "Hapana.", "no", "ndiyo", task="yesno", answer="no") == [1, 1, 0, 0]
    assert score(answer_key, "no", "hapana", task="yesno", answer="no", style="english") == [1, 0]
    assert score(answer_key, "haijulikani", task="nli", answer="neutral") == [1]


def test_where_there_is_no_key_there_is_no_reward() -> None:
    assert score(answer_key, SWAHILI, task="lfqa", answer=None) == [None]


def test_the_language_of_the_answer_is_rewarded_where_it_can_be_told() -> None:
    right, wrong, short = score(answer_language, SWAHILI, ENGLISH, "xyz", task="lfqa", answer=None)
    assert right is not None
    assert right > 0.9
    assert (wrong, short) == (0, None)
    assert score(answer_language, "hapana", task="yesno", answer="no") == [1]


@pytest.fixture
def arguments(settings: dict[str, Any]) -> GRPOConfig:
    return GRPOConfig(
        **settings,
        num_generations=2,
        per_device_train_batch_size=2,
        max_completion_length=4,
        max_steps=2,
        logging_steps=1,
        save_strategy="no",
        disable_tqdm=True,
    )


@pytest.mark.model
def test_where_no_reward_can_be_told_nothing_is_learnt(
    rows: Prepared, arguments: GRPOConfig, model: ModelConfig
) -> None:
    long = rows.train.filter(lambda row: row["task"] == "lfqa")
    trainer: Any = make_trainer(replace(rows, train=long), arguments, model)
    before = [weights.detach().clone() for weights in trainer.model.parameters()]
    trainer.train()
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    assert [entry["loss"] for entry in logged] == [0, 0]
    assert all(torch.equal(one, other) for one, other in zip(before, trainer.model.parameters(), strict=True))


@pytest.mark.model
def test_a_tiny_model_takes_steps_and_leaves_its_record(
    rows: Prepared, arguments: GRPOConfig, model: ModelConfig
) -> None:
    trainer = make_trainer(rows, arguments, model)
    fit(trainer, rows.record, model)
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    assert len(logged) == 2
    assert {"rewards/answer_key/mean", "rewards/answer_language/mean"} <= logged[0].keys()
    folder = Path(str(arguments.output_dir))
    assert (folder / "model.safetensors").is_file()
    assert json.loads((folder / RECORD).read_text("utf-8"))["data"] == as_dict(rows.record)


def test_a_model_without_a_template_is_one_line(arguments: GRPOConfig, start: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no chat template: name a model that SFT trained, or another model"):
        load_tokenizer(arguments, base_model(start, tmp_path / "base"))
