"""Which conversations are trained on: whole ones, in the words that the model is asked in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer
from trl import ModelConfig, SFTConfig

from globmed.errors import UserError
from globmed.training.rows import Prepared
from tests.train_recipes.conftest import trained_answers
from train_recipes.lengths import fits
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
    assert found is not None
    assert list(found(rows.train)) == [length <= arguments.max_length for length in lengths]
    arguments.max_length = None
    assert fits(arguments, model) is None


@pytest.mark.parametrize("packing", [True, False])
def test_what_fits_is_trained_to_the_end_of_the_answer(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, packing: bool
) -> None:
    found = fits(arguments, model)
    assert found is not None
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
        ("{{ messages | length }} turns: {{ messages[0].content }}", "writes a prompt otherwise once it is answered"),
        ("", "its tokenizer has no chat template"),
    ],
)
def test_a_template_that_cannot_be_trained_with_is_refused(
    rows: Prepared, arguments: SFTConfig, model: ModelConfig, tmp_path: Path, template: str, message: str
) -> None:
    file = tmp_path / "chat.jinja"
    file.write_text(template, "utf-8")
    arguments.chat_template_path = str(file)
    found = fits(arguments, model)
    assert found is not None
    with pytest.raises(UserError, match=message):
        found(rows.train)


def test_a_model_without_a_tokenizer_is_one_line(rows: Prepared, arguments: SFTConfig, tmp_path: Path) -> None:
    found = fits(arguments, ModelConfig(model_name_or_path=str(tmp_path)))
    assert found is not None
    with pytest.raises(UserError, match="no tokenizer that transformers can load"):
        found(rows.train)
