"""Git repositories, through the user's own `git`: credentials, proxies and mirrors (``insteadOf``) are theirs.

A repository is fetched one commit deep and, where the server can, without files that are not requested.
"""

import os
import re
import subprocess
from hashlib import sha256
from pathlib import Path

from builders.fetch.upstream import Advance, Got, Listing, check_online, no_revision, none_wanted, sound_path
from builders.sources.places import Place
from globmed.errors import UserError
from globmed.storage.files import replaced

_LICENCE = re.compile(r"(?i)(licen[cs]e|copying)(\.\w+)?")
_POINTER = b"version https://git-lfs"
_NO_COMMIT = re.compile("not our ref|couldn't find remote ref|unadvertised object|no such remote ref")
#: Never prompt at the terminal, and let no address make `git` run another program.
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:ssh:file", "LC_ALL": "C"}
ELSEWHERE = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE"}
#: Files that were left out are fetched on demand.
PARTIAL = {"remote.origin.promisor": "true", "remote.origin.partialclonefilter": "blob:none"}


def look(place: Place, revision: str | None, work: Path) -> Listing:
    """List a repository at a commit, that of its default branch by default; as `Upstream`.

    Its licence is the name and hash of the file that states it; sizes are unknown without the files.
    """
    commit = _commit(place, revision, work)
    listed = _git(place, work, "ls-tree", "-r", "-z", "--name-only", commit).decode("utf-8", "replace")
    names = [name for name in listed.split("\0") if name]
    files = sorted(name for name in names if place.wants(name))
    if not files:
        raise none_wanted(f"{place.address} at {commit}", place)
    licence = next((name for name in sorted(names) if _LICENCE.fullmatch(name)), None)
    if licence is not None:
        licence += f", SHA-256 {sha256(_blob(place, work, commit, licence)).hexdigest()[:16]}"
    return Listing(commit, licence, {sound_path(place.address, name): None for name in files})


def get(place: Place, revision: str | None, path: str, work: Path, advance: Advance) -> Got:
    """Write one file of a commit below ``work``; as `Upstream`."""
    assert revision is not None  # noqa: S101 -- a listing of a repository has one
    content = _blob(place, work, _commit(place, revision, work), path)
    if content.startswith(_POINTER):
        raise UserError(f"{place.address}: {path} is a pointer of Git LFS, expected the file: correct `place` of it")
    advance(len(content))
    target = work / "files" / path
    with replaced(target) as partial:
        partial.write_bytes(content)
    return Got(target, cached=False)


def _commit(place: Place, revision: str | None, work: Path) -> str:
    """Return a commit that is in the bare repository in ``work``; fetch it if it is not."""
    repository = work / "repository"
    if revision is not None and (repository / "refs" / "fetched" / revision).is_file():
        return revision
    check_online(place)
    if not (repository / "HEAD").is_file():
        repository.mkdir(parents=True, exist_ok=True)
        _git(place, work, "init", "-q", "--bare", ".")
    for name, value in ({"remote.origin.url": place.address} | PARTIAL).items():
        _git(place, work, "config", name, value)
    done = _run(work, "fetch", "-q", "--depth=1", "--filter=blob:none", "origin", revision or "HEAD")
    if done.returncode and revision is not None and _NO_COMMIT.search(_said(done)):
        raise no_revision(place.address, revision)
    if done.returncode:
        raise UserError(f"{place.address} cannot be fetched ({_said(done)}): check address and network, fetch again")
    commit = _git(place, work, "rev-parse", "FETCH_HEAD^{commit}").decode().strip()
    _git(place, work, "update-ref", f"refs/fetched/{commit}", commit)
    return commit


def _blob(place: Place, work: Path, commit: str, path: str) -> bytes:
    """Return a file; a partial clone downloads it now."""
    check_online(place)
    return _git(place, work, "cat-file", "blob", f"{commit}:{path}")


def _git(place: Place, work: Path, *arguments: str) -> bytes:
    done = _run(work, *arguments)
    if done.returncode:
        raise UserError(f"{place.address}: git {arguments[0]} failed ({_said(done)}): check the network, fetch again")
    return done.stdout


def _run(work: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    where = [] if arguments[0] == "init" else ["--git-dir=."]
    command = ["git", "-c", "gc.auto=0", *where, *arguments]
    # In a hook, the environment points `git` at the hook's own repository.
    inherited = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    try:
        return subprocess.run(  # noqa: S603 -- arguments of our own and of a descriptor
            command, cwd=work / "repository", env=inherited | ENVIRONMENT, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise UserError("git is not installed; sources in Git repositories need it: install git") from error


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return " ".join(done.stderr.decode("utf-8", "replace").split())[-200:]
