"""Strangers at the Hub: what others wait, and how much memory the server takes.

    python -m benchmarks.publishing.hub_load [--files 100000]

All at once: 460 requests that are never sent to their end, 6 bodies of 190 MB without a token, and requests for a card
of 312 bytes whose aliases stand for gigabytes. Meanwhile a client asks for another repository. Then one file is
committed into a repository of many files: the time for the commit, the processor's time that the server took of it, and
the growth of the database.
"""

import argparse
import json
import resource
import socket
import sqlite3
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import psutil

from globmed.hub.process import RunningHub, running
from globmed.hub.storage.store import Store
from globmed.hub.storage.trees import Entry

HALF_SENT, BODIES, BODY_BYTES = 460, 6, 190_000_000
PIECE = b"{" * 1_000_000
SECONDS = 10.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with (
        tempfile.TemporaryDirectory(prefix="globmed-load-") as place,
        running(Path(place) / "hub") as hub,
        httpx.Client(timeout=60) as client,
    ):
        for name in ("card", "quiet", "many"):
            _post(client, hub, "/api/repos/create", json.dumps({"name": name, "type": "dataset"}))
        load(client, hub)
        commit(client, hub, Path(place) / "hub", options.files)


def load(client: httpx.Client, hub: RunningHub) -> None:
    """Print what a request takes under load, and the memory at its peak."""
    _commit(client, hub, "card", "README.md", bomb())
    server, waits, peak = psutil.Process(hub.process.pid), [], 0
    over = threading.Event()
    with ExitStack() as stack:
        for number in range(HALF_SENT):
            half = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1" if number % 2 else b"GET / HT"
            stack.enter_context(_connection(hub)).sendall(half)
        threads = [threading.Thread(target=_send_body, args=(hub,)) for _ in range(BODIES)]
        threads.append(threading.Thread(target=_ask_for_card, args=(hub, over)))
        for thread in threads:
            thread.start()
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            started = time.monotonic()
            client.get(f"{hub.url}/api/datasets/globmed/quiet").raise_for_status()
            waits.append(time.monotonic() - started)
            peak = max(peak, server.memory_info().rss)
        over.set()
        for thread in threads:
            thread.join()
    print(f"{len(waits)} answers under load: median {statistics.median(waits):.3f} s, longest {max(waits):.3f} s")
    print(f"the server's memory at its peak: {peak / 1e6:.0f} MB")


def bomb() -> str:
    """Return a card of 312 bytes that would expand to gigabytes."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{after}: &{after} [{','.join(['*' + before] * 9)}]" for before, after in zip("abcdef", "bcdefg", strict=True)
    ]
    return "\n".join(["---", *lines, "---", ""]).ljust(312)


def commit(client: httpx.Client, hub: RunningHub, root: Path, files: int) -> None:
    """Print what one file costs in a repository of many."""
    store = Store(root / "hub.sqlite")
    with store.writing() as writer:
        repository = writer.repository("dataset", "globmed/many")
        assert repository is not None
        tree = {
            f"data/{number:06}.txt": Entry("", f"{number:064}", 1, f"{number:040}", lfs=False)
            for number in range(files)
        }
        head = writer.resolve(repository, "main")
        made = writer.add_revision(repository, [head], tree, "many", "", "globmed", "heads/main")
        writer.set_reference(repository, "heads", "main", made)
    store.truncate_log()
    _commit(client, hub, "many", "warm.txt", "up")
    process = psutil.Process(hub.process.pid)
    before, waits, busy = _database(root), [], sum(process.cpu_times()[:2])
    for number in range(20):
        started = time.perf_counter()
        _commit(client, hub, "many", f"data/{number:06}.txt", f"new {number}")
        waits.append(time.perf_counter() - started)
    busy = (sum(process.cpu_times()[:2]) - busy) / len(waits)
    size = (_database(root) - before) / len(waits)
    print(f"a file into {files}: median {statistics.median(waits) * 1000:.1f} ms, longest {max(waits) * 1000:.1f} ms")
    print(f"the server's processor time: {busy * 1000:.1f} ms a commit")
    print(f"the database grows by {size / 1000:.1f} KB a commit")


def _database(root: Path) -> int:
    with closing(sqlite3.connect(root / "hub.sqlite")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (root / "hub.sqlite").stat().st_size


def _commit(client: httpx.Client, hub: RunningHub, name: str, path: str, content: str) -> None:
    lines = [
        {"key": "header", "value": {"summary": "change"}},
        {"key": "file", "value": {"path": path, "content": content}},
    ]
    _post(client, hub, f"/api/datasets/globmed/{name}/commit/main", "\n".join(map(json.dumps, lines)))


def _post(client: httpx.Client, hub: RunningHub, path: str, body: str) -> None:
    headers = {"Authorization": f"Bearer {hub.token}"}
    client.post(hub.url + path, content=body, headers=headers).raise_for_status()


def _connection(hub: RunningHub) -> socket.socket:
    parts = urlsplit(hub.url)
    return socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=60)


def _send_body(hub: RunningHub) -> None:
    """Send a large body without a token, whatever the answer."""
    place = "/api/datasets/globmed/quiet/commit/main"
    head = f"POST {place} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {BODY_BYTES}\r\n\r\n"
    with _connection(hub) as connection, suppress(OSError):
        connection.sendall(head.encode())
        for _ in range(BODY_BYTES // len(PIECE)):
            connection.sendall(PIECE)


def _ask_for_card(hub: RunningHub, over: threading.Event) -> None:
    with httpx.Client(timeout=60) as client:
        while not over.is_set():
            client.get(f"{hub.url}/api/datasets/globmed/card").raise_for_status()


if __name__ == "__main__":
    main()
