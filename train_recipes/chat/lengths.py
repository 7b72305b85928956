"""Find the conversations that a model can be trained on as a whole.

TRL truncates conversations longer than ``max_length``: within the answer, whose end is then never learnt, or before it,
so that nothing is. If sequences are packed, it does so without a warning.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from transformers import PreTrainedTokenizerBase
from trl import ModelConfig, SFTConfig

from globmed.errors import UserError
from globmed.training.rows import CHAT_TEMPLATE, Fits
from train_recipes.chat.tokenizer import ANOTHER, load_tokenizer

if TYPE_CHECKING:
    import datasets

#: Number of conversations rendered at a time.
CHUNK = 10_000


def fits(arguments: SFTConfig, model: ModelConfig) -> Fits:
    """Return a check of rows that ``max_length`` holds as a whole; every row if a recipe has no such length.

    The tokenizer is loaded when there are rows, and checked as `load_tokenizer` does. A `UserError` is also raised if
    the chat template renders a prompt differently once it is answered: training would differ from what the model is
    asked.
    """
    return partial(_fits, cache(partial(load_tokenizer, arguments, model)), arguments.max_length or sys.maxsize)


def _fits(load_tokenizer: Callable[[], PreTrainedTokenizerBase], longest: int, rows: "datasets.Dataset") -> list[bool]:
    chunks = rows.select_columns(["prompt", "completion"]).iter(batch_size=CHUNK)
    return [each for chunk in chunks for each in _of_chunk(load_tokenizer(), longest, chunk)]


def _of_chunk(tokenizer: PreTrainedTokenizerBase, longest: int, chunk: Mapping[str, Any]) -> Iterator[bool]:
    pairs = list(zip(chunk["prompt"], chunk["completion"], strict=True))
    asked = _render(tokenizer, [prompt for prompt, _ in pairs], add_generation_prompt=True)
    whole = _render(tokenizer, [prompt + completion for prompt, completion in pairs])
    if not all(text.startswith(start) for text, start in zip(whole, asked, strict=True)):
        raise UserError(
            f"{tokenizer.name_or_path}: its chat template writes a prompt otherwise once it is answered, so that the "
            f"model would be trained on other prompts than it is asked: {ANOTHER}"
        )
    # A token is at least one byte: most texts need not be tokenized.
    long = [text for text in whole if len(text.encode()) >= longest]
    counts = {text: len(ids) for text, ids in zip(long, _token_ids(tokenizer, long), strict=True)}
    return (counts.get(text, 0) <= longest for text in whole)


def _render(tokenizer: PreTrainedTokenizerBase, turns: list[Any], *, add_generation_prompt: bool = False) -> list[str]:
    options: dict[str, Any] = {"tokenize": False, "add_generation_prompt": add_generation_prompt, **CHAT_TEMPLATE}
    rendered: Any = tokenizer.apply_chat_template(turns, **options)
    return list(rendered)


def _token_ids(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> list[list[int]]:
    ids: list[list[int]] = tokenizer(texts, add_special_tokens=False)["input_ids"] if texts else []
    return ids
