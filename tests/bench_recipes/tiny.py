"""Random models of a few thousand parameters, with tokenizers of bytes."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

END, PAD = "<|end|>", "<|pad|>"
SPACE = "Ġ"


def write_tokenizer(folder: Path, letters: str = "ABCDE") -> PreTrainedTokenizerFast:
    """Return a token a byte, and one for each of the letters with the space before it."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*alphabet, *(SPACE + letter for letter in letters), END, PAD]
    model = models.BPE({token: index for index, token in enumerate(tokens)}, [(SPACE, letter) for letter in letters])
    made = Tokenizer(model)
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, pad_token=PAD)
    tokenizer.save_pretrained(folder)
    return tokenizer


def write_model(folder: Path, letters: str = "ABCDE", seed: int = 0) -> Path:
    """Qwen3 with random weights and the tokenizer above."""
    tokenizer = write_tokenizer(folder, letters)
    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=4096,
        initializer_range=0.3,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    return folder


def load(folder: Path) -> tuple[Any, Any]:
    """Return both again."""
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
