"""The status of a term, agreed or not, by the words of ``glossary_status.toml``.

An unknown word is an error, so that somebody decides.
"""

import re
import tomllib
from pathlib import Path

from globmed.errors import UserError

_WORDS = {
    name: frozenset(words)
    for name, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}
AGREED, NOT_AGREED = _WORDS["agreed"], _WORDS["not_agreed"]
#: Fields that say whether a term is agreed.
FIELDS = _WORDS["fields"]
#: Statuses in any other field.
ANYWHERE = _WORDS["anywhere"]
TRUE = frozenset({"", "1", "true", "yes", "y", "x"})


def is_agreed(where: str, status: str) -> bool:
    """Return whether a status means that a term is agreed.

    Args:
        where: file and row or concept, for the error.
        status: such as ``preferredTerm-admn-sts``, ``Approved`` or ``forbidden``.

    Raises:
        UserError: the word is unknown.
    """
    word = plain(status)
    if word in AGREED:
        return True
    if word not in NOT_AGREED:
        raise UserError(
            f"{where}: the status {status.strip()[:60]!r}, expected one such as approved, preferred, proposed, "
            "deprecated or forbidden; say which it is"
        )
    return False


def plain(words: str) -> str:
    """Return only the letters of a status or a field name, without TBX's prefix and suffix."""
    bare = words.casefold().strip().removeprefix("x-").removesuffix("-admn-sts")
    letters = re.sub(r"[\W_\d]+", "", bare).removesuffix("admnsts")
    return letters.removesuffix("element").removesuffix("term") or letters
