"""Locks for one writer at a time, which name their holder and end with the holder's process.

They are the operating system's locks (flock), taken through `filelock`: a lock file left behind by a killed process
blocks nobody. A folder that a command works in has its lock inside; one that is replaced as a whole has it beside.
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
#: Seconds to wait for another holder to finish, or to write its name.
SECONDS = 0.3
#: Everybody who may write to a folder may lock it, whoever created the lock file.
MODE = 0o666
LONGEST_COMMAND = 200


def locked(folder: Path, seconds: float = SECONDS) -> AbstractContextManager[None]:
    """Keep every other process out of a folder for the time of the block.

    The thread that holds the lock may take it again. If no lock file can be created, because the folder does not exist
    or is not writable or the file system has no locks, the block runs without one.

    Args:
        folder: the folder that the block works in.
        seconds: how long to wait for another holder of the lock.

    Raises:
        UserError: another process holds the lock; the message says which, and since when.
    """
    return _held(folder, folder / LOCK, seconds) if folder.is_dir() else nullcontext()


def locked_beside(path: Path, waiting: Callable[[], object] | None = None) -> AbstractContextManager[None]:
    """Keep every other process from writing a file or folder, as `locked` does.

    Args:
        path: need not exist yet.
        waiting: called before waiting, without a limit, for the holder of the lock; if None, the wait is limited to
            `SECONDS`.
    """
    return _held(path, _beside(path), waiting=waiting)


def check_unlocked(path: Path) -> None:
    """Refuse to read a file or folder while another process writes there; nothing is written to check this.

    Raises:
        UserError: as `locked`.
    """
    for file in (path / LOCK, _beside(path)):
        if file.exists():
            with _held(path, file):
                pass


def holding_process(folder: Path) -> int | None:
    """Return the id of the process that holds the lock of a folder, as `locked` takes it; None if there is none."""
    file = folder / LOCK
    if not file.exists():
        return None
    try:
        with _held(folder, file):
            return None
    except UserError:
        pass
    try:
        found = json.loads(file.read_text("utf-8"))["pid"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) else None


@contextmanager
def unchanged(folder: Path, files: Iterable[Path]) -> Iterator[None]:
    """Let the block read the files of a folder, which may be read-only; fail if another process wrote to it meanwhile.

    Args:
        folder: the folder that a writer would lock.
        files: the files that are read.

    Raises:
        UserError: as `check_unlocked`; or a file changed during the block, whether the block failed or not.
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
    """Hold a lock file; ``path`` is the file or folder that it locks."""
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
            # A process waiting with this file open finds that it was unlinked, and opens the next one. Windows keeps an
            # open file.
            with suppress(OSError):
                file.unlink()
        lock.release()


def _acquire(lock: BaseFileLock, path: Path, seconds: float, waiting: Callable[[], object] | None) -> None:
    try:
        lock.acquire(timeout=seconds)
    except Timeout as error:
        if waiting is None:
            holder = _holder(Path(lock.lock_file))
            raise UserError(f"{path}: {holder} is using it; wait until it has ended, or name another") from error
        waiting()
        lock.acquire(timeout=-1)


def _beside(path: Path) -> Path:
    whole = path.resolve()
    return whole.with_name(f".{whole.name}{LOCK}") if whole.name else whole / LOCK


def _sign(descriptor: int) -> None:
    """Write the holder into the lock file."""
    since = datetime.now(UTC).isoformat(" ", "seconds")
    signed = {"pid": os.getpid(), "command": _command(), "since": since, "host": socket.gethostname()}
    text = json.dumps(signed).encode()
    with suppress(OSError):
        # Truncated last: a file that is truncated first is flushed by ext4 when it is closed, which takes 10 ms.
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text)
        os.ftruncate(descriptor, len(text))


def _holder(file: Path) -> str:
    try:
        return "`{command}` (process {pid} on {host}, since {since})".format_map(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _command() -> str:
    """Return the command up to its first option, so that no secret is included."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.stem == "__main__" else program.name
    words = takewhile(lambda word: not word.startswith("-") and "://" not in word, sys.argv[1:])
    return " ".join([name, *words])[:LONGEST_COMMAND]


def _stamps(files: Iterable[Path]) -> Mapping[Path, object]:
    """Return properties of files that change when a file is replaced or written to."""
    found = {}
    for file in files:
        with suppress(OSError):
            stat = file.stat()
            found[file] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return found


def _changed(folder: Path) -> UserError:
    return UserError(f"{folder}: its files changed while they were read; run the same command again")
