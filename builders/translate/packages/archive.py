"""Read a package's archive, which is untrusted: every entry is checked before a byte is written.

An ``.argosmodel`` is a zip with one top-level folder that holds ``metadata.json``.
"""

import json
import re
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from globmed.errors import UserError
from globmed.storage.zips import UNSOUND, Limits, check_entries, kind, parts, write_entry

CODE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
VERSION = re.compile(r"[0-9][0-9A-Za-z]*(?:[.+-][0-9A-Za-z]+)*")
METADATA = "metadata.json"
METADATA_BYTES = 1 << 20


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
        raise UserError(f"{name}: {kind(archive)}, not a sound zip ({error}); download it again") from error
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


def _checked(name: str, entries: Sequence[zipfile.ZipInfo], limits: Limits) -> str:
    """Check that all entries are harmless, and return their one top-level folder."""
    check_entries(name, entries, limits, "; expected one package as Argos Translate makes them")
    tops = sorted({parts(entry)[0] for entry in entries})
    if len(tops) != 1:
        raise UserError(
            f"{name}: {len(tops)} top-level names {tops[:5]}, expected one folder; expected one package as Argos "
            "Translate makes them"
        )
    return tops[0]


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
        write_entry(zipped, entry, folder.joinpath(*parts(entry)[1:]))
