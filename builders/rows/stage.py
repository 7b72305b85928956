"""A stage of the pipeline: skipped when nothing it depends on changed, and never half-written.

The fingerprint of a stage covers the bytes of its inputs, its parameters and the source of its code. It is kept in
``.stages/`` beside the artifact, written last: a kill at any moment leaves either the old artifact with its
fingerprint, or one that the next run makes again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from globmed.versions.published import sha256


def fingerprint(inputs: Iterable[Path], parameters: Mapping[str, object], code: Iterable[Path]) -> str:
    """SHA-256 over the contents of files and folders (by name within each), parameters and code."""
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True, default=str).encode())
    for root in (*inputs, *code):
        for path in files_below(root):
            digest.update(f"\0{path.relative_to(root.parent)}\0{sha256(path)}".encode())
    return digest.hexdigest()


def files_below(root: Path) -> list[Path]:
    """The files of a folder in a fixed order, hidden ones and caches left out; or the file itself."""
    if root.is_file():
        return [root]
    # Links to folders are followed, as the sources' parsers follow them.
    below = (Path(folder, name) for folder, _, names in os.walk(root, followlinks=True) for name in names)
    found = [path for path in below if path.is_file() and not _passed_over(path.relative_to(root))]
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def run_stage(
    artifact: Path,
    work: Callable[[Path], object],
    *,
    inputs: Iterable[Path],
    code: Iterable[Path],
    parameters: Mapping[str, object] | None = None,
) -> bool:
    """Make an artifact (a file or a folder) with ``work(temporary path)`` unless it is up to date.

    Returns:
        Whether work was done.
    """
    stamp = artifact.parent / ".stages" / f"{artifact.name}.sha256"
    current = fingerprint(inputs, parameters or {}, code)
    if artifact.exists() and stamp.is_file() and stamp.read_text("ascii") == current:
        return False
    stamp.unlink(missing_ok=True)
    temporary = artifact.with_name(f".{artifact.name}.partial")
    remove(temporary)
    temporary.parent.mkdir(parents=True, exist_ok=True)
    work(temporary)
    remove(artifact)
    temporary.rename(artifact)
    write_text(stamp, current)
    return True


def write_text(path: Path, text: str) -> None:
    """Write a text file beside its place and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as temporary:
        temporary.write_text(text, "utf-8")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A path to write to, beside a file whose place it takes at the end of the block, unless that fails."""
    temporary = path.with_name(f".{path.name}.partial")
    yield temporary
    temporary.rename(path)


def remove(path: Path) -> None:
    """Remove a file or a whole folder, if there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _passed_over(relative: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in relative.parts)
