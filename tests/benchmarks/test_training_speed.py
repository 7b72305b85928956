"""What a token of training costs, counted from the layers, against the count by hand."""

from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from benchmarks.training.training_speed import flops_per_token
from tests.train_recipes.shapes import PUBLISHED

WIDTH, INNER, LAYERS, HEADS, KEYS, VOCABULARY = 2048, 6144, 28, 16 * 128, 8 * 128, 151936
LAYER = 2 * WIDTH * HEADS + 2 * WIDTH * KEYS + 3 * WIDTH * INNER
RANK = 32
#: Of each matrix an adapter has a thin one on either side.
ADAPTER = RANK * (2 * (WIDTH + HEADS) + 2 * (WIDTH + KEYS) + 3 * (WIDTH + INNER))


def whole() -> Any:
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(PUBLISHED["qwen3-1.7b"][0], dtype=torch.bfloat16)


def test_all_weights_cost_six_operations_each_and_embeddings_none_but_at_the_end() -> None:
    assert flops_per_token(whole()) == 6 * (LAYERS * LAYER + WIDTH * VOCABULARY)


def test_frozen_weights_need_no_gradient_of_their_own() -> None:
    adapted: Any = get_peft_model(whole(), LoraConfig(r=RANK, target_modules="all-linear", task_type="CAUSAL_LM"))
    expected = 4 * (LAYERS * LAYER + WIDTH * VOCABULARY) + 6 * LAYERS * ADAPTER
    assert flops_per_token(adapted) == expected
