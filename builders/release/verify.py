"""Prove what a copy of a version holds: files against the manifest, rows against the schema, tag against commit."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from builders.release.diff.copy import open_folder
from builders.release.hub.repository import DATASET, HubRepository
from globmed.cli.console import track
from globmed.errors import UserError
from globmed.schema import SPLITS
from globmed.storage.files import files_below, sha256
from globmed.versions.numbers import Version, is_commit
from globmed.versions.published import MANIFEST
from validation.facts.structure import find_structure_faults

#: Files that a client or the Hub adds.
BESIDE = (MANIFEST, ".gitattributes")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: a file, a tag or a row."""

    where: str
    found: str
    expected: str


def verify(name: str, repository: HubRepository) -> list[Fault]:
    """What is wrong with a folder, or with a version (number, tag or commit) on the repository's Hub; nothing if whole.

    Raises:
        UserError: there is no such version, or a folder without a manifest.
    """
    if Path(name).is_dir():
        return verify_folder(Path(name))
    tags = repository.tags()
    version = None if is_commit(name) else Version.parse(name)
    commit = name if version is None else tags.get(version)
    if commit is None:
        known = ", ".join(map(str, sorted(tags))) or "none"
        raise UserError(f"{repository.name} has no version {name} and there is no such folder; it has {known}")
    with tempfile.TemporaryDirectory(prefix="globmed-") as place:
        folder = Path(place)
        repository.api.snapshot_download(repository.name, repo_type=DATASET, revision=commit, local_dir=folder)
        stated = open_folder(folder).manifest["version"]
        wrong_tag = version is not None and Version.parse(stated) != version
        moved = [Fault(f"tag {name}", f"a manifest of {stated} at {commit}", f"version {version}")] if wrong_tag else []
        return moved + verify_folder(folder)


def verify_folder(folder: Path) -> list[Fault]:
    """The same of a folder: a candidate, or what was downloaded of a version.

    Raises:
        UserError: it has no manifest.
    """
    manifest = open_folder(folder).manifest
    broken = list(_file_faults(folder, manifest))
    if broken:
        return broken
    return [*_count_faults(folder, manifest), *_order_faults(folder), *_row_faults(folder), *_licence_faults(manifest)]


def _file_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    there = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    files: Mapping[str, Mapping[str, Any]] = manifest["files"]
    for path in sorted(there.keys() - files.keys() - set(BESIDE)):
        yield Fault(path, "a file", f"none: {MANIFEST} does not name it")
    total = sum(path.stat().st_size for path in there.values())
    for path, entry in track(files.items(), "hash", total, lambda item: int(item[1]["size"])):
        if path not in there:
            yield Fault(path, "no file", "the one that the manifest names")
        elif (size := there[path].stat().st_size) != entry["size"]:
            yield Fault(path, f"{size} bytes", f"{entry['size']} bytes")
        elif (digest := sha256(there[path])) != entry["sha256"]:
            yield Fault(path, f"SHA-256 {digest}", f"SHA-256 {entry['sha256']}")


def _count_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Rows by file and by config and split, as the manifest has them."""
    totals: dict[tuple[str, str], int] = {}
    for path in sorted(folder.glob("data/*/*.parquet")):
        rows, name = pq.read_metadata(path).num_rows, path.relative_to(folder).as_posix()
        key = (path.parent.name, path.name.partition("-")[0])
        totals[key] = totals.get(key, 0) + rows
        if rows != manifest["files"][name].get("rows"):
            yield Fault(name, f"{rows} rows", f"{manifest['files'][name].get('rows')} rows")
    stated = {(config, split): rows for config, splits in manifest["configs"].items() for split, rows in splits.items()}
    for config, split in sorted(totals.keys() | stated.keys()):
        found, expected = totals.get((config, split), 0), stated.get((config, split), 0)
        if found != expected:
            yield Fault(f"{config}/{split}", f"{found} rows", f"{expected} rows")


def _order_faults(folder: Path) -> Iterator[Fault]:
    """Rows sorted by id in every split, each once."""
    for config in sorted((folder / "data").iterdir()):
        for split in SPLITS:
            files = sorted(config.glob(f"{split}-*.parquet"))
            ids = (
                pl.concat([pl.read_parquet(path, columns=["id"], glob=False) for path in files])["id"]
                if files
                else pl.Series([])
            )
            out_of_order = ids.filter((ids <= ids.shift()).fill_null(False)) if files else ids
            for row in out_of_order.head(1):
                yield Fault(f"{config.name}/{split}", f"id {row} after a larger or the same one", "rows sorted by id")


def _row_faults(folder: Path) -> Iterator[Fault]:
    for fault in find_structure_faults(folder / "data").iter_rows(named=True):
        yield Fault(
            f"{fault['config']}, id {fault['id']}",
            str(fault["detail"]),
            f"rows without a {fault['suite']}/{fault['check']} fault",
        )


def _licence_faults(manifest: Mapping[str, Any]) -> Iterator[Fault]:
    for source in manifest["sources"]:
        if f"LICENSES/{source}.md" not in manifest["files"]:
            yield Fault(f"LICENSES/{source}.md", "no file", f"the licence of {source}, whose rows are here")


def to_json(name: str, faults: list[Fault]) -> str:
    """As a script reads it."""
    found = [{"where": fault.where, "found": fault.found, "expected": fault.expected} for fault in faults]
    return json.dumps({"copy": name, "whole": not faults, "faults": found})
