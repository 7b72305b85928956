"""Mix languages: how many rows each contributes, and which, so that small languages are not drowned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from globmed.errors import UserError
from globmed.records.training import MixRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Mix:
    """The effective mix: the rows that each language has, those that it contributes, and the settings."""

    available: Mapping[str, int]
    drawn: Mapping[str, int]
    temperature: float
    weights: Sequence[float]
    seed: int

    def as_record(self) -> MixRecord:
        """Return the mix for a run's record, with each language's share and how often its rows occur on average."""
        total = sum(self.drawn.values())
        return MixRecord(
            temperature=self.temperature,
            weights=list(self.weights),
            seed=self.seed,
            rows=dict(self.drawn),
            share={name: round(rows / total, 6) for name, rows in self.drawn.items()},
            repeats={name: round(rows / self.available[name], 6) for name, rows in self.drawn.items()},
        )


def draw(
    available: Mapping[str, int], temperature: float, weights: Sequence[float], total: int, seed: int
) -> "tuple[Mix, NDArray[np.int64]]":
    """Draw ``total`` rows (all when 0) from languages that are concatenated, in a random order.

    Each row of a language is drawn equally often, give or take one.

    Raises:
        UserError: a language without rows, a temperature that is not positive, or a wrong number of weights.
    """
    empty = [name for name, rows in available.items() if not rows]
    if empty:
        raise UserError(f"no rows of train in {', '.join(empty)} for these tasks: leave the language out")
    if not temperature > 0:
        raise UserError(f"mix_temperature {temperature}: expected more than 0; 1 leaves the mix as it is")
    if weights and (len(weights) != len(available) or not all(weight > 0 for weight in weights)):
        raise UserError(f"mix_weights {list(weights)}: expected {len(available)} positive numbers, one a language")
    if total < 0:
        raise UserError(f"mix_rows {total}: expected the number of rows, or 0 for as many as there are")
    shares = dict(zip(available, weights, strict=True)) if weights else _tempered(available, temperature)
    drawn = apportion(shares, total or sum(available.values()))
    return Mix(dict(available), drawn, temperature, list(weights), seed), _indices(available, drawn, seed)


def apportion(shares: Mapping[str, float], total: int) -> dict[str, int]:
    """Apportion the total in whole numbers in proportion to the shares: the largest remainders are rounded up."""
    whole = sum(shares.values())
    exact = {name: share / whole * total for name, share in shares.items()}
    counts = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: counts[name] - exact[name])
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _tempered(available: Mapping[str, int], temperature: float) -> dict[str, float]:
    largest = max(available.values())  # shares of it, since the power of a count could overflow
    return {name: (rows / largest) ** (1 / temperature) for name, rows in available.items()}


def _indices(available: Mapping[str, int], drawn: Mapping[str, int], seed: int) -> "NDArray[np.int64]":
    import numpy as np

    random = np.random.default_rng(seed)
    parts, start = [], 0
    for name, rows in available.items():
        times, rest = divmod(drawn[name], rows)
        parts.append(start + np.concatenate([np.tile(np.arange(rows), times), random.permutation(rows)[:rest]]))
        start += rows
    return random.permutation(np.concatenate(parts))
