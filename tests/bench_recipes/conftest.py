"""Answers from a local server, and a model of no account in a folder."""

import os
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from bench_recipes.models import Model
from bench_recipes.tasks import Benchmark, Definition, benchmark
from globmed.versions.client import HubAccess
from tests.conftest import DemoRelease

END = "<end>"
TEMPLATE = "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}<assistant>"


@pytest.fixture(scope="session")
def hub(demo_hub: HubAccess, demo_release: DemoRelease) -> str:
    return demo_hub.endpoint


@pytest.fixture(scope="session")
def asked(hub: str) -> Benchmark:
    """Every task in two languages."""
    return benchmark(Definition("0.1.0", languages=["english", "swahili"]), hub)


@pytest.fixture
def model() -> Model:
    """A served model with a price."""
    return Model("tested", "hub", "maker/tested", price_in=1.0, price_out=10.0)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights, and one token a byte."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bytewise = Tokenizer(models.BPE({mark: index for index, mark in enumerate([*alphabet, END])}, []))
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, eos_token=END, pad_token=END)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
        head_dim=64,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    return folder


# Nobody's key is used, or sent anywhere.
for name in [name for name in os.environ if name.endswith("_API_KEY")]:
    del os.environ[name]
