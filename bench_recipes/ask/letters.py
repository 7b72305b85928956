"""Likelihood of the letters: one forward pass per prompt, with logits at its last position only.

The output layer is the widest of a small multilingual model; over all positions of a prompt it costs more than the
rest. A hook passes it only the required position, so that anything the model does to its logits is preserved.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from globmed.errors import UserError

#: Padded tokens of one forward pass.
BATCH_TOKENS = 8192
#: Maximum logits (float32) of one forward pass: rows times vocabulary.
BATCH_LOGITS = 64_000_000


@dataclass(frozen=True)
class Scorer:
    """A model with its tokenizer; with `chat` a prompt is a turn of its chat template."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    chat: bool
    batch_tokens: int = BATCH_TOKENS

    @property
    def commit(self) -> str | None:
        """The revision that was loaded, if it came from the Hub."""
        return getattr(self.model.config, "_commit_hash", None)


def load_scorer(
    name: str,
    revision: str | None = None,
    device: str | None = None,
    dtype: str = "auto",
    chat: bool | None = None,
    batch_tokens: int = BATCH_TOKENS,
) -> Scorer:
    """Load a model for scoring; no code of its repository is run, and no pickle is read.

    Raises:
        UserError: it cannot be loaded, or has no chat template although one is requested.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, revision=revision)
        model = AutoModelForCausalLM.from_pretrained(name, revision=revision, dtype=dtype, use_safetensors=True)
    except (OSError, ValueError) as error:
        where = "folder" if Path(name).is_dir() else "model on the Hub"
        raise UserError(f"{name}: no {where} that transformers can load: {str(error).splitlines()[0]}") from error
    if chat and not tokenizer.chat_template:
        raise UserError(f"{name}: its tokenizer has no chat template: leave --chat out")
    torch.nn.Module.to(model, device or ("cuda" if torch.cuda.is_available() else "cpu"))
    return Scorer(model.eval(), tokenizer, bool(tokenizer.chat_template) if chat is None else chat, batch_tokens)


def score(scorer: Scorer, items: pl.DataFrame) -> pl.DataFrame:
    """Return the natural-log likelihood of each choice's text after each prompt, and the number of tokens before it.

    Args:
        scorer: the model.
        items: `tasks.ITEMS` with `says`.

    Returns:
        `log_likelihoods` and `input_tokens`, one row per item, in order.
    """
    prompts, delimiters = _asked(scorer, items)
    says = items["says"].to_list()
    texts = [
        prompt + mark + said for prompt, mark, each in zip(prompts, delimiters, says, strict=True) for said in each
    ]
    whole = iter(_encode(scorer.tokenizer, texts))
    sequences = [[next(whole) for _ in each] for each in says]
    steps = [list(_steps(choices)) for choices in sequences]
    # A prefix that several choices share is computed once.
    prefixes = list(dict.fromkeys(prefix for item in steps for choice in item for prefix, _ in choice))
    wanted: dict[tuple[int, ...], set[int]] = {prefix: set() for prefix in prefixes}
    for item in steps:
        for choice in item:
            for prefix, token in choice:
                wanted[prefix].add(token)
    found = _next_tokens(scorer, prefixes, [sorted(wanted[prefix]) for prefix in prefixes])
    scores = [[sum(found[prefix][token] for prefix, token in choice) for choice in item] for item in steps]
    return pl.DataFrame(
        {"log_likelihoods": scores, "input_tokens": [len(item[0][0][0]) for item in steps]},
        schema={"log_likelihoods": pl.List(pl.Float64), "input_tokens": pl.Int64},
    )


def _asked(scorer: Scorer, items: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Return the prompts and the delimiters before the answers; a chat template needs no delimiter."""
    prompts = items["prompt"].to_list()
    if not scorer.chat:
        return prompts, items["delimiter"].to_list()
    turns = [[{"role": "user", "content": prompt}] for prompt in prompts]
    asked = scorer.tokenizer.apply_chat_template(
        turns, add_generation_prompt=True, tokenize=False, enable_thinking=False
    )
    return list(asked), [""] * len(prompts)


def _encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Return token ids; a text that already starts with the start token gets no second one."""
    start = tokenizer.bos_token
    started = bool(start) and texts[0].startswith(start)
    encoded: list[list[int]] = tokenizer(list(texts), add_special_tokens=not started)["input_ids"]
    return encoded


def _steps(choices: Sequence[Sequence[int]]) -> Iterator[list[tuple[tuple[int, ...], int]]]:
    """Return for each choice the prefixes and next tokens that distinguish it; letters have one and the same prefix."""
    shared = 0
    while len({tuple(tokens[: shared + 1]) for tokens in choices}) == 1 and shared + 1 < min(map(len, choices)):
        shared += 1
    for tokens in choices:
        yield [(tuple(tokens[:position]), tokens[position]) for position in range(shared, len(tokens))]


def _next_tokens(
    scorer: Scorer, prefixes: Sequence[tuple[int, ...]], wanted: Sequence[Sequence[int]]
) -> dict[tuple[int, ...], dict[int, float]]:
    """Return log probabilities of the next tokens by prefix; the longest go first, so that memory runs out early."""
    found = {}
    for batch in _batches(scorer, prefixes):
        scores = _last_log_probabilities(scorer, [prefixes[index] for index in batch])
        for row, index in enumerate(batch):
            tokens = list(wanted[index])
            found[prefixes[index]] = dict(zip(tokens, scores[row, tokens].tolist(), strict=True))
    return found


def _batches(scorer: Scorer, prefixes: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """Yield the indices of prefixes of similar length, as many as fit."""
    rows_at_most = max(1, BATCH_LOGITS // scorer.model.config.get_text_config().vocab_size)
    order = sorted(range(len(prefixes)), key=lambda index: -len(prefixes[index]))
    while order:
        fit = max(1, min(rows_at_most, scorer.batch_tokens // max(1, len(prefixes[order[0]]))))
        yield order[:fit]
        order = order[fit:]


@torch.inference_mode()
def _last_log_probabilities(scorer: Scorer, prefixes: Sequence[tuple[int, ...]]) -> torch.Tensor:
    """Return rows x vocabulary; padding is on the right, which causal attention ignores."""
    limit = getattr(scorer.model.config.get_text_config(), "max_position_embeddings", None)
    cut = [prefix[-limit:] if limit else prefix for prefix in prefixes]
    longest = max(map(len, cut))
    ids = torch.tensor([[*prefix, *([0] * (longest - len(prefix)))] for prefix in cut], device=scorer.model.device)
    last = torch.tensor([len(prefix) - 1 for prefix in cut], device=scorer.model.device)
    with _only_at(scorer.model.get_output_embeddings(), last):
        logits = scorer.model(input_ids=ids, use_cache=False).logits
    return torch.log_softmax(logits[:, 0].float(), dim=-1).cpu()


@contextmanager
def _only_at(head: torch.nn.Module, positions: torch.Tensor) -> Iterator[None]:
    """Pass the output layer only one position of each row."""

    def gather(_: torch.nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        hidden, *others = inputs
        rows = torch.arange(hidden.shape[0], device=hidden.device)
        return hidden[rows, positions].unsqueeze(1), *others

    hook = head.register_forward_pre_hook(gather)
    try:
        yield
    finally:
        hook.remove()
