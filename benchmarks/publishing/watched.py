"""Run a command with all its processes: measure what they take, or kill them at a moment."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

#: Seconds between two looks at the memory.
PAUSE = 0.5
TAIL = 4_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took: seconds, seconds of processor, and the most memory of all its processes together (bytes).

    Pages that several processes share count once.
    """

    seconds: float
    processor: float
    memory: int


class FailedError(RuntimeError):
    """A command failed; the message has the end of what it said."""


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> Taken:
    """Run a command to its end; what it says goes to the end of ``log``.

    Raises:
        FailedError: it failed.
    """
    started, over, peak = time.perf_counter(), threading.Event(), [0]
    process = _start(command, folder, environment, log)
    watcher = threading.Thread(target=_watch, args=(process.pid, over, peak))
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    over.set()
    watcher.join()
    if process.returncode:
        raise FailedError(f"{' '.join(command)}: exit code {process.returncode}:\n{log.read_text('utf-8')[-TAIL:]}")
    return Taken(seconds, usage.ru_utime + usage.ru_stime, peak[0])


def kill_after(seconds: float, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> bool:
    """Run a command and send SIGKILL to all its processes after some seconds; whether that ended it.

    Raises:
        FailedError: it failed before.
    """
    process = _start(command, folder, environment, log)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    was_running = process.returncode is None
    # The group outlives its leader where a child does.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.returncode not in (0, -signal.SIGKILL):
        raise FailedError(f"{' '.join(command)}: exit code {process.returncode}:\n{log.read_text('utf-8')[-TAIL:]}")
    return was_running


def _start(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> "subprocess.Popen[bytes]":
    with log.open("ab") as said:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _watch(pid: int, over: threading.Event, peak: list[int]) -> None:
    while not over.wait(PAUSE):
        peak[0] = max(peak[0], memory_of(pid))


def memory_of(pid: int) -> int:
    """Return the memory of a process and those below it in bytes; 0 if it has ended."""
    total = 0
    with suppress(psutil.Error):
        leader = psutil.Process(pid)
        for process in (leader, *leader.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total
