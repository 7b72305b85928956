"""Withdraw a version with a warning, or roll back to an earlier one. A tag never moves."""

import json
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from builders.release.candidate import as_json
from builders.release.diff.copy import open_folder
from builders.release.hub.publish import publish
from builders.release.hub.repository import HubRepository, open_repository
from builders.release.loading_back.dataset import dataset_clients, load_back
from cards.yanked import with_warning
from globmed.cli.console import do_step
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST, FileEntry
from globmed.records.record import changed, write_record
from globmed.storage.files import sha256, write_text
from globmed.versions.client import DATASET, HubAccess
from globmed.versions.envelope import ENVELOPE, Signer
from globmed.versions.numbers import Version, no_version
from globmed.versions.published import YANKED
from globmed.versions.statement import STATEMENT, write_statement

CARD = "README.md"
LONGEST_REASON = 300


def yank(name: str, version: Version, why: str, access: HubAccess, signer: Signer | None = None) -> str:
    """Withdraw a version: it can still be loaded by its tag, and main warns everywhere against its use.

    Main's statement of provenance is written anew, since its card changes; without a signer, it is not signed.

    Returns:
        Main's commit.

    Raises:
        UserError: no such version, or a reason that is empty, too long or has several lines; as `open_repository`.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    _check_reason(why)
    with open_repository(name, access) as repository:
        head = _head_with(repository, version)
        yanked = _yanked(repository, head)
        if yanked.get(str(version)) == why:
            return head
        with tempfile.TemporaryDirectory(prefix="globmed-") as place:
            folder = Path(place)
            there = {path: repository.text(head, path) for path in (CARD, MANIFEST, STATEMENT, ENVELOPE)}
            for path, text in there.items():
                if text is not None:
                    write_text(folder / path, text)
            _tell(folder, {**yanked, str(version): why}, signer)
            left = [path for path in there if there[path] is not None and not (folder / path).is_file()]
            written = [path for path in (*there, YANKED) if (folder / path).is_file()]
            made = repository.api.create_commit(
                name,
                [*(CommitOperationAdd(path, folder / path) for path in written), *map(CommitOperationDelete, left)],
                commit_message=f"Withdraw {version}",
                commit_description=why,
                repo_type=DATASET,
                parent_commit=head,
            )
        return str(made.oid)


def rollback(name: str, version: Version, why: str, access: HubAccess, signer: Signer | None = None) -> str:
    """Restore the contents of an earlier (or later) tagged version on main, loaded back and compared like a release.

    Returns:
        Main's commit.

    Raises:
        UserError: as `yank`; main is that version already; as `builders.release.hub.publish.publish`.
    """
    _check_reason(why)
    with open_repository(name, access) as repository:
        head = _head_with(repository, version)
        current = repository.version(head)
        if current == version:
            raise UserError(f"{name}: main is {version} already; nothing was changed")
        with tempfile.TemporaryDirectory(prefix="globmed-") as place:
            folder = Path(place)
            do_step("download", lambda: _download(repository, version, folder))
            _tell(folder, _yanked(repository, head), signer)
            with dataset_clients(repository, folder) as clients:
                compare = partial(load_back, repository, folder, None, clients)
                return publish(repository, folder, f"Roll back to {version}", compare, head, why)


def _download(repository: HubRepository, version: Version, folder: Path) -> None:
    """Download a version's files and verify each against its manifest."""
    repository.api.snapshot_download(repository.name, repo_type=DATASET, revision=version.tag, local_dir=folder)
    (folder / ".gitattributes").unlink(missing_ok=True)
    for path, entry in open_folder(folder).manifest.files.items():
        if not (folder / path).is_file() or sha256(folder / path) != entry.sha256:
            raise UserError(f"{repository.name} {version}: {path} is not what its manifest says: run `globmed verify`")


def _tell(folder: Path, yanked: Mapping[str, str], signer: Signer | None) -> None:
    """Record the withdrawn versions in a dataset folder: their list, the card's warning, hashes, and the statement."""
    before = sha256(folder / MANIFEST)
    if yanked:
        write_text(folder / YANKED, as_json(dict(yanked)))
    else:
        (folder / YANKED).unlink(missing_ok=True)
    write_text(folder / CARD, with_warning((folder / CARD).read_text("utf-8"), yanked))
    manifest = open_folder(folder).manifest
    files = {path: entry for path, entry in manifest.files.items() if path != YANKED}
    files |= {path: FileEntry.of(folder / path) for path in (CARD, YANKED) if (folder / path).is_file()}
    write_record(folder / MANIFEST, changed(manifest, files=files), sort_keys=True)
    if (folder / STATEMENT).is_file() and sha256(folder / MANIFEST) != before:
        write_statement(folder, signer)


def _head_with(repository: HubRepository, version: Version) -> str:
    head, tags = repository.head(), repository.tags()
    if head is None or version not in tags:
        raise no_version(repository.name, version, tags)
    return head


def _yanked(repository: HubRepository, commit: str) -> dict[str, str]:
    return dict(json.loads(repository.text(commit, YANKED) or "{}"))


def _check_reason(why: str) -> None:
    if not why.strip() or len(why) > LONGEST_REASON or not why.isprintable():
        raise UserError(f"--why {why[:40]!r}: expected one line of 1 to {LONGEST_REASON} characters: give the reason")
