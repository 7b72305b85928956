"""Zip archives that may come from anywhere: every entry is checked before a byte is written."""

import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from globmed.errors import UserError

PLAIN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
#: Below this an archive is no bomb, whatever its ratio.
SMALL = 1 << 20
#: Exceptions of zipfile for an archive that is damaged or malicious.
UNSOUND = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
)


class Limits(NamedTuple):
    """Limits on unpacking an archive; neither weights nor texts compress much, so a high ratio indicates a bomb."""

    files: int = 10_000
    bytes: int = 16 << 30
    ratio: int = 200


#: Other formats that are often saved under an archive's name, by their first bytes.
OTHER_KINDS = {b"<": "a web page", b"version https://git-lfs": "a pointer of Git LFS", b"PK": "a zip that is damaged"}


def check_entries(name: str, entries: Sequence[zipfile.ZipInfo], limits: Limits, expected: str = "") -> None:
    """Refuse an archive with an entry that could do harm, or that unpacks to too much.

    Args:
        name: what errors call the archive.
        entries: all its entries.
        limits: how much may be unpacked.
        expected: the end of the error about the archive as a whole.

    Raises:
        UserError: a path that leads elsewhere, a link, an encrypted entry, two of one name, or too much.
    """
    for entry in entries:
        if problem := _problem(entry):
            raise UserError(f"{name}, entry {entry.filename[:100]!r}: {problem}; don't use this archive")
    if problem := _too_much(entries, limits) or _clash(entries):
        raise UserError(f"{name}: {problem}{expected}")


def write_entry(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Write one entry, which was checked, to a new file or to a folder."""
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # zipfile returns at most the size that the entry states, and checks its CRC at the end.
    with zipped.open(entry) as source, path.open("xb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def kind(archive: Path) -> str:
    """Describe a file that is not a valid zip by its first bytes."""
    with archive.open("rb") as file:
        start = file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n")
    known = (kind for sign, kind in OTHER_KINDS.items() if start.startswith(sign))
    return next(known, "something else" if start else "empty")


def _problem(entry: zipfile.ZipInfo) -> str | None:
    """Return what is wrong with one entry; None if it is harmless."""
    # The name as stored in the archive: zipfile has already truncated the other one at a NUL.
    name = entry.orig_filename
    mode = entry.external_attr >> 16
    parts = name.removesuffix("/").split("/")
    if "\\" in name or ":" in name or any(unicodedata.category(char) == "Cc" for char in name):
        return "a character in its name that no archive needs"
    if any(part in {"", ".", ".."} or part != part.rstrip(". ") for part in parts):
        return "a path that leads elsewhere"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "neither a file nor a folder"
    if entry.header_offset < 0:
        return "said to begin before the archive does"
    if entry.flag_bits & ENCRYPTED or entry.compress_type not in PLAIN:
        return "encrypted, or compressed otherwise than by deflate"
    return None


def _too_much(entries: Sequence[zipfile.ZipInfo], limits: Limits) -> str | None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > limits.files:
        return f"{len(entries):,} entries, more than {limits.files:,}"
    if unpacked > limits.bytes:
        return f"{unpacked:,} bytes unpacked, more than {limits.bytes:,}"
    if unpacked > SMALL and unpacked > limits.ratio * packed:
        return f"{packed:,} bytes that unpack to {unpacked:,}"
    return None


def _clash(entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """Describe two entries that some file system would give one name, or a file that is also a folder; None if none."""
    paths = [tuple(_folded(part) for part in parts(entry)) for entry in entries]
    if len(set(paths)) != len(paths):
        return "two entries of one name"
    files = {path for path, entry in zip(paths, entries, strict=True) if not entry.is_dir()}
    if any(path[:length] in files for path in paths for length in range(1, len(path))):
        return "an entry that is a file and a folder"
    return None


def _folded(part: str) -> str:
    return unicodedata.normalize("NFC", part).casefold()


def parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the parts of an entry's path."""
    return PurePosixPath(entry.filename).parts
