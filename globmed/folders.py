"""Folders that a command writes to."""

from pathlib import Path

from globmed.errors import UserError


def make_folder(path: Path) -> Path:
    """Make a folder with those above it, if it is not there.

    Raises:
        UserError: something else stands there, or it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; expected a folder, or a place for one: name another") from error
    return path
