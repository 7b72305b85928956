"""Which Parquet files are the configs and splits of a dataset: as its card says, or else by their names.

The card's ``configs`` are read as https://huggingface.co/docs/datasets/repository_structure has them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.storage.lfs import Patterns

DEFAULT = "default"
#: Words of a file's path that name its split, in the order in which they are looked for.
_SPLITS = {
    "train": re.compile(r"(?:^|[/._ -])train(?:ing)?(?:[/._ -]|$)"),
    "validation": re.compile(r"(?:^|[/._ -])(?:validation|valid|val|dev)(?:[/._ -]|$)"),
    "test": re.compile(r"(?:^|[/._ -])(?:test|testing|eval|evaluation)(?:[/._ -]|$)"),
}
MOST_PATTERNS = 5000


def layout(configs: Any, paths: Sequence[str]) -> list[list[Any]]:
    """Return ``[config, split, paths]`` for each split that has files.

    Args:
        configs: the card's field of that name, whatever it is.
        paths: the Parquet files of the revision.

    Raises:
        UnfitError: the card names very many patterns.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    named = list(_patterns(configs))
    if len(named) > MOST_PATTERNS:
        raise UnfitError(f"The card has more than {MOST_PATTERNS} patterns of files.")
    for config, split, pattern in named:
        matching = [pattern] if pattern in paths else _matching(pattern, paths)
        for path in matching:
            found.setdefault((config, split or _split(path)), {})[path] = None
    if not found:
        for path in paths:
            found.setdefault((DEFAULT, _split(path)), {})[path] = None
    return [[config, split, [*files]] for (config, split), files in found.items()]


def _matching(pattern: str, paths: Sequence[str]) -> list[str]:
    """Return the paths that a pattern names; as for git, ``*`` stops at a slash and ``**`` does not."""
    if pattern.startswith(("!", "#")):
        return []
    rules = Patterns([f"/{pattern.lstrip('/')}"])
    return [path for path in paths if rules.match(path)]


def _patterns(configs: Any) -> Iterator[tuple[str, str, str]]:
    """Yield config, split (empty if the card names none) and pattern."""
    for each in configs if isinstance(configs, list) else []:
        if not isinstance(each, dict):
            continue
        config = str(each.get("config_name") or DEFAULT)[:200]
        folder = str(each.get("data_dir") or "").strip("/")
        prefix = f"{folder}/" if folder else ""
        for split, pattern in _files(each.get("data_files", f"{prefix}**" if folder else None)):
            yield config, split[:200], pattern.removeprefix("./")


def _files(given: Any, split: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        yield split, given
    elif isinstance(given, list):
        for each in given:
            if isinstance(each, dict):
                yield from _files(each.get("path"), str(each.get("split") or ""))
            else:
                yield from _files(each, split)
    elif isinstance(given, dict):
        for name, pattern in given.items():
            yield from _files(pattern, str(name))


def _split(path: str) -> str:
    for name, words in _SPLITS.items():
        if words.search(path.lower()):
            return name
    return "train"
