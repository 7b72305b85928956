"""The error that a user can cause and mend, and what it says of a name that is not known."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

#: Of what a user gave, so much is repeated.
LONGEST = 100


class UserError(Exception):
    """Something the user gave is wrong: the command line prints it on one line and exits with code 2.

    The message names the file, row or field, what was found, what was expected and the next step.
    """


def unknown(what: str, given: object, known: Iterable[str], also: Mapping[str, str] | None = None) -> UserError:
    """Return the error for a name that is not known: all that are, and the nearest of them.

    Args:
        what: what the name is of, or the option that it was given to.
        given: the name.
        known: those that there are, in the order in which they are listed.
        also: other names of the known ones, to find the nearest by.
    """
    names = list(known)
    listed = ", ".join(names) or "none"
    return UserError(f"unknown {what} {str(given)[:LONGEST]!r}; known: {listed}{did_you_mean(given, names, also)}")


def did_you_mean(given: object, known: Iterable[str], also: Mapping[str, str] | None = None) -> str:
    """Return ``"; did you mean X?"`` for a name near to a known one, and nothing where none is near.

    Nearness is that of `difflib.get_close_matches`, whatever the case.
    """
    names = {name.casefold(): meant for name, meant in (also or {}).items()}
    names |= {name.casefold(): name for name in known}
    near = get_close_matches(str(given)[:LONGEST].casefold(), names, n=1)
    return f"; did you mean {names[near[0]]}?" if near else ""
