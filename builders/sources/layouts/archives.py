"""Read zip archives where they lie: nothing is extracted, and every entry is checked first."""

import zipfile
from pathlib import Path

from globmed.errors import UserError
from globmed.storage.zips import UNSOUND, Limits, check_entries

#: No source unpacks to more; a small file that claims to is meant to fill the disk or the memory.
LIMITS = Limits(bytes=4 << 30)


def members(archive: Path, limits: Limits = LIMITS) -> list[str]:
    """Return the paths of an archive's files, sorted; hidden ones and those of the archiver are left out.

    Raises:
        UserError: it is not a zip file, or has an unsafe entry.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
    except (*UNSOUND, OSError) as error:
        raise UserError(f"{archive}: not a zip archive ({error}): download the file again") from None
    check_entries(str(archive), entries, limits, ": take the archive from the publisher")
    names = [entry.filename for entry in entries if not entry.is_dir()]
    return sorted(name for name in names if not any(_is_hidden(part) for part in name.split("/")))


def read_member(archive: Path, name: str) -> bytes:
    """Return the content of one file of an archive whose entries were checked.

    Raises:
        UserError: it is damaged.
    """
    try:
        # zipfile returns at most the size that the entry states, and checks its CRC at the end.
        with zipfile.ZipFile(archive) as opened:
            return opened.read(name)
    except (*UNSOUND, OSError) as error:
        raise UserError(f"{archive}: {name}: damaged ({error}): download the archive again") from None


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part == "__MACOSX"
