"""Mixing languages: shares, draws, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.errors import UserError
from globmed.training.mixing import apportion, draw

ROWS = {"english": 800, "spanish": 150, "wolof": 50}


def test_temperature_one_takes_every_row_once() -> None:
    mix, indices = draw(ROWS, 1.0, [], 0, seed=3)
    assert mix.drawn == ROWS
    assert sorted(indices) == list(range(1000))
    assert list(indices) != list(range(1000))


def test_a_higher_temperature_lifts_the_small_and_repeats_their_rows_evenly() -> None:
    mix, indices = draw(ROWS, 5.0, [], 0, seed=3)
    assert sum(mix.drawn.values()) == 1000
    record = mix.as_record()
    assert record.share["wolof"] > 0.2
    assert record.repeats["english"] < 1 < record.repeats["wolof"]
    _, times = np.unique(indices[indices >= 950], return_counts=True)
    assert len(times) == 50
    assert times.max() - times.min() <= 1


def test_a_temperature_near_zero_takes_the_largest_alone_and_does_not_overflow() -> None:
    mix, _ = draw(ROWS, 0.001, [], 400, seed=0)
    assert mix.drawn == {"english": 400, "spanish": 0, "wolof": 0}


def test_weights_are_the_shares() -> None:
    mix, _ = draw(ROWS, 1.0, [1, 1, 2], 400, seed=0)
    assert mix.drawn == {"english": 100, "spanish": 100, "wolof": 200}


def test_the_same_seed_draws_the_same_rows_and_another_does_not() -> None:
    first, again, other = (draw(ROWS, 2.0, [], 0, seed)[1] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@given(st.dictionaries(st.text(min_size=1), st.floats(0.001, 1e6), min_size=1), st.integers(0, 10**6))
def test_whole_numbers_add_up_and_are_near_their_shares(shares: dict[str, float], total: int) -> None:
    counts = apportion(shares, total)
    assert sum(counts.values()) == total
    whole = sum(shares.values())
    assert all(abs(counts[name] - share / whole * total) < 1 + 1e-6 for name, share in shares.items())


def test_the_largest_remainders_are_rounded_up() -> None:
    assert apportion({"a": 2.9, "b": 1.1}, 4) == {"a": 3, "b": 1}
    assert apportion({"a": 1.1, "b": 2.9}, 4) == {"a": 1, "b": 3}
    assert apportion({"a": 1.4, "b": 1.35, "c": 1.25}, 4) == {"a": 2, "b": 1, "c": 1}


@pytest.mark.parametrize(
    ("rows", "temperature", "weights", "total", "message"),
    [
        (ROWS | {"zulu": 0}, 1.0, [], 0, "no rows of train in zulu"),
        (ROWS, 0.0, [], 0, "mix_temperature 0.0: expected more than 0"),
        (ROWS, 1.0, [1.0], 0, r"mix_weights \[1.0\]: expected 3 positive numbers"),
        (ROWS, 1.0, [1.0, 1.0, -1.0], 0, "expected 3 positive numbers"),
        (ROWS, 1.0, [1.0, 1.0, 0.0], 0, "expected 3 positive numbers"),
        (ROWS, 1.0, [], -1, "mix_rows -1"),
    ],
)
def test_what_cannot_be_mixed_is_refused(
    rows: dict[str, int], temperature: float, weights: list[float], total: int, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        draw(rows, temperature, weights, total, seed=0)
