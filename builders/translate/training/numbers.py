"""Pairs that teach a model to copy numbers, generated from templates and from the corpus.

A dose must be translated digit for digit. A corpus shows a small model each of its numbers only a few times; it has to
see that any number may occur there.
"""

import random
import re
from collections.abc import Sequence

from builders.translate.packages.corpus import Pair

NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
SHAPES = ("#", "##", "###", "####", "#.#", "#.##", "0.#", "0.##", "##.#", "#,###", "##,###", "###,###")
UNITS = (
    "mg", "g", "kg", "µg", "mcg", "mL", "L", "mmol/L", "mg/dL", "g/dL", "mEq/L", "mmHg", "mg/kg", "µg/kg/min",
)  # fmt: skip
TEMPLATES = (
    "{0} {u}", "{0}{u}", "{0}%", "{0} %", "{0}/{1} mmHg", "{0}-{1} {u}", "{0}–{1} {u}", "{0} ± {1} {u}",
    "> {0} {u}", "< {0} {u}", "≥ {0} {u}", "≤ {0} {u}", "{0} × {1} {u}", "{0}°C", "{0}:{1}", "({0}, {1})",
    "{0} {u}, {1} {u}", "{0}", "p < 0.0{0}", "pH {0}", "{0} × 10⁹/L", "{0} × 10⁶/µL", "{0}½ {u}",
    "{0} {u}/m²",
)  # fmt: skip


def copies(count: int, rng: random.Random) -> list[Pair]:
    """Return pairs of quantities such as ``0.25 µg/kg``, the same on both sides."""
    texts = (rng.choice(TEMPLATES).format(_number(rng), _number(rng), u=rng.choice(UNITS)) for _ in range(count))
    return [Pair(text, text) for text in texts]


def swapped(pairs: Sequence[Pair], count: int, rng: random.Random) -> list[Pair]:
    """Return up to ``count`` pairs whose numbers agree, with other numbers substituted on both sides."""
    fit = [pair for pair in pairs if _numbers_agree(pair)]
    return [_swap(pair, rng) for pair in rng.sample(fit, min(count, len(fit)))]


def _numbers_agree(pair: Pair) -> bool:
    found = NUMBER.findall(pair.source)
    unique = len(set(found)) == len(found)
    return bool(found) and unique and sorted(found) == sorted(NUMBER.findall(pair.target))


def _swap(pair: Pair, rng: random.Random) -> Pair:
    new = {number: _number(rng) for number in NUMBER.findall(pair.source)}
    return Pair(*(NUMBER.sub(lambda match: new[match[0]], text) for text in pair))


def _number(rng: random.Random) -> str:
    """Return a number of a random form, without superfluous leading zeros."""
    shape = rng.choice(SHAPES)
    first, rest = shape[0], shape[1:]
    digits = [str(rng.randint(1, 9)) if first == "#" else first]
    return "".join(digits + [str(rng.randint(0, 9)) if mark == "#" else mark for mark in rest])
