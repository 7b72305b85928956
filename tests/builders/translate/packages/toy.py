"""A toy language pair that a tiny model learns in seconds: a dose, and words for digits.

What a model learns depends on the processor. `MODEL` was trained once (`training.train_toy`) and is kept: where a test
needs a translation and no training, every processor translates with the same weights.
"""

import random
from pathlib import Path

MODEL = Path(__file__).with_name("toy_model")

WORDS = ("sifuri", "moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa")
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

SETTINGS = """
vocabulary: 430
encoder_layers: 1
decoder_layers: 1
width: 32
feed_forward: 64
heads: 2
dropout: 0.1
label_smoothing: 0.1
guidance: 0.3
subword_sampling: 1.0
number_copies: 20
number_swaps: 20
batch_tokens: 300
max_tokens: 60
learning_rate: 0.005
warmup_steps: 10
steps: 60
evaluate_every: 20
patience: 8
average: 2
bf16: false
seed: 1
"""


def seeded(seed: int) -> random.Random:
    """Return a generator of one's own."""
    return random.Random(seed)  # noqa: S311 - nothing secret


def sentence(rng: random.Random) -> tuple[str, str]:
    """Such as ``Give 12 mg: three, four`` and ``Pa 12 mg: tatu, nne``."""
    digits = [rng.randrange(10) for _ in range(rng.randint(1, 4))]
    number = rng.randint(1, 999)
    english, swahili = (", ".join(words[digit] for digit in digits) for words in (ENGLISH, WORDS))
    return f"Give {number} mg: {english}.", f"Pa {number} mg: {swahili}."


def write_corpus(path: Path, count: int = 600, seed: int = 0) -> Path:
    """Return a tab-separated file of such sentences."""
    rng = seeded(seed)
    path.write_text("".join("\t".join(sentence(rng)) + "\n" for _ in range(count)), "utf-8")
    return path


def write_settings(path: Path, **changed: object) -> Path:
    """Settings of a tiny model, some of them changed."""
    lines = dict(line.split(": ") for line in SETTINGS.split("\n") if line)
    path.write_text("".join(f"{name}: {value}\n" for name, value in {**lines, **changed}.items()), "utf-8")
    return path
