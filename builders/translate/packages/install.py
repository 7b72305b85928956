"""Install a package from a file, or from an index in Argos Translate's format.

The index is ``index.json``: a list of packages' metadata with ``links`` to their archives
(https://github.com/argosopentech/argospm-index). Argos Translate's own reader creates folders in the home directory
when it is imported, so the index is read here.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from builders.translate.packages.archive import LIMITS, METADATA, Stated, read_statement, unpack
from builders.translate.packages.package import Package, pair_named, read_package, version_key
from globmed.errors import UserError, did_you_mean
from globmed.languages.tags import split_pair, standard_tag
from globmed.storage.files import files_below, remove, sha256, unfinished

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
INDEX_BYTES = 32 << 20
TIMEOUT_SECONDS = 60


def install(
    what: str, folder: Path, index: str | None = None, *, expected: str | None = None, replace: bool = False
) -> Package:
    """Install a package by its file, by the folder that it was unpacked into, or by its pair from an index.

    A path is never looked up in an index. A name is a path if a file or folder of that name exists and no index is
    given, or if it cannot be a pair.

    Args:
        what: ``en-sw.zip``, ``unpacked/en_sw``, or a pair: ``en-sw``, ``translate-en_sw``.
        folder: a folder of packages only: Argos Translate takes every entry for one.
        index: address or file of an index; that of Argos Translate by default.
        expected: the required SHA-256 of the archive.
        replace: replace another package of that name and version.

    Raises:
        UserError: nothing is there, or it is not a package; another package of that name and version is installed.
    """
    path, pair = Path(what), pair_named(what)
    if pair is not None and (index is not None or not path.exists()):
        return install_from_index(pair, folder, index or INDEX, expected=expected, replace=replace)
    if path.is_dir():
        return install_folder(path, folder, expected=expected, replace=replace)
    if "://" in what:
        raise UserError(f"{what}: an address, expected a file, a folder or a pair; download it and name the file")
    return install_archive(path, folder, expected=expected, replace=replace)


def install_archive(archive: Path, folder: Path, *, expected: str | None = None, replace: bool = False) -> Package:
    """Unpack an archive, whatever its extension, beside ``folder`` and rename it into it.

    Raises:
        UserError: not the expected file, a damaged or harmful archive, or another package of that name and version is
            installed.
    """
    if not archive.is_file():
        raise UserError(
            f"{archive}: no such file or folder; expected a package's file, the folder that it was unpacked into, "
            "or a pair of an index such as en-de"
        )
    with unfinished(folder) as partial:
        place = folder / _unpacked(archive, str(archive), partial, expected).folder
        return _put(read_package(partial), place, replace=replace)


def install_folder(unpacked: Path, folder: Path, *, expected: str | None = None, replace: bool = False) -> Package:
    """Copy an unpacked package beside ``folder`` and rename it into it.

    Raises:
        UserError: not exactly one package, or another package of that name and version is installed.
    """
    if expected:
        raise UserError(f"{unpacked}: a folder, but --sha256 is that of an archive; name the archive, or leave it out")
    root = _root(unpacked)
    stated = read_statement(str(root), (root / METADATA).read_bytes())
    with unfinished(folder) as partial:
        try:
            for file in files_below(root):
                copy = partial / file.relative_to(root)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
        except OSError as error:
            raise UserError(f"{root}: cannot be copied ({error}); check permissions and the disk") from error
        return _put(read_package(partial, name=str(root)), folder / stated.folder, replace=replace)


def install_from_index(
    pair: str, folder: Path, index: str = INDEX, *, expected: str | None = None, replace: bool = False
) -> Package:
    """Install the newest package of a pair (``en-de``; ``en-zt`` is ``en-zh-Hant``) from an index, by address or file.

    The first of several links that gives a valid package is used.

    Raises:
        UserError: no package of that pair, no link that gives a valid one, or another package of that name and version
            is installed.
    """
    entry = _newest(_entries(index), pair, index)
    links = [urljoin(index, link) for link in _links(entry)]
    failures = []
    with unfinished(folder) as partial:
        for link in links:
            remove(partial)
            try:
                with _fetched(link, folder.parent) as archive:
                    place = folder / _unpacked(archive, link, partial, expected).folder
            except (OSError, HTTPException) as error:
                failures.append(f"{link}: {error}")
            except UserError as error:
                failures.append(str(error))
            else:
                return _put(read_package(partial), place, replace=replace)
    found = "; ".join(failures) or "it has no link"
    raise UserError(f"{index}: no link of {pair} gives a sound package: {found}; try later, or another index")


def targets_in_index(index: str, source: str, timeout: float = TIMEOUT_SECONDS) -> set[str]:
    """Return the tags of the languages into which an index has a package from ``source``.

    Raises:
        UserError: no such index, or one that cannot be read within ``timeout`` seconds.
    """
    pairs = map(_pair, _translators(_entries(index, timeout)))
    return {target for each, target in pairs if each == source}


def _unpacked(archive: Path, name: str, partial: Path, expected: str | None) -> Stated:
    """Write a valid package into ``partial``; errors call the archive by ``name``."""
    if expected and sha256(archive) != expected.lower():
        raise UserError(f"{name}: SHA-256 is {sha256(archive)}, expected {expected}; don't use this file")
    stated = unpack(archive, partial, name=name)
    read_package(partial, name=name)
    return stated


def _root(unpacked: Path) -> Path:
    """Return the folder with the metadata: this one, or its only entry, as in an archive."""
    roots = [path.parent for path in (unpacked / METADATA, *sorted(unpacked.glob(f"*/{METADATA}"))) if path.is_file()]
    if roots[:1] == [unpacked] or len(roots) == 1:
        return roots[0]
    found = ", ".join(root.name for root in roots) or f"no {METADATA}"
    raise UserError(
        f"{unpacked}: {found} in it, expected one unpacked package; to ask an index for a pair, give --index"
    )


def _put(package: Package, place: Path, *, replace: bool) -> Package:
    if place.exists():
        there = read_package(place)
        if there.identity == package.identity:
            return there
        if not replace:
            raise UserError(
                f"{place}: another package of that version is there ({there.identity[:12]}, this one is "
                f"{package.identity[:12]}); give --replace, or pack it as another version"
            )
        remove(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    package.path.rename(place)
    return read_package(place)


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
        near = did_you_mean(target, targets)
        raise UserError(f"{index}: no package {pair}; from {source!r} it has {known}; train or convert one{near}")
    return max(found, key=lambda entry: version_key(str(entry.get("package_version", ""))))


def _links(entry: dict[str, Any]) -> list[str]:
    """Return the links of an entry; a single one may be given without a list."""
    links = entry.get("links")
    listed = links if isinstance(links, list) else [links]
    return [link for link in listed if isinstance(link, str)]


def _translators(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry.get("type", "translate") == "translate"]


def _pair(entry: dict[str, Any]) -> tuple[str, str]:
    """Return the tags of a package's languages."""
    return standard_tag(str(entry.get("from_code"))), standard_tag(str(entry.get("to_code")))


@contextmanager
def _fetched(link: str, folder: Path) -> Iterator[Path]:
    """Yield a temporary copy of the file at a link."""
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
    """Open a file from the web or from the disk."""
    if urlsplit(address).scheme not in {"http", "https"}:
        return Path(address).open("rb")
    return urlopen(Request(address, headers={"User-Agent": "globmed"}), timeout=timeout)  # noqa: S310
