"""Alignment: rows that were swapped have words that do not go together."""

from random import Random

import polars as pl
import pytest

from validation.signals.rows.alignment import FAULT_BELOW, alignment


@pytest.mark.parametrize("spaced", [True, False])
def test_swapped_rows_do_not_align(spaced: bool) -> None:
    """A made-up language in which every word has its translation: one backwards, or one ideograph without spaces."""
    random = Random(5)  # noqa: S311
    words = [f"{a}{b}a{c}o" for a in "bdfgklm" for b in "aeiou" for c in "nprst"]
    sources = [random.sample(words, 8) for _ in range(1200)]
    shuffled = [random.sample(source, 8) for source in sources]
    targets = [
        " ".join(word[::-1] for word in text) if spaced else "".join(chr(0x4E00 + words.index(word)) for word in text)
        for text in shuffled
    ]
    targets[3], targets[700] = targets[700], targets[3]
    found = alignment(pl.Series([" ".join(source) for source in sources]), pl.Series(targets))
    assert set((found < FAULT_BELOW).arg_true()) == {3, 700}


def test_few_rows_say_nothing_of_alignment() -> None:
    assert alignment(pl.Series(["one two"]), pl.Series(["un deux"])).to_list() == [None]
