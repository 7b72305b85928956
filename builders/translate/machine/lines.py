"""Text files with a sentence a line, translated line by line."""

from collections.abc import Sequence
from pathlib import Path

from builders.translate.machine.engine import translate_texts
from builders.translate.packages.package import Package
from globmed.errors import UserError
from globmed.storage.files import write_text


def read_lines(path: Path) -> list[str]:
    """The lines of a file; a line ends at a line feed alone, so that other separators stay in the text.

    Raises:
        UserError: unreadable, or not UTF-8.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}), expected UTF-8 text, a sentence a line") from error
    return text.removesuffix("\n").split("\n") if text else []


def translate_lines(package: Package, lines: Sequence[str], *, threads: int, beam: int) -> list[str]:
    """The translation of each line, each distinct one translated once; an empty line stays empty."""
    distinct = list(dict.fromkeys(line for line in lines if line.strip()))
    made = dict(zip(distinct, translate_texts(package, distinct, threads=threads, beam=beam), strict=True))
    return [made.get(line, "") for line in lines]


def write_lines(lines: Sequence[str], path: Path) -> None:
    """Write a line each, whole or not at all."""
    write_text(path, "".join(f"{line}\n" for line in lines))
