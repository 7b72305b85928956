"""The sources: one module each, with its descriptor and its parser; every module in these folders is found."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from builders.sources.source import Source
from globmed.errors import UserError, unknown
from globmed.storage.modules import modules_below

#: The descriptors of every module below this package, by the names of the modules.
SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        each.name: each
        for module in modules_below(__name__, __path__)
        for each in vars(module).values()
        if isinstance(each, Source)
    }
)


def source(name: str) -> Source:
    """Return the source of a name.

    Raises:
        UserError: no such source; the message names the known ones.
    """
    if name not in SOURCES:
        raise unknown("source", name, SOURCES)
    return SOURCES[name]


def sources_in(folder: Path) -> tuple[Source, ...]:
    """Return the sources that have a subfolder in a folder, in the order of the registry.

    Raises:
        UserError: the folder is missing, or has none of them.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder, expected one with a sub-folder per source: correct the path")
    found = tuple(source for source in SOURCES.values() if (folder / source.folder).is_dir())
    if not found:
        expected = ", ".join(dict.fromkeys(source.folder for source in SOURCES.values()))
        raise UserError(f"{folder} contains no source, expected sub-folders of {expected}: correct the path")
    return found


def told_twice(names: Collection[str]) -> list[str]:
    """Return a line for every one of some sources whose records another one has too."""
    return [
        f"{name}: {other} has the same records, so that no version has both; here every item is in both"
        for name in names
        if (other := source(name).same_records_as) in names
    ]
