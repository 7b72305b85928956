"""Discover modules, so that adding one only takes a file."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType


def modules_below(package: str, folders: Iterable[str]) -> Iterator[ModuleType]:
    """Import every module below a package and yield them by their names.

    Args:
        package: its name.
        folders: its ``__path__``.
    """
    for name in sorted(each.name for each in walk_packages(folders, f"{package}.") if not each.ispkg):
        yield import_module(name)
