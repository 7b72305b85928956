"""Erase data permanently, tagged or not: a patient's, or those of a source whose licence was withdrawn.

A tombstone records date and reason; the server answers 410 with it, and refuses the same content in that repository.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from globmed.errors import UserError
from globmed.hub.errors import HubError
from globmed.hub.operating.folder import stored
from globmed.hub.serving.git.copies import forget
from globmed.hub.storage.blobs import Blobs
from globmed.hub.storage.store import Repository, Writer, now
from globmed.hub.storage.xet.index import Index

LOG = "erased.log"


@dataclass(frozen=True, slots=True)
class Target:
    """The data to erase: a repository, or files in it.

    Attributes:
        type: of the repository.
        name: the repository.
        paths: files and folders; none for the whole repository.
        revision: erase only the contents at these paths in this revision; None: all that were ever there.
    """

    type: str
    name: str
    paths: Sequence[str] = ()
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of an erasure.

    Attributes:
        contents: the number of contents.
        removed: the number of them whose bytes were removed from the disk.
        bytes: their size.
        elsewhere: repositories that keep some of the contents.
    """

    contents: int
    removed: int
    bytes: int
    elsewhere: Sequence[str]


def erase(root: Path, target: Target, why: str, *, everywhere: bool = False, dry_run: bool = False) -> Erased:
    """Erase data; a server may be running there.

    Contents that other repositories also have are kept for them, with their bytes, unless erased ``everywhere``.

    Raises:
        UserError: there is no such repository, revision or path, or no reason is given.
    """
    if not why.strip() or not why.isprintable():
        raise UserError("--why: expected the reason in one line; it is shown to everyone who requests the data")
    store, blobs, xet = stored(root)
    with store.writing(shred=True) as writer:
        repository = writer.repository(target.type, target.name)
        if repository is None:
            raise UserError(f"{root}: no {target.type} {target.name}; see --type, and the name")
        contents = _contents(writer, repository, target)
        others = {sha256: writer.repositories_with(sha256, other_than=repository) for sha256 in contents}
        elsewhere = sorted({f"{each.type} {each.name}" for found in others.values() for each in found})
        kept = set() if everywhere else {sha256 for sha256, found in others.items() if found}
        removed = [sha256 for sha256 in contents if sha256 not in kept]
        size = sum(blobs.size(sha256) for sha256 in removed if blobs.path(sha256).is_file())
        done = Erased(len(contents), len(removed), size, [] if everywhere else elsewhere)
        if dry_run:
            return done
        when = now()
        for sha256 in contents if everywhere else ():
            for other in others[sha256]:
                writer.erase_content(other, sha256, why, when)
        if target.paths:
            for sha256 in contents:
                writer.erase_content(repository, sha256, why, when)
        else:
            xet.forget_repository(repository.id)
            writer.erase_repository(repository, why, when)
        # Before the transaction ends: a commit that waits for it then finds that the content is gone.
        _remove(blobs, xet, contents, removed)
    forget(root)
    store.truncate_log()
    xet.truncate_log()
    _log(root, target, why, when, done)
    return done


def _contents(writer: Writer, repository: Repository, target: Target) -> list[str]:
    if not target.paths:
        if target.revision is not None:
            raise UserError("--revision: name the --path in it; a repository is erased whole")
        return writer.contents(repository)
    found: set[str] = set()
    for path in (path.strip("/") for path in target.paths):
        if target.revision is None:
            here = set(writer.contents(repository, path))
        else:
            try:
                files = writer.files(writer.resolve(repository, target.revision))
            except HubError as error:
                raise UserError(f"--revision {target.revision}: {repository.name} has none of that name") from error
            file = files.get(path)
            here = {entry.sha256 for entry in [*([file] if file else []), *files.under(path).values()]}
        if not here:
            raise UserError(f"--path {path}: {repository.name} has no such file or folder; see `hf repos ls`")
        found |= here
    return sorted(found)


def _remove(blobs: Blobs, xet: Index, contents: Sequence[str], removed: Sequence[str]) -> None:
    """Remove contents from the disk; the uploads in progress that have a part of any are lost with it."""
    xet.discard_like(contents)
    xet.forget(removed)
    for sha256 in removed:
        blobs.delete(sha256)


def _log(root: Path, target: Target, why: str, when: str, done: Erased) -> None:
    """Append a line to the folder's erasure log."""
    line = {
        "erased": when,
        "type": target.type,
        "repository": target.name,
        "paths": list(target.paths),
        "revision": target.revision,
        "contents": done.contents,
        "bytes": done.bytes,
        "why": why,
    }
    (root / LOG).touch(mode=0o600)
    with (root / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
        log.flush()
        os.fsync(log.fileno())
