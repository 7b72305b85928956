"""Read zip archives where they lie: nothing is extracted, and a name that leads elsewhere is refused."""

import re
import stat
import zipfile
from collections import Counter
from pathlib import Path

from globmed.errors import UserError

#: No source unpacks to more; a small file that says it does is made to fill a disk or the memory.
LARGEST = 4 << 30
_LEADS_ELSEWHERE = re.compile(r"/|[A-Za-z]:|.*\\|(?:.*/)?\.\.(?:/|$)|.*[\x00-\x1f]", re.DOTALL)
_ENCRYPTED = 0x1


def members(archive: Path) -> list[str]:
    """Return the paths of an archive's files, sorted; hidden ones and those of the archiver are left out.

    Raises:
        UserError: it is no zip file, or a member has a path that leads elsewhere, is a link, is encrypted, stands
            twice or is too large.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError) as error:
        raise UserError(f"{archive}: not a zip archive ({error}): download the file again") from None
    names = Counter(entry.filename for entry in entries)
    for entry in entries:
        if problem := _problem(entry, names):
            shown = entry.filename[:80].encode("unicode_escape").decode("ascii")
            raise UserError(f"{archive}: {shown!r}: {problem}: take the archive from the publisher")
    if sum(entry.file_size for entry in entries) > LARGEST:
        raise UserError(f"{archive}: unpacks to more than {LARGEST >> 30} GiB: take the archive from the publisher")
    return sorted(name for name in names if not any(_is_hidden(part) for part in name.split("/")))


def read_member(archive: Path, name: str) -> bytes:
    """Return the content of one file of an archive.

    Raises:
        UserError: it is damaged.
    """
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(name) as member:
            content = member.read(LARGEST)
    except Exception as error:  # zlib and lzma have errors of their own, with no base but Exception
        raise UserError(f"{archive}: {name}: damaged ({error}): download the archive again") from None
    return content


def _problem(entry: zipfile.ZipInfo, names: Counter[str]) -> str:
    if _LEADS_ELSEWHERE.match(entry.orig_filename):
        return "a path that leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link, expected a file"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted, expected a file that can be read"
    return "stands twice" if names[entry.filename] > 1 else ""


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part == "__MACOSX"
