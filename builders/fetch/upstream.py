"""The interface of every kind of place: list its files at a revision, and get each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from builders.sources.places import Place
from globmed.errors import UserError

#: Called with the number of bytes that have come.
Advance = Callable[[int], object]


class TermsError(UserError):
    """The files are given only to those who accept their terms; the message says where."""


class NoRevisionError(UserError):
    """A place does not have the revision."""


class MovedError(UserError):
    """A place no longer has the files where they were."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A place at one revision.

    Attributes:
        revision: full commit hash; None where there are no revisions.
        licence: as stated by the place; None if it states none.
        files: size in bytes by path, of the wanted files; None if the place does not state sizes.
    """

    revision: str | None
    licence: str | None
    files: Mapping[str, int | None]

    @property
    def size(self) -> int | None:
        """The bytes of all files; None if one is not known."""
        sizes = list(self.files.values())
        return None if None in sizes else sum(size for size in sizes if size is not None)


@dataclass(frozen=True, slots=True)
class Got:
    """A file that is on this machine, and whether the user's cache already had it."""

    path: Path
    cached: bool


class Upstream(Protocol):
    """One kind of place. What its clients raise for a Hub or a network, `globmed.versions.faults` tells in a line."""

    def look(self, place: Place, revision: str | None, work: Path) -> Listing:
        """List a place at a revision, the newest by default, without its files.

        Args:
            place: where to look.
            revision: full commit hash.
            work: a persistent folder for incomplete downloads.

        Raises:
            NoRevisionError: it has no such revision.
            TermsError: its terms have to be accepted first.
            MovedError: it has none of the files.
            UserError: it cannot be reached.
        """

    def get(self, place: Place, revision: str | None, path: str, work: Path, advance: Advance) -> Got:
        """Bring one file of a revision that was listed; raises as `look` does."""


def sound_path(where: str, path: str) -> str:
    """Return a path that a place lists, if it stays in the folder that it is written to.

    Raises:
        UserError: it does not.
    """
    if any(part.startswith(".") or not part for part in path.split("/")) or "\\" in path or ":" in path:
        raise UserError(f"{where} lists a file {path[:100]!r}, a path that leads elsewhere: nothing of it was taken")
    return path


def none_wanted(where: str, place: Place) -> MovedError:
    """Return the error for a place that has none of the files."""
    return MovedError(
        f"{where} has no {' or '.join(place.files)}: the publisher moved its files; correct `place` of the source"
    )


def no_revision(where: str, revision: str | None) -> NoRevisionError:
    """Return the error for a place without a revision."""
    return NoRevisionError(
        f"{where} has no commit {revision}: of a mirror with its own commits `globmed fetch --mirror` takes the newest"
    )


def check_online(place: Place) -> None:
    """Refuse to go to the network where the user's settings forbid it.

    Raises:
        UserError: ``HF_HUB_OFFLINE`` is set.
    """
    from huggingface_hub.constants import HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        raise UserError(f"{place.address}: HF_HUB_OFFLINE is set, and not all of its files are here: unset it")
