"""Folders that a command writes to."""

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from globmed.errors import UserError
from globmed.storage.files import replaced


def make_folder(path: Path) -> Path:
    """Create a folder with its parents, if it does not exist.

    Raises:
        UserError: something else is there, or it cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; expected a folder, or a place for one: name another") from error
    return path


def is_empty(folder: Path) -> bool:
    """Return whether a folder has nothing in it, not even what is hidden."""
    return next(folder.iterdir(), None) is None


@contextmanager
def replaced_folder(folder: Path, mark: str, *patterns: str) -> Iterator[Path]:
    """Yield a folder to write into, which replaces ``folder`` at the end of the block.

    Args:
        folder: new, empty, or an earlier one of the same kind.
        mark: the file that folders of this kind have.
        patterns: names of other files that they may have.

    Raises:
        UserError: something else is there.
    """
    check_replaceable(folder, mark, *patterns)
    with replaced(folder) as partial:
        yield make_folder(partial)


def check_replaceable(folder: Path, mark: str, *patterns: str) -> None:
    """Refuse a folder that `replaced_folder` would refuse.

    Raises:
        UserError: it holds files of another kind.
    """
    if not folder.is_dir():
        if folder.exists():
            raise UserError(f"{folder} is a file; expected a folder, or a place for one: name another")
        return
    names = sorted(path.name for path in folder.iterdir())
    others = [name for name in names if not any(fnmatchcase(name, pattern) for pattern in (mark, *patterns))]
    if others or (names and mark not in names):
        what = ", ".join(others[:3]) or f"no {mark}"
        raise UserError(f"{folder}: there already, with {what}; name a new folder")
