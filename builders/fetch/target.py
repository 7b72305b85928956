"""The targets of a fetch: folders of sources, each with the place of its files."""

from collections.abc import Sequence
from dataclasses import dataclass

from builders.sources import SOURCES, source
from builders.sources.places import Place
from builders.sources.source import Source
from globmed.errors import UserError


@dataclass(frozen=True, slots=True)
class Target:
    """The sources that share one folder, and therefore one place."""

    folder: str
    place: Place
    sources: tuple[Source, ...]

    @property
    def names(self) -> str:
        """The names of the sources, for people."""
        return ", ".join(each.name for each in self.sources)


def targets(names: Sequence[str] = ()) -> list[Target]:
    """Return the targets of the given names, all by default, in the order of the registry.

    Args:
        names: of sources, or of folders that several share.

    Raises:
        UserError: an unknown name, or a source that names no place.
    """
    every = SOURCES.values()
    chosen = {
        folder: None
        for name in names
        for folder in ([name] if name in {each.folder for each in every} else [source(name).folder])
    }
    folders = [each.folder for each in every if each.folder in chosen] if names else []
    folders = folders or [each.folder for each in every if each.place is not None]
    return [_target(folder) for folder in dict.fromkeys(folders)]


def _target(folder: str) -> Target:
    sources = tuple(each for each in SOURCES.values() if each.folder == folder)
    (place,) = {each.place for each in sources}
    if place is None:
        raise UserError(f"{folder} has no `place` to fetch from: put its files in a folder of that name yourself")
    return Target(folder, place, sources)
