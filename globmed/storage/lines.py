r"""Lines of text files, ended only by ``\n``, ``\r\n`` and ``\r``.

`str.splitlines` also splits at U+2028, U+2029, NEL, VT, FF, FS, GS and RS. These occur inside texts: a line split
there shifts every number, column and translation after it.
"""

from pathlib import Path

from globmed.errors import UserError


def split_lines(text: str) -> list[str]:
    """Return the lines of a text without their ends; the end of the last line does not begin another."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def join_lines(lines: list[str]) -> str:
    r"""Return the text that `split_lines` splits into these lines; each is ended by ``\n``, and has no other end."""
    return "".join(f"{' '.join(split_lines(line))}\n" for line in lines)


def read_lines(path: Path) -> list[str]:
    """Return the lines of a UTF-8 file, with or without a byte order mark.

    Raises:
        UserError: unreadable, or not UTF-8.
    """
    try:
        return split_lines(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found = f"{error.reason} at byte {error.start}"
        raise UserError(f"{path}: {found}, expected a text file in UTF-8; convert it first") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); expected a text file in UTF-8") from error
