"""Where a source's files are published, and at which revision."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    """The one place with all files of a source; their hashes and sizes are in ``lock.toml``.

    Attributes:
        kind: a dataset repository on the Hub, a Git repository, one file at a URL, or files that are handed out on
            request.
        address: ``owner/name`` on the Hub, else an https address; for ``hand``, where to request them.
        revision: full commit hash; None: the newest at the first fetch, which the lock file records.
        files: patterns (`fnmatch`) of the paths to take; for ``web``, the name of the one file.
        below: prefix that is removed from the paths in the source's folder.
        members: patterns of the paths to take from the files, which are zip archives; empty if they are none.
        terms: for ``hand``, the steps to get the files, as the end of a sentence.
    """

    kind: Literal["hub", "git", "web", "hand"]
    address: str
    revision: str | None = None
    files: tuple[str, ...] = ()
    below: str = ""
    members: tuple[str, ...] = ()
    terms: str = ""

    def wants(self, path: str) -> bool:
        """Return whether a path at the place is one of the files to take."""
        return path.startswith(self.below) and any(fnmatchcase(path, pattern) for pattern in self.files)

    def wants_member(self, path: str) -> bool:
        """Return whether to extract a file of an archive; hidden files and the archiver's own are never extracted."""
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))
        return not hidden and any(fnmatchcase(path, pattern) for pattern in self.members)
