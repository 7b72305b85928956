"""A small model for a laptop: a tokenizer trained on the train split, and random weights in the shape of Qwen3.

python -m train_recipes.tiny --config train_recipes/recipes/tiny.yaml [--width 384 --layers 8 --vocabulary 16000]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM
from trl import ModelConfig, SFTConfig

from globmed.training.rows import TrainingData, prepare
from train_recipes.runs import run, starting_model

START, END, PAD = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
TEMPLATE = (
    "{% for message in messages %}"
    f"{START}{{{{ message.role }}}}\n{{{{ message.content }}}}{END}\n"
    "{% endfor %}"
    f"{{% if add_generation_prompt %}}{START}assistant\n{{% endif %}}"
)
TEXTS = 1000
POSITIONS = 2048


@dataclass(frozen=True)
class Shape:
    """The size of the model."""

    vocabulary: int = field(default=2000, metadata={"help": "Tokens, at most."})
    width: int = field(default=128, metadata={"help": "Hidden size; a multiple of 64."})
    layers: int = field(default=2, metadata={"help": "Layers."})


def make(shape: Shape, data: TrainingData, arguments: SFTConfig, model: ModelConfig) -> None:
    """Create the model that a recipe starts from, in the folder that it names."""
    make_model(
        shape, prepare(data).train, Path(starting_model(model)), arguments.max_length or POSITIONS, arguments.seed
    )


def make_model(shape: Shape, rows: Dataset, folder: Path, positions: int, seed: int) -> None:
    """Write a tokenizer and random weights into a folder that ``from_pretrained`` reads."""
    tokenizer = train_tokenizer(rows, shape.vocabulary)
    torch.manual_seed(seed)
    tokenizer.save_pretrained(folder)
    Qwen3ForCausalLM(config_of(shape, tokenizer, positions)).save_pretrained(folder)


def config_of(shape: Shape, tokenizer: PreTrainedTokenizerFast, positions: int) -> Qwen3Config:
    """Return the configuration of a small Qwen3: heads of 64, half as many for keys and values, tied embeddings."""
    heads = shape.width // 64
    return Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        intermediate_size=3 * shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=heads,
        num_key_value_heads=max(1, heads // 2),
        head_dim=64,
        max_position_embeddings=positions,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )


def train_tokenizer(rows: Dataset, vocabulary: int) -> PreTrainedTokenizerFast:
    """Train byte-level BPE on the conversations, so that no script is unknown to it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = [PAD, START, END]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(_texts(rows), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, chat_template=TEMPLATE, model_max_length=2**20
    )


def _texts(rows: Dataset) -> Iterator[list[str]]:
    for batch in rows.select_columns(["prompt", "completion"]).iter(batch_size=TEXTS):
        yield [turn["content"] for column in batch.values() for turns in column for turn in turns]


SETTINGS = (Shape, TrainingData, SFTConfig, ModelConfig)

if __name__ == "__main__":
    run(make, SETTINGS)
