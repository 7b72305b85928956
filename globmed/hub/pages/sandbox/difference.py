"""The difference between two versions of a text, line by line."""

from difflib import unified_diff

from globmed.storage.lines import split_lines

#: Of a difference that is shown.
MOST_LINES = 1000
CONTEXT_LINES = 3


def lines(old: str, new: str) -> list[list[str]]:
    """Return the unified difference as lines, each its kind and its text.

    The kinds: ``place`` (of the lines that follow), ``same``, ``old``, ``new`` and, if there are too many, ``more``.
    """
    kinds = {"@": "place", " ": "same", "-": "old", "+": "new"}
    found: list[list[str]] = []
    # The first two lines are the names of the files, which are not given.
    for number, line in enumerate(unified_diff(split_lines(old), split_lines(new), n=CONTEXT_LINES, lineterm="")):
        if number >= 2:
            found.append([kinds[line[0]], line if line[0] == "@" else line[1:]])
        if len(found) == MOST_LINES:
            return [*found, ["more", "and more"]]
    return found
