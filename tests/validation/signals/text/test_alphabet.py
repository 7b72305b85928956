"""Texts and patterns in ASCII's letters match as they do in their own."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.signals.text.alphabet import alphabet_of

PATTERN = r"(?i)\b(?:não|nem|ñu\w*|kò|sem [a-zà]+|ẹ̀)\b"
PARTS = (
    "não",
    "NÃO",
    "nem",
    "ñu",
    "Ñull",
    "kò",
    "kó",
    "sem",
    "ẹ̀",
    "é",
    "ä",
    " ",
    "-",
    "'",
    ".",
    "9",
    "٣",
    "x",
    "漢",
    "_",
)


def count(text: str, pattern: str) -> int:
    return int(pl.Series([text]).str.count_matches(pattern)[0])


@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_a_pattern_matches_the_same(parts: list[str]) -> None:
    text, alphabet = "".join(parts), alphabet_of([PATTERN])
    written = pl.Series([text]).to_frame("text").select(alphabet.text(pl.col("text")))["text"][0]
    assert count(written, alphabet.pattern(PATTERN)) == count(text, PATTERN)


def test_a_letter_beside_a_word_is_no_boundary() -> None:
    alphabet = alphabet_of([PATTERN])
    written = pl.DataFrame({"text": ["não", "nãoé", "änem", "nem. nem"]}).select(alphabet.text(pl.col("text")))["text"]
    assert [count(text, alphabet.pattern(PATTERN)) for text in written] == [1, 0, 0, 2]


@pytest.mark.parametrize(
    "pattern", [r"(?i)\b[à-ý]+\b", r"(?i)\b[a-ý]+\b", r"\bNo\b", "".join(map(chr, range(0xE0, 0xFC)))]
)
def test_a_pattern_that_has_no_alphabet_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="no alphabet"):
        alphabet_of([pattern])
