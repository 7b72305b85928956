"""Training batches of about equal numbers of tokens, planned in advance: a resumed training gets the same ones."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch.utils.data import Dataset

from builders.translate.packages.corpus import Pair
from builders.translate.training.alignment import IGNORED, Aligner
from builders.translate.training.vocabulary import Vocabulary

Batch = dict[str, torch.Tensor]


class Limits(NamedTuple):
    """Limits on the pairs in a batch; a pair far longer on one side than on the other is hardly a translation."""

    batch_tokens: int
    max_tokens: int
    max_ratio: float = 3.0


class Variation(NamedTuple):
    """The number of batches, and how they vary from epoch to epoch.

    Attributes:
        batches: the total number; None for one epoch.
        sampling: exponent for sampled subwords; negative for none.
        seed: that of the order and the samples.
    """

    batches: int | None = None
    sampling: float = -1.0
    seed: int = 0


ONE_ROUND = Variation()


class Batches(Dataset[Batch]):
    """A sequence of batches that starts over, in another order, when the pairs are used up."""

    def __init__(
        self,
        pairs: Sequence[Pair],
        vocabulary: Vocabulary,
        limits: Limits,
        variation: Variation = ONE_ROUND,
    ) -> None:
        self.vocabulary, self.variation = vocabulary, variation
        self.aligner: Aligner | None = None
        encoded = [(pair, [len(vocabulary.encode(text)) for text in pair]) for pair in pairs]
        kept = [(pair, max(lengths)) for pair, lengths in encoded if _fits(lengths, limits)]
        self.pairs = [pair for pair, _ in kept]
        self.lengths = [length for _, length in kept]
        self.plan = list(self._plan(limits.batch_tokens)) if kept else []

    def __len__(self) -> int:
        return len(self.plan)

    def __getitem__(self, index: int) -> Batch:
        rng = random.Random(f"{self.variation.seed}:{index}")  # noqa: S311 - nothing secret
        pairs = [self.pairs[number] for number in self.plan[index]]
        batch = collate(
            [self._encode(pair.source, rng) for pair in pairs],
            [self._encode(pair.target, rng) for pair in pairs],
            pad=self.vocabulary.size,
        )
        if self.aligner:
            batch["alignments"] = self.aligner.align(batch["input_ids"], batch["labels"])
        return batch

    def _encode(self, text: str, rng: random.Random) -> list[int]:
        if self.variation.sampling < 0:
            return self.vocabulary.encode(text)
        return self.vocabulary.sample(text, self.variation.sampling, rng)

    def _plan(self, batch_tokens: int) -> Iterator[list[int]]:
        """Yield the pairs of each batch by number: one epoch, or epochs until there are ``count`` batches."""
        count, made, epoch = self.variation.batches, 0, 0
        while epoch == 0 or (count is not None and made < count):
            rng = random.Random(f"{self.variation.seed}:epoch {epoch}")  # noqa: S311
            # A little noise in the length groups each pair with different ones in every epoch.
            keys = [length + rng.uniform(0, 3) for length in self.lengths]
            order = sorted(range(len(keys)), key=keys.__getitem__)
            batches = list(_filled(order, self.lengths, batch_tokens))
            rng.shuffle(batches)
            yield from batches if count is None else batches[: count - made]
            made, epoch = made + len(batches), epoch + 1


def collate(sources: Sequence[list[int]], targets: Sequence[list[int]], pad: int) -> Batch:
    """Return one padded batch; the decoder reads the target shifted right after an initial ``pad``."""
    inputs = _padded(sources, pad)
    return {
        "input_ids": inputs,
        "attention_mask": (inputs != pad).long(),
        "decoder_input_ids": _padded([[pad, *ids[:-1]] for ids in targets], pad),
        "labels": _padded(targets, IGNORED),
    }


def _fits(lengths: Sequence[int], limits: Limits) -> bool:
    shorter, longer = sorted(lengths)
    # Very short texts may differ by more: one word, one sentence.
    return longer <= limits.max_tokens and longer <= limits.max_ratio * shorter + 5


def _filled(order: Sequence[int], lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    batch: list[int] = []
    longest = 0
    for number in order:
        longest = max(longest, lengths[number])
        if batch and longest * (len(batch) + 1) > batch_tokens:
            yield batch
            batch, longest = [], lengths[number]
        batch.append(number)
    if batch:
        yield batch


def _padded(rows: Sequence[list[int]], pad: int) -> torch.Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [pad] * (width - len(row)) for row in rows])
