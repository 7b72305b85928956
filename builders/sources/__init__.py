"""The sources: one module each, with its descriptor and its parser; every module in these folders is found.

Other packages add sources of their own by entry points of the group `PLUGINS`.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from builders.sources.source import Source
from globmed.errors import UserError, unknown
from globmed.storage.modules import modules_below
from globmed.storage.plugins import plugged_in

PLUGINS = "globmed.sources"


class _Registry(Mapping[str, Source]):
    """The descriptors by name; found when they are first asked for, since a plug-in's module imports this package."""

    @cached_property
    def _found(self) -> dict[str, Source]:
        modules = modules_below(__name__, __path__)
        found = {each.name: each for module in modules for each in vars(module).values() if isinstance(each, Source)}
        for entry, added in plugged_in(PLUGINS, Source).items():
            if added.name in found:
                package = entry.dist.name if entry.dist else entry.module
                raise UserError(f"{package}: its source {added.name!r} has the name of another: rename or uninstall it")
            found[added.name] = added
        return found

    def __getitem__(self, name: str) -> Source:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


#: The project's own in the order of their modules, then those of other packages.
SOURCES: Mapping[str, Source] = _Registry()


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
