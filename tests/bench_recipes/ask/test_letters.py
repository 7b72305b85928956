"""Likelihood of the letters, against the plain way: one prompt, one choice, all positions."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
from transformers import AutoModelForCausalLM, Gemma2Config, LlamaConfig, PretrainedConfig, Qwen3Config

from bench_recipes.ask.letters import Scorer, load_scorer, score
from globmed.errors import UserError
from tests.bench_recipes.tiny import write_model, write_tokenizer

pytestmark = pytest.mark.model

SHAPE: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 16,
    "initializer_range": 0.3,
}
KINDS: dict[str, PretrainedConfig] = {
    "qwen3": Qwen3Config(**SHAPE),
    "llama": LlamaConfig(**SHAPE),
    "gemma2": Gemma2Config(**SHAPE, final_logit_softcapping=3.0, sliding_window=8),
}
PROMPTS = ["Dose?\n\nAnswer:", "Which of the drugs is given to children under two years?\n\nAnswer:", "答え："]


def items(prompts: list[str] = PROMPTS, says: tuple[str, ...] = ("A", "B", "C")) -> pl.DataFrame:
    marks = ["" if prompt.endswith("：") else " " for prompt in prompts]
    return pl.DataFrame({"prompt": prompts, "delimiter": marks, "says": [list(says)] * len(prompts)})


def plainly(scorer: Scorer, asked: pl.DataFrame) -> list[list[float]]:
    """Return the log probability of every token of a choice, from the logits of all positions."""
    found = []
    for row in asked.to_dicts():
        prompt = scorer.tokenizer(row["prompt"])["input_ids"]
        choices = []
        for said in row["says"]:
            whole = scorer.tokenizer(row["prompt"] + row["delimiter"] + said)["input_ids"]
            with torch.inference_mode():
                logits = scorer.model(torch.tensor([whole])).logits[0].float().log_softmax(-1)
            steps = range(len(prompt), len(whole))
            choices.append(sum(float(logits[step - 1, whole[step]]) for step in steps))
        found.append(choices)
    return found


def random_scorer(folder: Path, kind: str, letters: str = "ABC", **settings: Any) -> Scorer:
    tokenizer = write_tokenizer(folder, letters)
    config = KINDS[kind].__class__(**{**KINDS[kind].to_diff_dict(), "vocab_size": len(tokenizer), **settings})
    torch.manual_seed(1)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return load_scorer(str(folder), dtype="float32", device="cpu")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_likelihoods_are_those_of_a_plain_forward_pass(tmp_path: Path, kind: str) -> None:
    scorer = random_scorer(tmp_path, kind)
    found = score(scorer, items())
    assert found["input_tokens"].to_list() == [len(scorer.tokenizer(prompt)["input_ids"]) for prompt in PROMPTS]
    for ours, plain in zip(found["log_likelihoods"].to_list(), plainly(scorer, items()), strict=True):
        assert ours == pytest.approx(plain, abs=1e-4)


def test_of_choices_of_several_tokens_what_they_share_is_left_out(tmp_path: Path) -> None:
    scorer = random_scorer(tmp_path, "qwen3", letters="")
    asked = items(PROMPTS[:2], ("yes", "yet", "no"))
    for ours, plain in zip(score(scorer, asked)["log_likelihoods"].to_list(), plainly(scorer, asked), strict=True):
        shared = plain[0] - ours[0]
        assert [one + shared for one in ours] == pytest.approx(plain, abs=1e-4)
        assert shared < 0, "that of the space"


def test_a_batch_changes_nothing(tmp_path: Path) -> None:
    scorer = random_scorer(tmp_path, "llama")
    together = score(scorer, items())["log_likelihoods"].to_list()
    alone = [score(scorer, items([prompt]))["log_likelihoods"][0].to_list() for prompt in PROMPTS]
    small = Scorer(scorer.model, scorer.tokenizer, chat=False, batch_tokens=1)
    for one, other, third in zip(together, alone, score(small, items())["log_likelihoods"].to_list(), strict=True):
        assert one == pytest.approx(other, abs=1e-4)
        assert one == pytest.approx(third, abs=1e-4)


def test_of_a_prompt_that_is_too_long_the_end_is_read(tmp_path: Path) -> None:
    scorer = random_scorer(tmp_path, "qwen3", max_position_embeddings=18)
    long, end = "x" * 40 + "0123456789.Answer:", "0123456789.Answer:"
    assert len(scorer.tokenizer(end)["input_ids"]) == 18
    first, second = score(scorer, items([long, end]))["log_likelihoods"].to_list()
    assert first == pytest.approx(second, abs=1e-4)


def test_a_prompt_is_a_turn_of_the_chat_template_where_there_is_one(tmp_path: Path) -> None:
    scorer = random_scorer(tmp_path, "qwen3")
    scorer.tokenizer.chat_template = "{% for m in messages %}<{{ m.content }}>{% endfor %}{{ 'say ' }}"
    turned = Scorer(scorer.model, scorer.tokenizer, chat=True)
    asked = pl.DataFrame({"prompt": ["<Dose?>say "], "delimiter": [""], "says": [["A", "B"]]})
    expected = score(scorer, asked)["log_likelihoods"].to_list()
    assert score(turned, items(["Dose?"], ("A", "B")))["log_likelihoods"].to_list() == expected


def test_what_cannot_be_loaded_is_named_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder that transformers can load") as error:
        load_scorer(str(tmp_path))
    assert "\n" not in str(error.value)
    with pytest.raises(UserError, match="no chat template: leave --chat out"):
        load_scorer(str(write_model(tmp_path)), chat=True)
