"""Repetition: a translation machine that got stuck repeats the same words."""

import re
from operator import eq

import polars as pl

from validation.signals.signal import TextSignal

#: At most this many words make one repeated piece, or this many characters of scripts without spaces.
WORDS, CHARACTERS = 8, 24
AGAIN = bytes([1]) * CHARACTERS
#: A piece said this often in a row is a fault, unless the source does so too.
TIMES = 3
#: Words, single characters of scripts without spaces; numbers may well repeat in tables.
TOKEN = re.compile(r"(?:[^\W\d_\u3040-\u30ff\u3400-\u9fff]|[\u0300-\u036f])+|[\u3040-\u30ff\u3400-\u9fff]")


def repetition(source: pl.Series, target: pl.Series) -> pl.Series:
    """Return how many times in a row some piece is repeated, relative to the source; 1 is usual."""
    more = [_more(*pair) for pair in zip(source, target, strict=True)]
    return pl.Series("repetition", more, pl.Float64)


def _more(source: str | None, target: str | None) -> float:
    times = _times(target)
    return 1.0 if times == 1 else max(1.0, times / _times(source))


def _times(text: str | None) -> float:
    """Return the most times in a row that any piece occurs; a single ideograph may well occur three times."""
    tokens = TOKEN.findall(text.lower()) if text else []
    if len(set(tokens)) == len(tokens):
        return 1.0
    longest = CHARACTERS if sum(len(token) == 1 for token in tokens) > len(tokens) / 2 else WORDS
    most = 1.0
    for size in _sizes(tokens, min(longest, len(tokens) // 2)):
        same = bytes(map(eq, tokens, tokens[size:]))
        if AGAIN[:size] in same:
            most = max(most, 1 + _run(tokens, same, size) / size)
    return most


def _sizes(tokens: list[str], longest: int) -> list[int]:
    """Return the sizes of pieces that may be repeated: so many tokens recur at this distance."""
    places: dict[str, list[int]] = {}
    gaps = [0] * (longest + 1)
    for place, token in enumerate(tokens):
        before = places.setdefault(token, [])
        for earlier in reversed(before):
            if place - earlier > longest:
                break
            gaps[place - earlier] += 1
        before.append(place)
    return [size for size in range(1, longest + 1) if gaps[size] >= size]


def _run(tokens: list[str], same: bytes, size: int) -> int:
    """Return the longest run of tokens that recur ``size`` tokens later; 0 where it is too short to count."""
    longest = run = 0
    for token, again in zip(tokens, same, strict=False):
        run = run + 1 if again else 0
        if run >= (size if len(token) > 1 or size > 1 else TIMES):
            longest = max(longest, run)
    return longest


SIGNAL = TextSignal(
    "repetition",
    measure=lambda texts: pl.lit(repetition(texts.pairs["source"], texts.pairs["target"])),
    fault=lambda times, texts: times >= TIMES,
)
