"""What a recipe or a flag may have wrong: one line each, before anything is loaded."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from trl import GRPOConfig, ModelConfig, SFTConfig

from globmed.cli.main import application
from globmed.errors import UserError
from globmed.training.precision import fast_dtype
from globmed.training.rows import TrainingData
from train_recipes.recipe import SHIPPED, read_recipe
from train_recipes.runs import run

SFT: tuple[Any, ...] = (TrainingData, SFTConfig, ModelConfig)
GRPO: tuple[Any, ...] = (TrainingData, GRPOConfig, ModelConfig)
RECIPES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
TINY = str(SHIPPED / "tiny.yaml")


def method(name: str) -> tuple[Any, ...]:
    return GRPO if name.startswith("grpo") else SFT


@pytest.mark.skipif(torch.accelerator.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("name", [name for name in RECIPES if name != "tiny"])
def test_without_a_gpu_a_recipe_names_the_flag_that_does_without(name: str) -> None:
    with pytest.raises(UserError, match="no GPU was found: add --use_cpu"):
        read_recipe(method(name), ["--config", str(SHIPPED / f"{name}.yaml")])


@pytest.mark.parametrize("name", RECIPES)
def test_on_a_processor_the_number_format_is_the_fast_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, arguments, model = read_recipe(method(name), [f"--config={SHIPPED / name}.yaml", "--use_cpu"])
    told = capsys.readouterr().err
    if name == "tiny" or fast_dtype("cpu") == "bfloat16":
        assert not told
        return
    assert (arguments.bf16, model.dtype) == (False, "float32")
    assert told.startswith("this processor has no bfloat16, in which it would be slow: --bf16 false")


def test_a_number_format_that_a_flag_names_stays() -> None:
    flags = ["--config", str(SHIPPED / "qwen3-8b.yaml"), "--use_cpu", "--bf16=true", "--dtype", "bfloat16"]
    _, arguments, model = read_recipe(SFT, flags)
    assert (arguments.bf16, model.dtype) == (True, "bfloat16")


def test_a_shipped_recipe_is_found_by_its_name() -> None:
    _, _, model = read_recipe(SFT, ["--config", "gemma-3-270m", "--use_cpu"])
    assert model.model_name_or_path == "google/gemma-3-270m"


def test_a_file_of_ones_own_comes_before_a_shipped_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tiny").write_text("version: 9.9.9\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    data, _, _ = read_recipe(SFT, ["--config", "tiny", "--use_cpu"])
    assert data.version == "9.9.9"


@pytest.mark.parametrize(("method", "recipe"), [("sft", "tiny"), ("grpo", "grpo-qwen3-1.7b"), ("tiny", "tiny")])
def test_the_command_gives_its_settings_to_the_recipe(
    method: str, recipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        application()(["train", method, "--config", recipe, "--use_cpu", "--learning_rat", "1e-3"])
    assert ended.value.code == 2
    assert "unknown setting 'learning_rat'; did you mean learning_rate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--config", "qwen3-1.7.yaml"], r"no recipe can be read there \(No such file .*did you mean qwen3-1.7b\?"),
        (["--config"], "--config: name a recipe; the shipped ones"),
        (["--use_cpu"], "--version: name a published version, such as 0.1.0"),
        (["--config", TINY, "--learning_rat", "1e-3"], "unknown setting 'learning_rat'; did you mean learning_rate"),
        (["--config", TINY, "qwen"], "the command line: unknown setting 'qwen'; `--help` lists the settings"),
        (["--config", TINY, "--learning_rate", "fast"], "--learning_rate.*: invalid float value: 'fast'"),
        (["--config", TINY, "--save_strategy", "never"], "--save_strategy.*: invalid choice: 'never'"),
        (["--config", TINY, "--bf16", "true", "--fp16", "true"], "At most one of fp16 and bf16 can be True"),
    ],
)
def test_a_wrong_flag_is_one_line(flags: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message) as raised:
        read_recipe(SFT, flags)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 0.1.0\nlearning_rate: ]", r"wrong.yaml, line 2: not YAML"),
        ("- learning_rate", "expected lines such as `learning_rate: 1.0e-5`, found list"),
        ("", "found NoneType"),
        ("version: 0.1.0\nlearning_rates: 1.0e-3", "unknown setting 'learning_rates'; did you mean learning_rate"),
        ("version: 0.1.0\nuse_cpu: true\nmax_length: much", "--max_length.*: invalid int value: 'much'"),
        ("version: 0.1.0\nuse_cpu: true\nsave_steps: [1]", "wrong.yaml: "),
    ],
)
def test_a_wrong_recipe_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    recipe = tmp_path / "wrong.yaml"
    recipe.write_text(text, "utf-8")
    with pytest.raises(UserError, match=message):
        read_recipe(SFT, ["--config", str(recipe)])


def test_a_recipe_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    recipe = tmp_path / "wrong.yaml"
    recipe.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not YAML"):
        read_recipe(SFT, ["--config", str(recipe)])
    with pytest.raises(UserError, match="no recipe can be read there"):
        read_recipe(SFT, ["--config", str(tmp_path)])


def test_a_mistake_ends_the_process_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["sft", "--config", "nowhere.yaml"])
    with pytest.raises(SystemExit) as stopped:
        run(lambda *_: None, SFT)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("error: nowhere.yaml: no recipe can be read there")
