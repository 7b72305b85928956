"""Validation of names: repositories, references and paths. Anything doubtful is refused."""

import re
import unicodedata

from globmed.hub.errors import HubError

_REPOSITORY = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?/[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
)
#: The first parts of the server's own addresses.
_RESERVED = frozenset({"api", "datasets", "lfs", "models", "spaces"})
#: git-check-ref-format(1), restricted to ordinary characters.
_REFERENCE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._/-]{0,198}[A-Za-z0-9_-])?")
MAX_PATH_BYTES = 1_000
#: Unicode categories that are invisible in a name or change its direction: controls, formats, surrogates, private use,
#: unassigned, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def check_repository(name: str) -> str:
    """Return a repository's ``owner/name``; 422 for anything else."""
    reserved = name.partition("/")[0].lower() in _RESERVED
    if reserved or not _REPOSITORY.fullmatch(name) or ".." in name or "--" in name or name.endswith((".git", ".ipynb")):
        raise HubError(422, f"Invalid repository name {name!r}: expected owner/name of letters, digits, '-', '_', '.'")
    return name


def check_reference(name: str) -> str:
    """Return a branch or tag name; 422 for anything else: HEAD, ``refs/...``, what looks like a commit."""
    taken = name.startswith("refs/") or name == "HEAD" or re.fullmatch(r"[0-9a-f]{40}", name)
    if (
        not _REFERENCE.fullmatch(name)
        or ".." in name
        or "//" in name
        or "/." in name
        or name.endswith(".lock")
        or taken
    ):
        raise HubError(422, f"Invalid reference name {name!r}")
    return name


def check_path(path: str) -> str:
    """Return a file's path in a repository; 422 for one that could lead elsewhere or that looks like another.

    Refused: absolute, ``..``, ``.`` and empty parts, backslashes, drive letters, ``.git``, parts that end with a dot or
    a space, hidden characters, and text that is not in Unicode NFC.
    """
    parts = path.split("/")
    bad = (
        not path
        or len(path.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES
        or any(part in ("", ".", "..") or part.casefold() == ".git" or part != part.rstrip(". ") for part in parts)
        or "\\" in path
        or re.match(r"[A-Za-z]:", path)
        or any(unicodedata.category(character) in _HIDDEN for character in path)
        or unicodedata.normalize("NFC", path) != path
    )
    if bad:
        raise HubError(
            422, f"Invalid path {path!r}: expected a relative path in NFC without '.', '..' or hidden characters"
        )
    return path
