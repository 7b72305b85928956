"""The files of a model that are published: weights in safetensors, configuration and tokenizer, and nothing else."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from globmed.errors import UserError
from globmed.storage.files import sha256
from globmed.storage.lock import LOCK

WHOLE, ADAPTER, INDEX = "model.safetensors", "adapter_model.safetensors", "model.safetensors.index.json"
CONFIG, ADAPTER_CONFIG = "config.json", "adapter_config.json"
#: Files beside the weights that `transformers` and `peft` save, all text.
BESIDE = frozenset(
    (
        CONFIG, ADAPTER_CONFIG, INDEX, "generation_config.json", "tokenizer.json", "tokenizer_config.json",
        "special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt", "tokenizer.model",
        "spiece.model", "sentencepiece.bpe.model", "chat_template.jinja", "preprocessor_config.json",
        "processor_config.json",
    )
)  # fmt: skip
_WEIGHTS = re.compile(r"(adapter_)?model(-\d{5}-of-\d{5})?\.safetensors", re.ASCII)
#: Formats that are or may contain pickles: loading one runs arbitrary code.
_PICKLE = re.compile(r".*\.(bin|pt|pth|pkl|pickle|ckpt)", re.ASCII)
#: The maximum length of a safetensors header (bytes).
LONGEST_HEADER = 100_000_000


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The publishable files of a folder.

    Attributes:
        paths: the files by name.
        weights: the SHA-256 of every weights file by name.
        adapter: whether they are an adapter of another model.
        parameters: number of values in the weights.
        left_out: names of the files that are not published.
    """

    paths: Mapping[str, Path]
    weights: Mapping[str, str]
    adapter: bool
    parameters: int
    left_out: tuple[str, ...]


def find_files(folder: Path, recorded: Mapping[str, str]) -> ModelFiles:
    """Determine which files of a run's folder are published.

    Args:
        folder: the run's folder.
        recorded: the SHA-256 of every weights file by name, as the run recorded them.

    Raises:
        UserError: weights that are missing, pickled, damaged, or not those of the run; custom code; no
            tokenizer.
    """
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    weights = {name for name in names if _WEIGHTS.fullmatch(name)}
    _check_whole(folder, weights, names)
    found = {name: sha256(folder / name) for name in sorted(weights)}
    if found != dict(recorded):
        name = next(name for name in sorted({*found, *recorded}) if found.get(name) != recorded.get(name))
        raise UserError(
            f"{folder / name} is not what the run recorded (SHA-256 {str(found.get(name))[:12]}, expected "
            f"{str(recorded.get(name))[:12]}): name the unchanged folder of the run, or train again"
        )
    adapter = ADAPTER in weights
    for name in (ADAPTER_CONFIG if adapter else CONFIG, "tokenizer_config.json"):
        if name not in names:
            raise UserError(f"{folder} has no {name}: save the whole model with its tokenizer")
    for name in (CONFIG, "tokenizer_config.json"):
        if name in names and "auto_map" in _read(folder / name):
            raise UserError(
                f"{folder / name} requires its own code (auto_map), which is not safe to run: "
                "save a model that transformers itself can load"
            )
    return ModelFiles(
        paths={name: folder / name for name in names if name in weights | BESIDE},
        weights=found,
        adapter=adapter,
        parameters=sum(_parameters(folder / name) for name in weights),
        left_out=tuple(sorted(path.name for path in folder.iterdir() if path.name not in weights | BESIDE | {LOCK})),
    )


def _check_whole(folder: Path, weights: set[str], names: list[str]) -> None:
    """Check that all weights files of one model are there, and no others."""
    if not weights:
        pickles = [name for name in names if _PICKLE.fullmatch(name)]
        raise UserError(
            f"{folder} has no weights in safetensors"
            + (f"; {pickles[0]} is a pickle, which is not published: save with save_pretrained" if pickles else "")
        )
    expected = set(_read(folder / INDEX)["weight_map"].values()) if INDEX in names else {min(weights)}
    if weights != expected or (INDEX not in names and weights not in ({WHOLE}, {ADAPTER})):
        wrong = min(weights ^ expected or weights)
        raise UserError(f"{folder}: {wrong} is missing, or of another model than the other weights: save it again")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UserError(f"{path} is not JSON ({error}); save the model again") from error
    if not isinstance(found, dict):
        raise UserError(f"{path} is not a JSON object; save the model again")
    return found


def _parameters(path: Path) -> int:
    """Return the number of values in a safetensors file, from its header."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length) if length < LONGEST_HEADER else b""
    try:
        tensors = json.loads(header)
        sizes = {name: entry["data_offsets"] for name, entry in tensors.items() if name != "__metadata__"}
        if max(end for _, end in sizes.values()) + length + 8 != path.stat().st_size:
            raise ValueError("its size is not what its header says")
        return sum(prod(tensors[name]["shape"]) for name in sizes)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is not a complete safetensors file ({error}); save the model again") from error
