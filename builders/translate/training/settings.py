"""Training settings, read from YAML: a user's file, or the name of one in ``training/``."""

import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from globmed.errors import UserError

#: Positions of a model: the maximum number of tokens that it can read.
POSITIONS = 512
#: No text fills a larger vocabulary.
BOUNDS = {"vocabulary": (2, 1_000_000), "max_tokens": (1, POSITIONS)}
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Settings:
    """Size of the model and course of the training; explained in ``training/marian-small.yaml``."""

    vocabulary: int
    encoder_layers: int
    decoder_layers: int
    width: int
    feed_forward: int
    heads: int
    dropout: float
    label_smoothing: float
    guidance: float
    subword_sampling: float
    number_copies: int
    number_swaps: int
    batch_tokens: int
    max_tokens: int
    learning_rate: float
    warmup_steps: int
    steps: int
    evaluate_every: int
    patience: int
    average: int
    bf16: bool
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """Return the settings by name."""
        return asdict(self)


def read_settings(name: str) -> Settings:
    """Read the settings of a YAML file, or of the shipped one of that name.

    Raises:
        UserError: no such file, a missing or unknown field, or one of another type.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml")))
        raise UserError(f"{path}: no such settings; name a .yaml file or one of {known}")
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        kind = error.__class__.__name__
        raise UserError(f"{path}: not YAML ({kind}); expected lines of `field: value`") from error
    return Settings(**_checked(found, path))


def _checked(found: object, path: Path) -> dict[str, Any]:
    known = {field.name: field.type for field in fields(Settings)}
    if not isinstance(found, dict) or set(found) != set(known):
        odd = sorted(set(found) ^ set(known), key=str) if isinstance(found, dict) else "no fields"
        raise UserError(f"{path}: fields missing or unknown: {odd}; expected {', '.join(known)}")
    for name, value in found.items():
        fits = isinstance(value, bool) is (known[name] is bool) and isinstance(value, int | float)
        if not fits or (known[name] is int and not isinstance(value, int)):
            expected = getattr(known[name], "__name__", known[name])
            raise UserError(f"{path}, {name}: {value!r}, expected a value of type {expected}")
        least, most = BOUNDS.get(name, (-math.inf, math.inf))
        if not least <= value <= most:
            raise UserError(f"{path}, {name}: {value:,}, expected {least:,} to {most:,}")
    return found
