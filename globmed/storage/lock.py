"""One writer at a time: a lock that names its holder and ends with the holder's process.

It is the operating system's own lock (flock), taken through `filelock`: a lock file that a killed process left behind
blocks nobody. A folder in which a command works has its lock inside; what is replaced whole has it beside.
"""

import json
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from globmed.errors import UserError

LOCK = ".lock"
#: How long another holder may take to leave, or to write who it is.
SECONDS = 0.3
#: Whoever may write to a folder may lock it, whoever made the lock file.
MODE = 0o666
LONGEST_COMMAND = 200


def locked(folder: Path, seconds: float = SECONDS) -> AbstractContextManager[None]:
    """Keep every other process out of a folder for the time of the block.

    The thread that holds the lock may take it again. Where no lock file can be made, because there is no such folder,
    nothing may be written there or the file system has no locks, the block runs without one.

    Args:
        folder: in which the block works.
        seconds: how long to wait for whoever holds the lock.

    Raises:
        UserError: somebody else holds the lock; who, and since when.
    """
    return _held(folder, folder / LOCK, seconds) if folder.is_dir() else nullcontext()


def locked_beside(path: Path, waiting: Callable[[], object] | None = None) -> AbstractContextManager[None]:
    """Keep every other process from writing a file or folder, as `locked` does.

    Args:
        path: it need not be there yet.
        waiting: called before waiting, for as long as it takes, for whoever holds the lock; without it they may not
            hold it for long.
    """
    return _held(path, _beside(path), waiting=waiting)


def check_unlocked(path: Path) -> None:
    """Refuse to read a file or folder while somebody else writes there; nothing is written to find that out.

    Raises:
        UserError: as `locked`.
    """
    for file in (path / LOCK, _beside(path)):
        if file.exists():
            with _held(path, file):
                pass


@contextmanager
def unchanged(folder: Path, files: Iterable[Path]) -> Iterator[None]:
    """Let the block read the files of a folder, which may be read-only, and fail if somebody wrote meanwhile.

    Args:
        folder: what a writer would lock.
        files: those that are read.

    Raises:
        UserError: as `check_unlocked`; or a file is another one than at the start, whether the block failed or not.
    """
    check_unlocked(folder)
    read = list(files)
    before = _stamps(read)
    try:
        yield
    except Exception as error:
        if _stamps(read) != before:
            raise _changed(folder) from error
        raise
    if _stamps(read) != before:
        raise _changed(folder)


@contextmanager
def _held(
    path: Path, file: Path, seconds: float = SECONDS, waiting: Callable[[], object] | None = None
) -> Iterator[None]:
    """Hold a lock file; ``path`` is what it stands for."""
    lock = FileLock(file, mode=MODE, is_singleton=True, fallback_to_soft=False, on_acquired=_sign)
    outermost = not lock.is_locked
    try:
        _acquire(lock, path, seconds, waiting)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        if outermost:
            # Whoever waits with this file open finds that it has no name any more, and opens the next one. Windows
            # keeps a file that is open.
            with suppress(OSError):
                file.unlink()
        lock.release()


def _acquire(lock: BaseFileLock, path: Path, seconds: float, waiting: Callable[[], object] | None) -> None:
    try:
        lock.acquire(timeout=seconds)
    except Timeout as error:
        if waiting is None:
            holder = _holder(Path(lock.lock_file))
            raise UserError(f"{path}: {holder} is at work there; wait until it has ended, or name another") from error
        waiting()
        lock.acquire(timeout=-1)


def _beside(path: Path) -> Path:
    whole = path.resolve()
    return whole.with_name(f".{whole.name}{LOCK}") if whole.name else whole / LOCK


def _sign(descriptor: int) -> None:
    """Write into the lock file who holds it."""
    since = datetime.now(UTC).isoformat(" ", "seconds")
    signed = {"pid": os.getpid(), "command": _command(), "since": since, "host": socket.gethostname()}
    text = json.dumps(signed).encode()
    with suppress(OSError):
        # Cut off last: a file that is emptied first, ext4 writes to the disk when it is closed, which takes 10 ms.
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text)
        os.ftruncate(descriptor, len(text))


def _holder(file: Path) -> str:
    try:
        return "`{command}` (process {pid} on {host}, since {since})".format_map(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _command() -> str:
    """The command up to its first option: no word in which a secret could stand."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.stem == "__main__" else program.name
    words = takewhile(lambda word: not word.startswith("-") and "://" not in word, sys.argv[1:])
    return " ".join([name, *words])[:LONGEST_COMMAND]


def _stamps(files: Iterable[Path]) -> Mapping[Path, object]:
    """What tells a file that was replaced or written to from the one that was there."""
    found = {}
    for file in files:
        with suppress(OSError):
            stat = file.stat()
            found[file] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return found


def _changed(folder: Path) -> UserError:
    return UserError(f"{folder}: its files changed while they were read; run the same command again")
