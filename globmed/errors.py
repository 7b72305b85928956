"""The error that a user can cause and correct, and its message for an unknown name."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

#: At most so many characters of the user's input are quoted.
LONGEST = 100


class UserError(Exception):
    """Something the user gave is wrong: the command line prints it on one line and exits with code 2.

    The message names the file, row or field, what was found, what was expected and the next step.
    """


def unknown(what: str, given: object, known: Iterable[str], also: Mapping[str, str] | None = None) -> UserError:
    """Return the error for an unknown name; it lists the known ones and suggests the nearest.

    Args:
        what: what the name denotes, or the option that it was given to.
        given: the name.
        known: the known names, in the order in which they are listed.
        also: aliases of known names, which are also searched for the nearest.
    """
    names = list(known)
    listed = ", ".join(names) or "none"
    return UserError(f"unknown {what} {str(given)[:LONGEST]!r}; known: {listed}{did_you_mean(given, names, also)}")


def did_you_mean(given: object, known: Iterable[str], also: Mapping[str, str] | None = None) -> str:
    """Return ``"; did you mean X?"`` if a known name is similar, else an empty text.

    Similarity is that of `difflib.get_close_matches`, regardless of case.
    """
    names = {name.casefold(): meant for name, meant in (also or {}).items()}
    names |= {name.casefold(): name for name in known}
    near = get_close_matches(str(given)[:LONGEST].casefold(), names, n=1)
    return f"; did you mean {names[near[0]]}?" if near else ""
