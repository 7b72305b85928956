"""Supervised fine-tuning: real steps of a tiny model."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import ModelConfig, SFTConfig

from globmed.errors import UserError
from globmed.records.record import as_dict
from globmed.training.rows import Prepared, TrainingData
from tests.train_recipes.conftest import trained_answers
from train_recipes.fitting import RECORD, fit
from train_recipes.runs import run
from train_recipes.sft import main, make_trainer

pytestmark = pytest.mark.model

STEPS, SAVE, KILL = 8, 4, 6


class Kill(TrainerCallback):
    """Interrupts a run after a step; by default one that no checkpoint was made at."""

    def __init__(self, step: int = KILL) -> None:
        self.step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == self.step:
            raise KeyboardInterrupt


@pytest.fixture
def arguments(settings: dict[str, Any]) -> SFTConfig:
    return SFTConfig(
        **settings,
        max_length=512,
        packing=True,
        per_device_train_batch_size=2,
        max_steps=STEPS,
        save_steps=SAVE,
        logging_steps=1,
        learning_rate=5e-3,
        resume_from_checkpoint="true",
        disable_tqdm=True,
    )


def losses(trainer: Any) -> list[float]:
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


@pytest.mark.parametrize("packing", [True, False])
def test_the_loss_is_on_the_completion_alone(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, packing: bool
) -> None:
    arguments.packing = packing
    trainer = make_trainer(rows, arguments, model)
    expected = [f"{completion[0]['content']}<|im_end|>\n" for completion in rows.train["completion"]]
    assert sorted(trained_answers(trainer, model)) == sorted(expected)


def test_an_interrupted_run_goes_on_with_the_same_losses(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, tmp_path: Path
) -> None:
    whole: Any = make_trainer(rows, arguments, model)
    fit(whole, rows.record, model)
    arguments.output_dir = str(tmp_path / "interrupted")
    killed = make_trainer(rows, arguments, model)
    killed.add_callback(Kill())
    with pytest.raises(KeyboardInterrupt):
        fit(killed, rows.record, model)
    resumed: Any = make_trainer(rows, arguments, model)
    fit(resumed, rows.record, model)
    assert len(losses(whole)) == len(losses(resumed)) == STEPS
    assert losses(whole)[-1] < losses(whole)[0]
    assert losses(resumed) == pytest.approx(losses(whole), abs=1e-6)
    finished = zip(whole.model.parameters(), resumed.model.parameters(), strict=True)
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in finished)


def test_a_run_leaves_a_model_that_loads_and_its_record_and_no_pickle(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig
) -> None:
    arguments.max_steps, arguments.save_strategy = 1, "no"
    trainer: Any = make_trainer(rows, arguments, model)
    fit(trainer, rows.record, model)
    folder = Path(str(arguments.output_dir))
    record = json.loads((folder / RECORD).read_text("utf-8"))
    assert record["data"] == as_dict(rows.record)
    assert record["packages"]["trl"]
    assert record["arguments"]["max_steps"] == 1
    assert not list(folder.glob("*.bin"))
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder)
    assert loaded.num_parameters() == trainer.model.num_parameters()
    assert AutoTokenizer.from_pretrained(folder).chat_template


def test_a_checkpoint_of_other_data_is_not_gone_on_with(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig
) -> None:
    arguments.max_steps, arguments.save_steps = 1, 1
    fit(make_trainer(rows, arguments, model), rows.record, model)
    with pytest.raises(UserError, match="a run on other data; name another --output_dir"):
        fit(make_trainer(rows, arguments, model), replace(rows.record, version="0.2.0"), model)


@pytest.mark.parametrize("step", [2, None])
def test_a_run_is_not_gone_on_with_by_another_setting(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, step: int | None
) -> None:
    """Neither a killed one, nor one that is complete."""
    arguments.max_steps, arguments.save_steps = 3, 1
    begun = make_trainer(rows, arguments, model)
    if step:
        begun.add_callback(Kill(step))
        with pytest.raises(KeyboardInterrupt):
            fit(begun, rows.record, model)
    else:
        fit(begun, rows.record, model)
    arguments.learning_rate = 1e-4
    with pytest.raises(UserError, match=r"a run with learning_rate 0.005, not 0.0001; name another --output_dir"):
        fit(make_trainer(rows, arguments, model), rows.record, model)


def test_a_complete_run_is_left_as_it_is(rows: Prepared, arguments: SFTConfig, model: ModelConfig) -> None:
    arguments.max_steps, arguments.save_strategy = 1, "no"
    fit(make_trainer(rows, arguments, model), rows.record, model)
    folder = Path(str(arguments.output_dir))
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_file()}
    again: Any = make_trainer(rows, arguments, model)
    fit(again, rows.record, model)
    assert again.state.global_step == 0, "no step was taken"
    assert {path: path.stat().st_mtime_ns for path in before} == before
    (folder / "model.safetensors").unlink()
    fit(make_trainer(rows, arguments, model), rows.record, model)
    assert (folder / "model.safetensors").is_file()


def test_the_seconds_of_a_run_outlive_a_kill(rows: Prepared, arguments: SFTConfig, model: ModelConfig) -> None:
    killed = make_trainer(rows, arguments, model)
    killed.add_callback(Kill())
    with pytest.raises(KeyboardInterrupt):
        fit(killed, rows.record, model)
    folder = Path(str(arguments.output_dir))
    state = folder / f"checkpoint-{SAVE}" / "trainer_state.json"
    kept = json.loads(state.read_text("utf-8"))
    spent = kept["stateful_callbacks"]["Seconds"]["args"]["before"]
    assert spent > 0
    kept["stateful_callbacks"]["Seconds"]["args"]["before"] = spent + 1000
    state.write_text(json.dumps(kept), "utf-8")
    fit(make_trainer(rows, arguments, model), rows.record, model)
    record = json.loads((folder / RECORD).read_text("utf-8"))
    assert 1000 + spent < record["seconds"] < 2000
    assert record["device"] == "cpu"


def test_lora_trains_the_adapter_alone(rows: Prepared, arguments: SFTConfig, model: ModelConfig) -> None:
    model.use_peft, model.lora_target_modules = True, "all-linear"  # type: ignore[assignment]
    arguments.max_steps, arguments.save_strategy = 1, "no"
    trainer: Any = make_trainer(rows, arguments, model)
    trained = [name for name, weights in trainer.model.named_parameters() if weights.requires_grad]
    assert trained
    assert all("lora_" in name for name in trained)
    fit(trainer, rows.record, model)
    assert (Path(str(arguments.output_dir)) / "adapter_model.safetensors").is_file()


@pytest.mark.parametrize("version", ["main", "refs/pr/3", ""])
def test_a_branch_is_one_line_and_exit_code_2(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--version", version, "--use_cpu", "true", "--bf16", "false", "--output_dir", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["sft", *flags])
    with pytest.raises(SystemExit) as stopped:
        run(main, (TrainingData, SFTConfig, ModelConfig))
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "branches and pull requests can move" in said
    assert "Traceback" not in said


def test_a_recipe_without_a_model_is_refused(rows: Prepared, arguments: SFTConfig) -> None:
    with pytest.raises(UserError, match="no model to start from"):
        make_trainer(replace(rows, train=Dataset.from_list([])), arguments, ModelConfig())
