"""Unpack a source's archive: every entry is checked, the wanted ones are written."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from builders.fetch.upstream import MovedError
from globmed.errors import UserError
from globmed.storage.zips import UNSOUND, Limits, check_entries, kind, write_entry


def unpack(archive: Path, name: str, wanted: Callable[[str], bool], folder: Path) -> None:
    """Write the wanted files of a zip archive below a folder, by their paths in the archive.

    Args:
        archive: the file.
        name: its name in error messages.
        wanted: returns whether a path is one of them.
        folder: where to.

    Raises:
        MovedError: no file is wanted.
        UserError: not a zip file, or an unsafe entry, wanted or not.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
            check_entries(name, entries, Limits())
            chosen = [entry for entry in entries if not entry.is_dir() and wanted(entry.filename)]
            if not chosen:
                raise MovedError(f"{name}: none of its {len(entries):,} entries match: correct `place` of the source")
            for entry in chosen:
                write_entry(zipped, entry, folder / entry.filename)
    except UNSOUND as error:
        raise UserError(f"{name}: {kind(archive)}, not a sound zip ({error}); fetch it again") from error
