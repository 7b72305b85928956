"""What a release check is: it finds faults in the folder of a version before it is released, and in copies later."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: a file, a tag or a row."""

    where: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class ReleaseCheck:
    """One check.

    Attributes:
        name: in messages.
        find: yields what is wrong, from the version's folder and its manifest; nothing if all is well.
    """

    name: str
    find: Callable[[Path, Mapping[str, Any]], Iterator[Fault]]
