"""Read a package's archive, which is untrusted: every entry is checked before a byte is written.

An ``.argosmodel`` is a zip with one top-level folder that holds ``metadata.json``.
"""

import json
import re
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

CODE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
VERSION = re.compile(r"[0-9][0-9A-Za-z]*(?:[.+-][0-9A-Za-z]+)*")
PLAIN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
METADATA = "metadata.json"
METADATA_BYTES = 1 << 20
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
    """Limits on unpacking an archive; weights hardly compress, so a high ratio indicates a bomb."""

    files: int = 10_000
    bytes: int = 16 << 30
    ratio: int = 200


class Stated(NamedTuple):
    """The metadata that an archive states."""

    source: str
    target: str
    version: str

    @property
    def folder(self) -> str:
        """The name of the folder that it is installed in."""
        return f"{self.source}_{self.target}-{self.version}"


LIMITS = Limits()


#: Other formats that are often saved under an archive's name, by their first bytes.
OTHER_KINDS = {b"<": "a web page", b"version https://git-lfs": "a pointer of Git LFS", b"PK": "a zip that is damaged"}


def unpack(archive: Path, folder: Path, limits: Limits = LIMITS, *, name: str = "") -> Stated:
    """Write the contents of the archive's top-level folder into ``folder``, a new one.

    Args:
        archive: the file.
        folder: must not exist yet.
        limits: the limits on what is unpacked.
        name: the archive's name in errors; its path by default.

    Raises:
        UserError: not a zip, not a package, or a harmful entry; then nothing is written.
    """
    name = name or str(archive)
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
            top = _checked(name, entries, limits)
            stated = read_statement(f"{name}, {top}", _metadata(zipped, top))
            _write(zipped, entries, folder)
    except UNSOUND as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UserError(f"{name}: {_kind(archive)}, not a sound zip ({error}); download it again") from error
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UserError(f"{name}: cannot be unpacked ({error}); check permissions and the disk") from error
    return stated


def read_statement(place: str, metadata: bytes) -> Stated:
    """Return the contents of a ``metadata.json``, checked to be safe in a folder's name; ``place`` is its location.

    Raises:
        UserError: it is not that of a translation package.
    """
    try:
        fields = json.loads(metadata)
        stated = Stated(fields["from_code"], fields["to_code"], fields["package_version"])
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise UserError(
            f"{place}: no metadata.json with from_code, to_code and package_version ({error}); "
            "expected a translation package"
        ) from error
    codes_fit = all(isinstance(code, str) and CODE.fullmatch(code) for code in stated[:2])
    if not codes_fit or not isinstance(stated.version, str) or not VERSION.fullmatch(stated.version):
        raise UserError(f"{place}: metadata.json states {tuple(stated)}, expected two tags and a version")
    return stated


def _kind(archive: Path) -> str:
    """Describe a file that is not a valid zip by its first bytes."""
    with archive.open("rb") as file:
        start = file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n")
    known = (kind for sign, kind in OTHER_KINDS.items() if start.startswith(sign))
    return next(known, "something else" if start else "empty")


def _checked(name: str, entries: Sequence[zipfile.ZipInfo], limits: Limits) -> str:
    """Check that all entries are harmless, and return their one top-level folder."""
    for entry in entries:
        if problem := _problem(entry):
            raise UserError(f"{name}, entry {entry.filename!r}: {problem}; don't use this archive")
    problem = _too_much(entries, limits) or _clash(entries)
    tops = sorted({_parts(entry)[0] for entry in entries})
    if not problem and len(tops) != 1:
        problem = f"{len(tops)} top-level names {tops[:5]}, expected one folder"
    if problem:
        raise UserError(f"{name}: {problem}; expected one package as Argos Translate makes them")
    return tops[0]


def _problem(entry: zipfile.ZipInfo) -> str | None:
    """Return what is wrong with one entry; None if it is harmless."""
    # The name as stored in the archive: zipfile has already truncated the other one at a NUL.
    name = entry.orig_filename
    mode = entry.external_attr >> 16
    parts = name.removesuffix("/").split("/")
    if "\\" in name or ":" in name or any(unicodedata.category(char) == "Cc" for char in name):
        return "a character in its name that no package needs"
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
    if unpacked > METADATA_BYTES and unpacked > limits.ratio * packed:
        return f"{packed:,} bytes that unpack to {unpacked:,}"
    return None


def _clash(entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """Describe two entries that some file system would give one name, or a file that is also a folder; None if none."""
    paths = [tuple(_folded(part) for part in _parts(entry)) for entry in entries]
    if len(set(paths)) != len(paths):
        return "two entries of one name"
    files = {path for path, entry in zip(paths, entries, strict=True) if not entry.is_dir()}
    if any(path[:length] in files for path in paths for length in range(1, len(path))):
        return "an entry that is a file and a folder"
    return None


def _folded(part: str) -> str:
    return unicodedata.normalize("NFC", part).casefold()


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    return PurePosixPath(entry.filename).parts


def _metadata(zipped: zipfile.ZipFile, top: str) -> bytes:
    """Return the text of ``metadata.json``; empty if there is none."""
    try:
        with zipped.open(f"{top}/{METADATA}") as file:
            return file.read(METADATA_BYTES)
    except KeyError:
        return b""


def _write(zipped: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], folder: Path) -> None:
    folder.mkdir(parents=True)
    for entry in entries:
        path = folder.joinpath(*_parts(entry)[1:])
        if entry.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        # zipfile returns at most the size that the entry states, and checks its CRC at the end.
        with zipped.open(entry) as source, path.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
