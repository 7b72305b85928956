"""Commands that are measured or killed with all their processes."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.publishing.watched import FailedError, kill_after, measure, memory_of

#: Seconds after which a killed process is taken to run on.
LONGEST = 60
#: Starts a process that would outlive it, and says which.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
child.wait()
"""
HOLDS = "kept = b'x' * 200_000_000; print(len(kept), flush=True); input()"


def command(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_what_a_command_takes_is_measured(tmp_path: Path) -> None:
    taken = measure(command("sum(range(3_000_000))"), tmp_path, {}, tmp_path / "log")
    assert taken.seconds > 0
    assert taken.processor > 0


def test_the_memory_of_a_command_is_that_of_its_processes_too(tmp_path: Path) -> None:
    holds = command(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])")
    with subprocess.Popen(holds, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert 200_000_000 < memory_of(process.pid) < 400_000_000
        process.communicate(b"\n")
    assert memory_of(process.pid) == 0


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no such source"):
        measure(command("raise SystemExit('no such source')"), tmp_path, {}, tmp_path / "log")
    with pytest.raises(FailedError, match="no such source"):
        kill_after(60, command("raise SystemExit('no such source')"), tmp_path, {}, tmp_path / "log")


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_kill_takes_every_process_of_a_command(tmp_path: Path) -> None:
    log = tmp_path / "log"
    seconds = 0.5
    while not log.is_file() or not log.read_text("utf-8").strip():
        # However slowly the machine starts it, it must have begun.
        assert kill_after(seconds, command(PARENT), tmp_path, {}, log)
        seconds *= 2
    # A signal takes effect a moment after it was sent.
    last = time.monotonic() + LONGEST
    while not all(map(has_ended, map(int, log.read_text("utf-8").split()))):
        assert time.monotonic() < last
        time.sleep(0.01)


def test_a_command_that_has_ended_is_not_killed(tmp_path: Path) -> None:
    assert not kill_after(60, command("pass"), tmp_path, {}, tmp_path / "log")
