"""Estimator: the rating of a translation that a model trained on human ratings predicts, without a reference.

A model knows some languages better than others: it ranks for review, it never certifies.
"""

from collections.abc import Iterator, Sequence

import polars as pl
import torch

from validation.signals.evidence.comet import Estimator

#: Padded tokens of one forward pass.
BATCH_TOKENS = 4096
DIGITS = 4


def estimate(estimator: Estimator, source: pl.Series, target: pl.Series) -> pl.Series:
    """Return the predicted rating of each pair, on the model's scale, usually 0 to 1; null where a text is missing."""
    both = pl.DataFrame({"source": source, "target": target}, schema={"source": pl.String, "target": pl.String})
    asked = both.unique(maintain_order=True).drop_nulls()
    scores = [0.0] * asked.height
    for batch, rows in _batches(estimator, asked):
        for row, score in zip(rows, _scores(estimator, batch), strict=True):
            scores[row] = round(score, DIGITS)
    scored = asked.with_columns(pl.Series("estimator", scores, pl.Float64))
    return both.join(scored, on=["source", "target"], how="left", maintain_order="left")["estimator"]


def _batches(estimator: Estimator, pairs: pl.DataFrame) -> Iterator[tuple[list[list[list[int]]], list[int]]]:
    """Yield batches: token ids of pairs of similar length, and their rows."""
    read = [_encode(estimator, pairs[column]) for column in ("target", "source")]
    tokens = [[*both] for both in zip(*read, strict=True)]
    if estimator.joint:
        tokens = [[_joined(estimator, *both)] for both in tokens]
    order = sorted(range(len(tokens)), key=lambda row: -max(map(len, tokens[row])))
    while order:
        fit = max(1, BATCH_TOKENS // max(map(len, tokens[order[0]])))
        yield [tokens[row] for row in order[:fit]], order[:fit]
        order = order[fit:]


def _encode(estimator: Estimator, texts: pl.Series) -> list[list[int]]:
    if texts.is_empty():
        return []
    encoded: list[list[int]] = estimator.tokenizer(texts.to_list(), truncation=True, max_length=estimator.longest - 2)[
        "input_ids"
    ]
    return encoded


def _joined(estimator: Estimator, target: Sequence[int], source: Sequence[int]) -> list[int]:
    """Return ``<s> translation </s></s> source </s>``, truncated to what the encoder reads."""
    return [*target, estimator.tokenizer.sep_token_id, *source[1:]][: estimator.longest]


@torch.inference_mode()
def _scores(estimator: Estimator, batch: Sequence[Sequence[Sequence[int]]]) -> list[float]:
    parts = [_embedded(estimator, [row[part] for row in batch]) for part in range(len(batch[0]))]
    if estimator.joint:
        features = parts[0]
    else:
        target, source = parts
        features = torch.cat((target, source, target * source, (target - source).abs()), dim=1)
    scores: list[float] = estimator.head(features).view(-1).tolist()
    return scores


def _embedded(estimator: Estimator, sequences: Sequence[Sequence[int]]) -> torch.Tensor:
    """Embed the texts (texts x width): a pair by its first token, a text by the mean or as the settings say."""
    longest, pad = max(map(len, sequences)), estimator.tokenizer.pad_token_id
    device = estimator.encoder.device
    ids = torch.tensor([[*each, *([pad] * (longest - len(each)))] for each in sequences], device=device)
    mask = ids != pad
    states = estimator.encoder(input_ids=ids, attention_mask=mask.long(), output_hidden_states=True).hidden_states
    pool = "cls" if estimator.joint else estimator.settings.get("pool", "avg")
    embedding: torch.Tensor = (
        states[-1][:, 0] if pool == "default" else _pooled(_mixed(estimator, states, mask), mask, pool)
    )
    return embedding


def _mixed(estimator: Estimator, states: Sequence[torch.Tensor], mask: torch.Tensor) -> torch.Tensor:
    if estimator.mixed and estimator.settings.get("layer_norm"):
        states = [_normed(state, mask) for state in states]
    parts = [share * state for share, state in zip(estimator.layers, states, strict=True)]
    return estimator.gamma * torch.stack(parts).sum(0)


def _pooled(states: torch.Tensor, mask: torch.Tensor, pool: str) -> torch.Tensor:
    shown = mask.unsqueeze(-1)
    if pool == "avg":
        return (states * shown).sum(1) / mask.sum(1, keepdim=True)
    return states.masked_fill(~shown, float("-inf")).amax(1) if pool == "max" else states[:, 0]


def _normed(state: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Normalize to mean 0 and variance 1 over all numbers of a text."""
    shown = mask.unsqueeze(-1)
    numbers = (mask.sum(1) * state.shape[-1]).view(-1, 1, 1)
    mean = (state * shown).sum((1, 2), keepdim=True) / numbers
    variance = (((state - mean) * shown) ** 2).sum((1, 2), keepdim=True) / numbers
    return (state - mean) / torch.sqrt(variance + 1e-12)
