"""Word alignments that guide the attention of a model in early training.

With little data, a model is slow to learn which source word each target word comes from. An alignment model learns it
in seconds, and a head of the decoder's attention is trained to agree with it (Chen et al. 2016, arXiv 1607.01628).
"""

from collections.abc import Iterable

import torch

IGNORED = -100
DIAGONAL = 4.0


class Aligner:
    """IBM model 1 over subwords with a preference for the diagonal, as fast_align has it (Dyer et al. 2013).

    Attributes:
        table: probability of a target piece (row) given a source piece (column); zero for padding.
    """

    def __init__(self, size: int) -> None:
        self.pad = size
        self.table = torch.full((size + 1, size + 1), 1 / size)
        self.table[size], self.table[:, size] = 0, 0

    def learn(self, batches: Iterable[dict[str, torch.Tensor]], rounds: int = 5) -> None:
        """Run expectation maximisation over batches of padded ``input_ids`` and ``labels``."""
        texts = [(batch["input_ids"], batch["labels"]) for batch in batches]
        for _ in range(rounds):
            counts = torch.zeros_like(self.table)
            for sources, labels in texts:
                rows = labels.masked_fill(labels == IGNORED, self.pad)[:, :, None]
                cells = rows * counts.shape[1] + sources[:, None, :]
                counts.view(-1).index_add_(0, cells.flatten(), self.align(sources, labels).flatten())
            self.table = counts / counts.sum(0).clamp_min(1e-9)
            # A pair of pieces that never co-occurred may still do so when words are split otherwise.
            self.table[: self.pad, : self.pad] += 1e-7

    def align(self, sources: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return for each target position a distribution over the source positions: batch, target, source."""
        targets = labels.masked_fill(labels == IGNORED, self.pad)
        scores = self.table[targets[:, :, None], sources[:, None, :]] * self._prior(sources, targets)
        return scores / scores.sum(-1, keepdim=True).clamp_min(1e-12)

    def _prior(self, sources: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return a prior that is high where both positions are equally far through their sentences."""
        return torch.exp(-DIAGONAL * (self._progress(targets)[:, :, None] - self._progress(sources)[:, None]).abs())

    def _progress(self, ids: torch.Tensor) -> torch.Tensor:
        lengths = (ids != self.pad).sum(1, keepdim=True)
        return torch.arange(ids.shape[1]) / lengths


def guidance_loss(attentions: tuple[torch.Tensor, ...], alignments: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy between alignments and the first attention head of each layer of the decoder.

    The last layer learns where the next word comes from, the others where the previous one came from: it is found by
    comparing words, and the next one is usually near it. CTranslate2 uses that head of the last layer when it replaces
    unknown words.
    """
    before = torch.nn.functional.pad(alignments[:, :-1], (0, 0, 1, 0))
    wanted = torch.stack([before] * (len(attentions) - 1) + [alignments])
    heads = torch.stack([layer[:, 0].float() for layer in attentions])
    lost = -(wanted * heads.clamp_min(1e-6).log()).sum()
    return lost / wanted.sum().clamp_min(1)
