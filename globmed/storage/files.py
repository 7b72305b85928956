"""Files and folders that are written whole or not at all, and the hashes that tell their contents apart."""

import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from globmed.storage.lock import locked_beside


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_text(*texts: str) -> str:
    """Return the SHA-256 of texts in UTF-8, in hex; several are joined by a NUL, which no text holds."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a path to write a file or folder to, beside ``path``, and rename it to ``path`` at the end of the block.

    If the block fails, ``path`` stays as it was. What a killed process left beside it is removed first.

    Raises:
        UserError: another process is writing it.
    """
    with unfinished(path) as temporary:
        yield temporary
        put(temporary, path)


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Yield a path `beside` another one for what is written there; nothing is left there after the block.

    Raises:
        UserError: another process is writing it.
    """
    temporary = beside(path)
    temporary.parent.mkdir(parents=True, exist_ok=True)
    with locked_beside(path):
        remove(temporary)
        try:
            yield temporary
        finally:
            remove(temporary)


def beside(path: Path) -> Path:
    """Return the hidden name under which a file or folder is written before it is renamed."""
    return path.with_name(f".{path.name}.partial")


def put(made: Path, path: Path) -> Path:
    """Move a completely written file or folder to its place, replacing what is there.

    A file is replaced in one step; a folder in two, between which a kill leaves neither.
    """
    if path.is_dir() or made.is_dir():
        remove(path)
    return made.replace(path)


def remove(path: Path) -> None:
    """Remove a file or a whole folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    with replaced(path) as temporary:
        temporary.write_text(text, "utf-8")


def write_json(path: Path, value: object, *, indent: int = 1, sort_keys: bool = False) -> None:
    """Write `json_text` as `write_text` does."""
    write_text(path, json_text(value, indent=indent, sort_keys=sort_keys) + "\n")


def json_text(value: object, **settings: Any) -> str:
    """Return a value as JSON (RFC 8259), with the settings of `json.dumps`.

    JSON has neither NaN nor infinity: they become null. Values that it does not support, such as paths, become their
    strings.
    """
    return json.dumps(_finite(value), **settings, ensure_ascii=False, default=str, allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def files_below(root: Path) -> list[Path]:
    """Return the files of a folder in a fixed order, without hidden ones and caches; or the file itself."""
    if root.is_file():
        return [root]
    # Links to folders are followed, as the sources' parsers follow them.
    below = (Path(folder, name) for folder, _, names in os.walk(root, followlinks=True) for name in names)
    found = [path for path in below if path.is_file() and not _passed_over(path.relative_to(root).parts)]
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def _passed_over(parts: Iterable[str]) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in parts)
