"""Version numbers and tags: Semantic Versioning 2.0 without pre-releases; the tag of ``0.1.0`` is ``v0.1.0``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from globmed.errors import UserError, did_you_mean

_VERSION = re.compile(r"v?(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A released version; ordered as Semantic Versioning has it."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read ``0.1.0`` or ``v0.1.0``.

        Raises:
            UserError: anything else, branches and pull-request refs included.
        """
        match = _VERSION.fullmatch(text)
        if match is None:
            raise UserError(f"version {text!r}: expected MAJOR.MINOR.PATCH, such as 0.1.0")
        return cls(*(int(part) for part in match.groups()))

    @property
    def tag(self) -> str:
        """The tag on the Hub."""
        return f"v{self}"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def no_version(repository: str, wanted: object, known: Iterable[Version]) -> UserError:
    """Return the error for a version that a repository does not have: those that it has, and the nearest."""
    names = [str(version) for version in sorted(known)]
    near = did_you_mean(str(wanted).removeprefix("v"), names)
    return UserError(f"{repository} has no version {wanted}; it has {', '.join(names) or 'none'}{near}")


def is_commit(revision: str) -> bool:
    """Return whether a revision is a full commit hash, the only one besides a tag that cannot move."""
    return _COMMIT.fullmatch(revision) is not None


def tagged(revision: str) -> Version | None:
    """Return the version of a tag name, or None for other names."""
    return Version.parse(revision) if _VERSION.fullmatch(revision) and revision.startswith("v") else None
