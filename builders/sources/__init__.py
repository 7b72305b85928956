"""The sources: one module each, with its descriptor and its parser; every module in these folders is found."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import MappingProxyType

from builders.sources.source import Source
from globmed.errors import UserError


def _find() -> Iterator[Source]:
    """Yield the descriptors of every module below this package, by the names of the modules."""
    for module in sorted(each.name for each in walk_packages(__path__, f"{__name__}.") if not each.ispkg):
        yield from (each for each in vars(import_module(module)).values() if isinstance(each, Source))


SOURCES: Mapping[str, Source] = MappingProxyType({source.name: source for source in _find()})


def source(name: str) -> Source:
    """The source of a name.

    Raises:
        UserError: no such source; the message names the known ones.
    """
    if name not in SOURCES:
        raise UserError(f"unknown source {name!r}; known: {', '.join(SOURCES)}")
    return SOURCES[name]


def sources_in(folder: Path) -> tuple[Source, ...]:
    """The sources that have a sub-folder below a folder, in the order of the registry.

    Raises:
        UserError: the folder is missing, or has none of them.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder, expected one with a sub-folder a source: mend the path")
    found = tuple(source for source in SOURCES.values() if (folder / source.folder).is_dir())
    if not found:
        expected = ", ".join(dict.fromkeys(source.folder for source in SOURCES.values()))
        raise UserError(f"{folder}: no source is there, expected sub-folders of {expected}: mend the path")
    return found
