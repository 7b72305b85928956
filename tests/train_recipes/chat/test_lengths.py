"""Which conversations are trained on: whole ones, in the words that the model is asked in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer
from trl import ModelConfig, SFTConfig

from globmed.errors import UserError
from globmed.training.rows import Prepared
from tests.train_recipes.conftest import base_model, trained_answers
from train_recipes.chat.lengths import fits
from train_recipes.chat.tokenizer import OURS
from train_recipes.recipe import shipped
from train_recipes.sft import make_trainer


@pytest.fixture
def lengths(rows: Prepared, model: ModelConfig) -> list[int]:
    """Tokens of each conversation."""
    tokenizer: Any = AutoTokenizer.from_pretrained(model.model_name_or_path)
    pairs = zip(rows.train["prompt"], rows.train["completion"], strict=True)
    return [len(tokenizer.apply_chat_template(prompt + said)["input_ids"]) for prompt, said in pairs]


@pytest.fixture
def arguments(settings: dict[str, Any], lengths: list[int]) -> SFTConfig:
    """A recipe whose ``max_length`` is that of a conversation in the middle."""
    return SFTConfig(**settings, max_length=sorted(lengths)[len(lengths) // 2], packing=True, save_strategy="no")


def test_a_row_fits_to_the_token(rows: Prepared, arguments: SFTConfig, model: ModelConfig, lengths: list[int]) -> None:
    assert arguments.max_length in lengths
    found = fits(arguments, model)
    assert list(found(rows.train)) == [length <= arguments.max_length for length in lengths]
    arguments.max_length = None
    assert all(fits(arguments, model)(rows.train))


@pytest.mark.parametrize("packing", [True, False])
def test_what_fits_is_trained_to_the_end_of_the_answer(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, packing: bool
) -> None:
    found = fits(arguments, model)
    kept = rows.train.select([number for number, whole in enumerate(found(rows.train)) if whole])
    assert 0 < kept.num_rows < rows.train.num_rows
    arguments.packing = packing
    trainer = make_trainer(replace(rows, train=kept), arguments, model)
    assert sorted(trained_answers(trainer, model)) == sorted(
        f"{completion[0]['content']}<|im_end|>\n" for completion in kept["completion"]
    )


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{{ messages | length }} turns: {% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}",
            "writes a prompt otherwise once it is answered",
        ),
        ("{{ messages[0].content }}<|im_end|>", "leaves the answer out"),
        ("", "its tokenizer has no chat template: name --chat_template_path base.jinja"),
        ("{% for m in messages %}<|im_start|>{{ m.content }}\n{% endfor %}", "would never learn to stop"),
        ("{% for m in messages %}{{ m.content }}<|endoftext|>{% endfor %}", r"add --eos_token '<\|endoftext\|>'"),
        ("{% for m in messages %}{{ m.content }", "cannot render a conversation"),
        ("{{ raise_exception('system turns alone') }}", r"cannot render a conversation \(system turns alone\)"),
    ],
)
def test_a_template_that_cannot_be_trained_with_is_refused(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, tmp_path: Path, template: str, message: str
) -> None:
    file = tmp_path / "chat.jinja"
    file.write_text(template, "utf-8")
    arguments.chat_template_path = str(file)
    found = fits(arguments, model)
    with pytest.raises(UserError, match=message):
        found(rows.train)


@pytest.mark.parametrize("named", ["nowhere.jinja", "a/b/c", "chat.txt"])
def test_a_template_that_is_not_there_is_one_line(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, tmp_path: Path, named: str
) -> None:
    arguments.chat_template_path = str(tmp_path / named)
    with pytest.raises(UserError, match=r"neither a file that ends in .* nor a model: name base.jinja"):
        fits(arguments, model)(rows.train)


def test_an_end_of_turn_that_the_tokenizer_has_not_is_one_line(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig
) -> None:
    arguments.eos_token = "<end_of_turn>"  # noqa: S105
    with pytest.raises(UserError, match=r"--eos_token '<end_of_turn>': .* has no such token"):
        fits(arguments, model)(rows.train)


@pytest.mark.parametrize("packing", [True, False])
def test_a_base_model_learns_to_stop(
    rows: Prepared, arguments: SFTConfig, start: Path, tmp_path: Path, packing: bool
) -> None:
    """Without a template and a token to pad with, as base models are; the end of text is among what is learnt."""
    base = base_model(start, tmp_path / "base")
    arguments.max_length, arguments.packing, arguments.chat_template_path = 512, packing, OURS
    assert all(fits(arguments, base)(rows.train))
    trainer: Any = make_trainer(rows, arguments, base)
    expected = [f"{completion[0]['content']}<|im_end|>" for completion in rows.train["completion"]]
    assert sorted(trained_answers(trainer, base)) == sorted(expected)
    assert trainer.processing_class.chat_template == Path(shipped(OURS)).read_text("utf-8")


def test_a_model_without_a_tokenizer_is_one_line(rows: Prepared, arguments: SFTConfig, tmp_path: Path) -> None:
    found = fits(arguments, ModelConfig(model_name_or_path=str(tmp_path)))
    with pytest.raises(UserError, match="no tokenizer that transformers can load"):
        found(rows.train)
