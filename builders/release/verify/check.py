"""The release check: finds faults in the folder of a version before its release, and in copies of it later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from globmed.records.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and its place: a file, a tag or a row."""

    where: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class ReleaseCheck:
    """One release check.

    Attributes:
        name: its name in messages.
        find: yields the faults of a version's folder, given its manifest.
    """

    name: str
    find: Callable[[Path, Manifest], Iterator[Fault]]
