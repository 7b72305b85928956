"""Read a recipe and its flags, and settle what the machine can compute, before anything is loaded."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

import torch
import yaml
from transformers.utils.import_utils import is_torch_bf16_gpu_available
from trl import TrlParser

from globmed.errors import UserError, did_you_mean
from globmed.training.precision import fast_dtype

SHIPPED = Path(__file__).parent / "recipes"
CONFIG = "--config"


def read_recipe(dataclasses: tuple[Any, ...], words: Sequence[str] | None = None) -> tuple[Any, ...]:
    """Return the settings of ``--config recipe.yaml`` and flags as one object of each dataclass.

    Args:
        dataclasses: the settings that there are.
        words: of the command line; this process's own by default.

    Raises:
        UserError: no such recipe, no YAML, an unknown setting or value, or one that this machine cannot compute.
    """
    given = [part for word in (sys.argv[1:] if words is None else words) for part in _split_config(word)]
    place = "the command line"
    known = [field.name for each in dataclasses for field in fields(each) if field.init]
    if CONFIG in given:
        named = given.index(CONFIG) + 1
        if named == len(given):
            raise UserError(f"{CONFIG}: name a recipe; {_shipped()}")
        place = given[named] = shipped(given[named], ".yaml")
        _check_names(place, _load(Path(place)), [*known, "env"])
    try:
        parsed: tuple[Any, ...] = _Parser(dataclasses, known).parse_args_and_config(given)
    except (ValueError, TypeError, ImportError) as error:
        raise UserError(f"{place}: {' '.join(str(error).split())}") from error
    return parsed


def shipped(name: str, suffix: str = "") -> str:
    """Return the path of a shipped file, named without ``suffix``; any other name, or a path that exists, unchanged."""
    file = SHIPPED / f"{name}{suffix}"
    return str(file) if file.is_file() and not Path(name).exists() else name


class _Parser(TrlParser):
    """TRL's parser with errors of one line, and settings that suit the machine."""

    def __init__(self, dataclasses: tuple[Any, ...], known: Sequence[str]) -> None:
        super().__init__(dataclasses, allow_abbrev=False)
        self.known = known

    def error(self, message: str) -> NoReturn:
        missing = message.endswith("required: --version")
        raise UserError("--version: name a published version, such as 0.1.0" if missing else message)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        settings, rest = super().parse_known_args(args, namespace)
        flags = [word.partition("=")[0] for word in args or ()]
        if rest:
            unknown = next((word for word in rest if word.startswith("--")), rest[0])
            _check_names(
                "the command line", [unknown.partition("=")[0].removeprefix("--").replace("-", "_")], self.known
            )
        _suit(settings, flags)
        return settings, rest


def _suit(settings: argparse.Namespace, flags: Sequence[str]) -> None:
    """Refuse what this machine does not have; on a processor without bfloat16, choose float32 unless a flag says not.

    Raises:
        UserError: no GPU, or one without bfloat16.
    """
    if not settings.use_cpu:
        if not torch.accelerator.is_available():
            raise UserError("no GPU was found: add --use_cpu to train on the processor, which takes far longer")
        if settings.bf16 is not False and not settings.fp16 and not is_torch_bf16_gpu_available():
            raise UserError("this GPU has no bfloat16: add --bf16 false --fp16 true --dtype float32")
        return
    fast = fast_dtype("cpu")
    slow = []
    if fast == "float32" and settings.bf16 is not False and "--bf16" not in flags:
        settings.bf16 = False
        slow.append("--bf16 false")
    # A tokenizer's trainer has no model to load.
    if fast == "float32" and getattr(settings, "dtype", fast) != fast and "--dtype" not in flags:
        settings.dtype = fast
        slow.append(f"--dtype {fast}")
    if slow:
        sys.stderr.write(f"this processor has no bfloat16, in which it would be slow: {' '.join(slow)}\n")


def _split_config(word: str) -> list[str]:
    """Return ``--config=FILE`` as two words, as TRL reads it."""
    return [CONFIG, word.removeprefix(f"{CONFIG}=")] if word.startswith(f"{CONFIG}=") else [word]


def _load(path: Path) -> dict[str, Any]:
    try:
        settings = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        near = did_you_mean(path.stem, [recipe.stem for recipe in _recipes()])
        raise UserError(f"{path}: no recipe can be read there ({error.strerror}); {_shipped()}{near}") from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "not UTF-8"
        raise UserError(f"{path}{where}: not YAML ({what}): correct it") from error
    if not isinstance(settings, dict):
        raise UserError(f"{path}: expected lines such as `learning_rate: 1.0e-5`, found {type(settings).__name__}")
    return settings


def _recipes() -> list[Path]:
    return sorted(SHIPPED.glob("*.yaml"))


def _shipped() -> str:
    return f"the shipped ones: {', '.join(path.stem for path in _recipes())}"


def _check_names(place: str, names: Any, known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            near = did_you_mean(name, known) or "; `--help` lists the settings"
            raise UserError(f"{place}: unknown setting {str(name)!r}{near}")
