"""Copies of repositories that git's own programs read, below the storage folder; they may be deleted at any time."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anyio import CapacityLimiter

from globmed.hub.errors import HubError, repository_not_found
from globmed.hub.serving.git.export import KINDS
from globmed.hub.storage.store import Repository, Store

FOLDER = "git"
#: Clones that are prepared or sent at once; others are told to come back.
AT_ONCE = 8
#: For a copy to be written.
EXPORT_SECONDS = 900
_STATE = "state"


class Copies:
    """The copies of a storage folder, each as new as its repository when it is asked for."""

    def __init__(self, root: Path, store: Store) -> None:
        self._root, self._store = root, store
        self._locks: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)
        self.threads = CapacityLimiter(AT_ONCE)
        self._active = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Take one of the places; 503 if there is none. For the event loop's thread alone."""
        if self._active >= AT_ONCE:
            raise HubError(503, "Too many clones at once: repeat in a moment", headers={"Retry-After": "10"})
        self._active += 1
        try:
            yield
        finally:
            self._active -= 1

    def copy(self, repository: Repository) -> Path:
        """Return the folder of a repository's copy, with what is new since it was last asked for.

        Raises:
            HubError: 501 if git is not installed here, 503 if the copy takes too long.
        """
        if shutil.which("git") is None:
            raise HubError(501, "This Hub's machine has no git: its operator installs it (`apt install git`)")
        with self._locks[repository.id]:
            while True:
                name, state = self._wanted(repository)
                target = self._root / FOLDER / str(repository.id) / name
                if _read(target / _STATE) == state:
                    return target
                self._export(repository, target)
                if self._still(repository, name):
                    (target / _STATE).write_text(state, "utf-8")
                    return target
                # Data that were taken down meanwhile must not stay in a copy.
                shutil.rmtree(target, ignore_errors=True)

    def _wanted(self, repository: Repository) -> tuple[str, str]:
        """Return the name of a copy, another one after each erasure, and the state that it has to be in."""
        with self._store.reading() as store:
            found = store.repository(repository.type, repository.name)
            if found is None or (found.id, found.created) != (repository.id, repository.created):
                raise repository_not_found(known_caller=True)
            known = [repository.id, repository.created, store.erasures(repository)]
            references = [store.references(repository, kind) for kind in KINDS]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:24], json.dumps(references)

    def _still(self, repository: Repository, name: str) -> bool:
        try:
            return self._wanted(repository)[0] == name
        except HubError:
            return False

    def _export(self, repository: Repository, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        (target.parent.parent).chmod(0o700)
        for other in target.parent.iterdir():
            if other != target:
                shutil.rmtree(other, ignore_errors=True)
        work = [sys.executable, "-m", "globmed.hub.serving.git.export", str(self._root), str(repository.id)]
        command = [*work, str(target)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=EXPORT_SECONDS)  # noqa: S603 -- our own
        except subprocess.TimeoutExpired as error:
            raise HubError(503, "The copy for git took too long: download the files with `hf download`") from error
        except subprocess.CalledProcessError as error:
            # What is half written is written anew.
            shutil.rmtree(target, ignore_errors=True)
            said = error.stderr.decode("utf-8", "replace")
            if os.strerror(errno.ENOSPC) in said:
                raise OSError(errno.ENOSPC, "no room for the copy for git") from error
            raise RuntimeError(said[-2000:]) from error


def forget(root: Path) -> None:
    """Delete all copies: some have data that were taken down, or were freed."""
    shutil.rmtree(root / FOLDER, ignore_errors=True)


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
