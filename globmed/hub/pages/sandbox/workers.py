"""Processes that do the pages' work on untrusted contents: a hostile one costs a process some seconds, no more.

A parser in the server's own process could be made to take its memory, to hold Python's lock for minutes, or to crash.
"""

import hashlib
import json
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from typing import Any

from globmed.hub.errors import HubError

COUNT = 2
#: Of processor time for one piece of work; whatever takes longer is not shown.
SECONDS = 8.0
#: Until a process is free.
WAIT_SECONDS = 20.0
#: Results that are kept, and how large one may be.
KEPT, KEPT_CHARACTERS = 64, 128 * 1024


class UnfitError(Exception):
    """The contents cannot be shown; the message is a sentence for the page."""


class Workers:
    """Processes that are started when there is work for them, and again when one of them has died."""

    def __init__(self, count: int = COUNT, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._idle: queue.LifoQueue[subprocess.Popen[bytes] | None] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(None)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, str] = OrderedDict()

    def run(self, work: str, /, seconds: float = SECONDS, **arguments: Any) -> Any:
        """Return the result of a function of `globmed.hub.pages.sandbox.worker` as JSON carries it.

        The same arguments must always have the same result: small ones are kept.

        Raises:
            UnfitError: the contents are damaged or hostile.
            HubError: no process is free for a long time (503), or it failed (500).
        """
        line = json.dumps({"work": work, "arguments": arguments, "seconds": seconds})
        key = hashlib.sha256(line.encode()).hexdigest()
        known = self._recall(key)
        answer = self._ask(line) if known is None else known
        found = json.loads(answer)
        if "failed" in found:
            raise RuntimeError(found["failed"])
        if known is None and len(answer) <= KEPT_CHARACTERS:
            self._keep(key, answer)
        if "unfit" in found:
            raise UnfitError(found["unfit"])
        return found["result"]

    def _ask(self, line: str) -> str:
        try:
            process = self._idle.get(timeout=self._wait_seconds)
        except queue.Empty:
            busy = "Too many pages are being made at once: repeat in a moment"
            raise HubError(503, busy, headers={"Retry-After": "5"}) from None
        try:
            # One that died while it was idle is replaced; one that dies of this work is not given it again.
            if process is None or process.poll() is not None:
                process = _start()
            answer = _exchange(process, line)
            if not answer.endswith(b"\n"):
                process.kill()
                process.wait()
                _close(process)
                process = None
                raise UnfitError("It takes more time or memory than a page may.")
            return answer.decode()
        finally:
            self._idle.put(process)

    def _recall(self, key: str) -> str | None:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def _keep(self, key: str, answer: str) -> None:
        with self._lock:
            self._known[key] = answer
            while len(self._known) > KEPT:
                self._known.popitem(last=False)


def _start() -> "subprocess.Popen[bytes]":
    """Start a process; it ends when its standard input does, and so with the server."""
    return subprocess.Popen(
        [sys.executable, "-m", "globmed.hub.pages.sandbox.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _exchange(process: "subprocess.Popen[bytes]", line: str) -> bytes:
    """Return the answer to a line; incomplete or empty if the process dies of it."""
    assert process.stdin is not None  # noqa: S101 -- both were asked for
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return b""
    return process.stdout.readline()


def _close(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
