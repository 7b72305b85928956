"""Where the packages beside `globmed` are: at the root of a checkout, or in ``globmed/bundled`` of an installation.

At the top level of an installation, `builders`, `validation`, `cards` and `sql` could collide with other people's
packages. The wheel therefore holds them inside `globmed`, and only the project's own programs make them importable.
"""

import os
import sys
from pathlib import Path

from globmed.errors import UserError

#: The folder that `globmed` is in.
HOME = Path(__file__).parents[2]
BUNDLED = HOME / "globmed" / "bundled"
INSTALLED = BUNDLED.is_dir()
#: The folder of `builders`, `validation`, `cards`, `sql`, `train_recipes` and `bench_recipes`.
ROOT = BUNDLED if INSTALLED else HOME


def make_importable() -> None:
    """Let this process and its children import the packages of `ROOT`; a second call changes nothing."""
    if not INSTALLED or str(ROOT) in sys.path:
        return
    sys.path.insert(0, str(ROOT))
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([inherited] if inherited else [])])


def file_of(module: str) -> Path:
    """Return the file of a module or package of the project."""
    folder = HOME if module.partition(".")[0] == "globmed" else ROOT
    path = folder.joinpath(*module.split("."))
    package = path / "__init__.py"
    return package if package.is_file() else path.with_suffix(".py")


def require_checkout(command: str) -> None:
    """Raise a `UserError` for a command that changes the project's own files, if this is an installed package."""
    if INSTALLED:
        raise UserError(f"{command} changes the project's own files: run it in a checkout of the project")
