"""What other installed packages add to the project, through entry points."""

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypeVar

from globmed.errors import UserError

Part = TypeVar("Part")
#: Files beside a module that are data of its own.
DATA = frozenset((".toml", ".json", ".yaml"))


def plugged_in(group: str, kind: type[Part]) -> dict[EntryPoint, Part]:
    """Return what the entry points of a group name, each an object of ``kind``, in the order of their names.

    Raises:
        UserError: an entry point leads to nothing, or to another kind of object.
    """
    return {entry: _loaded(entry, kind) for entry in _entries(group)}


def packages_of(group: str) -> dict[str, str]:
    """Return the version of every package that has entry points of a group, by its name."""
    return {entry.dist.name: entry.dist.version for entry in _entries(group) if entry.dist is not None}


def code_of_plugins(group: str) -> tuple[Path, ...]:
    """Return the modules and data files of the packages that the entry points of a group lead to."""
    return tuple(dict.fromkeys(file for entry in _entries(group) for file in _files(entry.module.partition(".")[0])))


def _entries(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda entry: entry.name)


def _loaded(entry: EntryPoint, kind: type[Part]) -> Part:
    called = f"{entry.dist.name if entry.dist else entry.module}: its entry point {entry.name} = {entry.value}"
    try:
        found: Any = entry.load()
    except (ImportError, AttributeError) as error:
        raise UserError(f"{called} leads to nothing ({error}): correct it there, or uninstall the package") from error
    if not isinstance(found, kind):
        raise UserError(
            f"{called} is of type {type(found).__name__}, expected {kind.__name__}: correct it there, or uninstall the "
            "package"
        )
    return found


def _files(package: str) -> Iterable[Path]:
    module = import_module(package)
    folders = [Path(folder) for folder in getattr(module, "__path__", ())]
    if not folders:
        return [Path(str(module.__file__))]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", *DATA})
