"""Every recipe parsed and dry-run: the model on the meta device at its published size, one batch through it."""

from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from peft import get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, ModelConfig, SFTConfig, TrlParser, get_peft_config

from globmed.languages import select
from globmed.training.rows import Prepared, TrainingData
from globmed.versions.numbers import Version
from tests.train_recipes.conftest import base_model
from tests.train_recipes.shapes import PUBLISHED
from train_recipes.fitting import fit
from train_recipes.grpo import make_trainer as make_grpo_trainer
from train_recipes.recipe import SHIPPED, read_recipe
from train_recipes.sft import make_trainer

NAMES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
SFT = [name for name in NAMES if not name.startswith("grpo")]
LAUNCH = sorted(path.name for path in (SHIPPED / "accelerate").glob("*.yaml"))


def parse(name: str, *flags: str) -> tuple[TrainingData, Any, ModelConfig]:
    """Return a recipe as the scripts read it, on a machine without a GPU."""
    method = GRPOConfig if name.startswith("grpo") else SFTConfig
    dataclasses: Any = (TrainingData, method, ModelConfig)
    path = SHIPPED / f"{name}.yaml"
    parser = TrlParser(dataclasses)
    data, arguments, model = parser.parse_args_and_config(["--config", str(path), "--use_cpu", "true", *flags])
    return data, arguments, model


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_names_a_version_and_languages_and_keeps_its_results_apart(name: str) -> None:
    data, arguments, model = parse(name)
    assert Version.parse(data.version)
    assert len(select(data.languages or None)) >= 12
    assert arguments.output_dir == f"build/train/{name}"
    assert arguments.report_to == []
    assert model.attn_implementation is None
    assert bool(arguments.activation_checkpointing) is (name != "tiny")
    assert arguments.bf16 is (name != "tiny")


@pytest.mark.parametrize("name", SFT)
def test_a_batch_goes_through_the_model_of_a_recipe(name: str, rows: Prepared, start: Path, tmp_path: Path) -> None:
    """Collated by the recipe's own settings on a tiny stand-in, then through its architecture without weights."""
    _, arguments, model = parse(name, "--output_dir", str(tmp_path), "--max_length", "512")
    stand_in = ModelConfig(model_name_or_path=str(start), dtype="float32")
    batch = next(iter(make_trainer(rows, arguments, stand_in).get_train_dataloader()))
    assert (batch["labels"] == -100).any()
    assert (batch["labels"] != -100).any()
    if name not in PUBLISHED:
        return
    config, billions = PUBLISHED[name]
    with torch.device("meta"):
        whole: Any = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    assert whole.num_parameters() / 1e9 == pytest.approx(billions, rel=0.005)
    adapter = get_peft_config(model)
    ready: Any = get_peft_model(whole, adapter) if adapter else whole
    output = ready(**{key: value.to("meta") for key, value in batch.items() if key in ("input_ids", "labels")})
    assert output.logits.shape[:2] == batch["input_ids"].shape


def test_a_base_model_is_trained_on_a_processor(rows: Prepared, start: Path, tmp_path: Path) -> None:
    flags = ["--config", str(SHIPPED / "gemma-3-270m.yaml"), "--use_cpu", "--max_steps", "1"]
    flags += ["--output_dir", str(tmp_path / "run"), "--max_length", "512", "--eval_strategy", "no"]
    _, arguments, model = read_recipe((TrainingData, SFTConfig, ModelConfig), flags)
    model.model_name_or_path = base_model(start, tmp_path / "base").model_name_or_path
    fit(make_trainer(rows, arguments, model), rows.record, model)
    tokenizer: Any = AutoTokenizer.from_pretrained(tmp_path / "run")
    asked = tokenizer.apply_chat_template(rows.train[0]["prompt"], tokenize=False, add_generation_prompt=True)
    assert asked == f"### user\n{rows.train[0]['prompt'][0]['content']}{tokenizer.eos_token}\n### assistant\n"


def test_an_adapter_leaves_the_vision_tower_alone() -> None:
    _, _, model = parse("medgemma-4b")
    with torch.device("meta"):
        whole: Any = AutoModelForCausalLM.from_config(PUBLISHED["medgemma-4b"][0])
    adapter = get_peft_config(model)
    assert adapter is not None
    trained = [name for name, weights in get_peft_model(whole, adapter).named_parameters() if weights.requires_grad]
    assert len(trained) == 34 * 7 * 2
    assert not any("vision" in name for name in trained)


def test_the_grpo_recipe_takes_the_rows(rows: Prepared, start: Path, tmp_path: Path) -> None:
    _, arguments, _ = parse("grpo-qwen3-1.7b", "--output_dir", str(tmp_path))
    trainer: Any = make_grpo_trainer(rows, arguments, ModelConfig(model_name_or_path=str(start)))
    batch = next(iter(trainer.get_train_dataloader()))
    assert len(batch) == arguments.per_device_train_batch_size * arguments.steps_per_generation
    assert {"prompt", "answer", "options", "style"} <= batch[0].keys()


@pytest.mark.parametrize("name", LAUNCH)
def test_a_launch_configuration_is_one_that_accelerate_reads(name: str) -> None:
    config: Any = load_config_from_file(str(SHIPPED / "accelerate" / name))
    assert config.mixed_precision == "bf16"
    stated = yaml.safe_load((SHIPPED / "accelerate" / name).read_text("utf-8"))
    assert config.num_processes == stated["num_processes"]
    assert config.distributed_type.value == stated["distributed_type"]


def test_an_unknown_setting_is_an_error(tmp_path: Path) -> None:
    recipe = (SHIPPED / "tiny.yaml").read_text("utf-8")
    (tmp_path / "wrong.yaml").write_text(f"{recipe}\ndataset_revision: main\n", "utf-8")
    dataclasses: Any = (TrainingData, SFTConfig, ModelConfig)
    with pytest.raises(ValueError, match="Unknown arguments from config file"):
        TrlParser(dataclasses).parse_args_and_config(["--config", str(tmp_path / "wrong.yaml")])
