"""Installing a package from a file, or from an index as Argos Translate publishes one.

The index is ``index.json``: a list of packages' metadata with ``links`` to their archives
(https://github.com/argosopentech/argospm-index). Argos Translate's own reader of it creates folders in the
home directory when imported, so it is read here.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from builders.translate.packages.archive import LIMITS, unpack
from builders.translate.packages.package import Package, read_package, version_key
from globmed.errors import UserError
from globmed.storage.files import beside, remove, sha256
from globmed.tags import split_pair, standard_tag

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
INDEX_BYTES = 32 << 20
TIMEOUT_SECONDS = 60


def install_archive(archive: Path, folder: Path, *, expected: str | None = None, replace: bool = False) -> Package:
    """Unpack an archive beside ``folder`` and rename it into it.

    Args:
        archive: An ``.argosmodel`` file.
        folder: Holds packages and nothing else: Argos Translate takes whatever is there for one.
        expected: SHA-256 that the archive must have.
        replace: Put it in the place of another package of that name and version.

    Raises:
        UserError: not the file expected, an unsound archive, or another package of that name and version.
    """
    if not archive.is_file():
        raise UserError(f"{archive}: no such file; expected an .argosmodel")
    if expected and sha256(archive) != expected.lower():
        raise UserError(f"{archive}: SHA-256 is {sha256(archive)}, expected {expected}; don't use this file")
    partial = beside(folder)
    remove(partial)
    try:
        stated = unpack(archive, partial)
        package = read_package(partial)
        _put(package, folder / stated.folder, replace=replace)
    finally:
        remove(partial)
    return read_package(folder / stated.folder)


def install_from_index(
    pair: str, folder: Path, index: str = INDEX, *, expected: str | None = None, replace: bool = False
) -> Package:
    """Install the newest package of a pair (``en-de``; ``en-zt`` is ``en-zh-Hant``) from an index, by address or file.

    Raises:
        UserError: no package of that pair, none of its links answers, or as `install_archive`.
    """
    entry = _newest(_entries(index), pair, index)
    links = [urljoin(index, link) for link in entry.get("links", []) if isinstance(link, str)]
    folder.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    for link in links:
        try:
            with _fetched(link, folder.parent) as archive:
                return install_archive(archive, folder, expected=expected, replace=replace)
        except (OSError, HTTPException) as error:
            failures.append(f"{link}: {error}")
    raise UserError(f"{index}: no link of {pair} answers ({'; '.join(failures) or 'it has none'}); try later")


def targets_in_index(index: str, source: str, timeout: float = TIMEOUT_SECONDS) -> set[str]:
    """The tags of the languages into which an index has a package from ``source``.

    Raises:
        UserError: no such index, or one that cannot be read within ``timeout`` seconds.
    """
    pairs = map(_pair, _translators(_entries(index, timeout)))
    return {target for each, target in pairs if each == source}


def _put(package: Package, place: Path, *, replace: bool) -> None:
    if place.exists():
        there = read_package(place)
        if there.identity == package.identity:
            return
        if not replace:
            raise UserError(
                f"{place}: another package of that version is there ({there.identity[:12]}, this one is "
                f"{package.identity[:12]}); give --replace, or pack it as another version"
            )
        remove(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    package.path.rename(place)


def _entries(index: str, timeout: float = TIMEOUT_SECONDS) -> list[dict[str, Any]]:
    try:
        with _opened(index, timeout) as file:
            entries = json.loads(file.read(INDEX_BYTES))
    except (OSError, HTTPException, ValueError) as error:
        found = getattr(error, "strerror", None) or error
        raise UserError(f"{index}: {found}; expected an index.json of Argos Translate") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UserError(f"{index}: expected a list of packages")
    return entries


def _newest(entries: list[dict[str, Any]], pair: str, index: str) -> dict[str, Any]:
    source, target = map(standard_tag, split_pair(pair))
    translators = _translators(entries)
    found = [entry for entry in translators if _pair(entry) == (source, target)]
    if not found:
        targets = sorted({_pair(each)[1] for each in translators if _pair(each)[0] == source})
        known = ", ".join(targets) or "nothing"
        raise UserError(f"{index}: no package {pair}; from {source!r} it has {known}; train or convert one")
    return max(found, key=lambda entry: version_key(str(entry.get("package_version", ""))))


def _translators(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry.get("type", "translate") == "translate"]


def _pair(entry: dict[str, Any]) -> tuple[str, str]:
    """The tags of the languages that a package translates between."""
    return standard_tag(str(entry.get("from_code"))), standard_tag(str(entry.get("to_code")))


@contextmanager
def _fetched(link: str, folder: Path) -> Iterator[Path]:
    """A file at a link, copied into a temporary one."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".download-", suffix=".argosmodel") as copy:
        with _opened(link) as file:
            _copy(file, copy, LIMITS.bytes, link)
        copy.flush()
        yield Path(copy.name)


def _copy(source: Any, target: Any, most: int, link: str) -> None:
    copied = 0
    while chunk := source.read(1 << 20):
        copied += len(chunk)
        if copied > most:
            raise UserError(f"{link}: more than {most:,} bytes; don't use this archive")
        target.write(chunk)


def _opened(address: str, timeout: float = TIMEOUT_SECONDS) -> Any:
    """A file to read, from the web or from the disk."""
    if urlsplit(address).scheme not in {"http", "https"}:
        return Path(address).open("rb")
    return urlopen(Request(address, headers={"User-Agent": "globmed"}), timeout=timeout)  # noqa: S310
