"""Release checks, one module each, and the verification of a copy of a version; all modules in this folder are found.

A fault blocks a release or a draft. ``globmed verify`` runs the same checks on any version, and verifies its files
against the manifest, its rows against the schema and its tag against the commit.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from builders.release.diff.copy import open_folder
from builders.release.hub.repository import HubRepository
from builders.release.verify.attestation import signature_faults
from builders.release.verify.check import Fault, ReleaseCheck
from globmed.cli.console import track
from globmed.records.manifest import MANIFEST, Manifest
from globmed.storage.files import files_below, sha256
from globmed.storage.lock import unchanged
from globmed.storage.modules import modules_below
from globmed.versions.client import DATASET
from globmed.versions.envelope import ENVELOPE
from globmed.versions.numbers import Version, is_commit
from globmed.versions.statement import STATEMENT
from validation.facts.structure import find_structure_faults

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: Files that the manifest does not name: itself, what is about it, and what a client or the Hub adds.
BESIDE = (MANIFEST, STATEMENT, ENVELOPE, ".gitattributes")
#: The release checks of every module in this folder, in the order of the modules.
CHECKS = tuple(
    each
    for module in modules_below(__name__, __path__)
    for each in vars(module).values()
    if isinstance(each, ReleaseCheck)
)


def verify(name: str, repository: HubRepository, key: "Ed25519PublicKey | None" = None) -> list[Fault]:
    """Return the faults of a folder, or of a version (number, tag or commit) on the repository's Hub.

    With a public key, its statement of provenance must be signed with that key.

    Raises:
        UserError: there is no such version, or a folder without a manifest.
    """
    if Path(name).is_dir():
        return verify_folder(Path(name), key)
    commit = repository.commit(name)
    with tempfile.TemporaryDirectory(prefix="globmed-") as place:
        folder = Path(place)
        repository.api.snapshot_download(repository.name, repo_type=DATASET, revision=commit, local_dir=folder)
        stated = open_folder(folder).manifest.number
        wrong_tag = not is_commit(name) and stated != Version.parse(name)
        moved = [Fault(f"tag {name}", f"a manifest of {stated} at {commit}", f"version {name}")] if wrong_tag else []
        return moved + verify_folder(folder, key)


def verify_folder(folder: Path, key: "Ed25519PublicKey | None" = None) -> list[Fault]:
    """Return the faults of a folder: a candidate, or a downloaded version; as `verify`.

    Raises:
        UserError: it has no manifest, or another process writes to it at the same time.
    """
    with unchanged(folder, files_below(folder)):
        manifest = open_folder(folder).manifest
        broken = list(_file_faults(folder, manifest))
        if broken:
            return broken
        signed = () if key is None else signature_faults(folder, key)
        return [*(fault for _, fault in release_faults(folder, manifest)), *signed, *_row_faults(folder)]


def release_faults(folder: Path, manifest: Manifest) -> Iterator[tuple[ReleaseCheck, Fault]]:
    """Run every release check on a folder whose files match the manifest, and yield its faults."""
    for check in CHECKS:
        for fault in check.find(folder, manifest):
            yield check, fault


def _file_faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    there = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    files = manifest.files
    for path in sorted(there.keys() - files.keys() - set(BESIDE)):
        yield Fault(path, "a file", f"none: {MANIFEST} does not name it")
    total = sum(path.stat().st_size for path in there.values())
    for path, entry in track(files.items(), "hash", total, lambda item: item[1].size):
        if path not in there:
            yield Fault(path, "no file", "the one in the manifest")
        elif (size := there[path].stat().st_size) != entry.size:
            yield Fault(path, f"{size} bytes", f"{entry.size} bytes")
        elif (digest := sha256(there[path])) != entry.sha256:
            yield Fault(path, f"SHA-256 {digest}", f"SHA-256 {entry.sha256}")


def _row_faults(folder: Path) -> Iterator[Fault]:
    for fault in find_structure_faults(folder / "data").iter_rows(named=True):
        yield Fault(
            f"{fault['config']}, id {fault['id']}",
            str(fault["detail"]),
            f"rows without a {fault['suite']}/{fault['check']} fault",
        )


def to_json(name: str, faults: list[Fault]) -> str:
    """Return the faults as JSON."""
    found = [{"where": fault.where, "found": fault.found, "expected": fault.expected} for fault in faults]
    return json.dumps({"copy": name, "whole": not faults, "faults": found})
