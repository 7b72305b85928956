"""Likelihood of the letters: one forward pass a prompt, and logits at its last position alone.

The vocabulary's layer is the widest of a small multilingual model; over every position of a prompt it costs more than
the rest. A hook hands it the one position that is asked for, so that whatever a model does to its logits stays so.
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
#: Logits (float32) that one forward pass may make: rows times vocabulary.
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
        """The revision that was loaded, where it came from the Hub."""
        return getattr(self.model.config, "_commit_hash", None)


def load_scorer(
    name: str,
    revision: str | None = None,
    device: str | None = None,
    dtype: str = "auto",
    chat: bool | None = None,
    batch_tokens: int = BATCH_TOKENS,
) -> Scorer:
    """Load a model for scoring; no code of its repository is run, and no pickle read.

    Raises:
        UserError: it cannot be loaded, or has no chat template where one is asked for.
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
    """Return the natural-log likelihood of what each choice says after each prompt, and the tokens before they differ.

    Args:
        scorer: the model.
        items: `tasks.ITEMS` with `says`.

    Returns:
        `log_likelihoods` and `input_tokens`, a row an item, in order.
    """
    prompts, delimiters = _asked(scorer, items)
    says = items["says"].to_list()
    texts = [
        prompt + mark + said for prompt, mark, each in zip(prompts, delimiters, says, strict=True) for said in each
    ]
    whole = iter(_encode(scorer.tokenizer, texts))
    sequences = [[next(whole) for _ in each] for each in says]
    steps = [list(_steps(choices)) for choices in sequences]
    # A prefix that several choices share is asked for once.
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
    """Prompts and what stands before the answer; nothing does where an assistant's turn begins."""
    prompts = items["prompt"].to_list()
    if not scorer.chat:
        return prompts, items["delimiter"].to_list()
    turns = [[{"role": "user", "content": prompt}] for prompt in prompts]
    asked = scorer.tokenizer.apply_chat_template(
        turns, add_generation_prompt=True, tokenize=False, enable_thinking=False
    )
    return list(asked), [""] * len(prompts)


def _encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Token ids; a text that starts with the start token already gets no second one."""
    start = tokenizer.bos_token
    started = bool(start) and texts[0].startswith(start)
    encoded: list[list[int]] = tokenizer(list(texts), add_special_tokens=not started)["input_ids"]
    return encoded


def _steps(choices: Sequence[Sequence[int]]) -> Iterator[list[tuple[tuple[int, ...], int]]]:
    """For each choice the prefixes and next tokens that tell it from the others; letters have one, the same prefix."""
    shared = 0
    while len({tuple(tokens[: shared + 1]) for tokens in choices}) == 1 and shared + 1 < min(map(len, choices)):
        shared += 1
    for tokens in choices:
        yield [(tuple(tokens[:position]), tokens[position]) for position in range(shared, len(tokens))]


def _next_tokens(
    scorer: Scorer, prefixes: Sequence[tuple[int, ...]], wanted: Sequence[Sequence[int]]
) -> dict[tuple[int, ...], dict[int, float]]:
    """Log probabilities of the wanted tokens after each prefix; long prefixes first, so that memory fails at once."""
    found = {}
    for batch in _batches(scorer, prefixes):
        scores = _last_log_probabilities(scorer, [prefixes[index] for index in batch])
        for row, index in enumerate(batch):
            tokens = list(wanted[index])
            found[prefixes[index]] = dict(zip(tokens, scores[row, tokens].tolist(), strict=True))
    return found


def _batches(scorer: Scorer, prefixes: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """Indices of prefixes of about one length, as many as fit."""
    rows_at_most = max(1, BATCH_LOGITS // scorer.model.config.get_text_config().vocab_size)
    order = sorted(range(len(prefixes)), key=lambda index: -len(prefixes[index]))
    while order:
        fit = max(1, min(rows_at_most, scorer.batch_tokens // max(1, len(prefixes[order[0]]))))
        yield order[:fit]
        order = order[fit:]


@torch.inference_mode()
def _last_log_probabilities(scorer: Scorer, prefixes: Sequence[tuple[int, ...]]) -> torch.Tensor:
    """Rows times vocabulary; padded on the right, which causal attention does not see."""
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
    """Give the vocabulary's layer one position of each row."""

    def gather(_: torch.nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        hidden, *others = inputs
        rows = torch.arange(hidden.shape[0], device=hidden.device)
        return hidden[rows, positions].unsqueeze(1), *others

    hook = head.register_forward_pre_hook(gather)
    try:
        yield
    finally:
        hook.remove()
