"""Verified contents: a cache of file stamps, so that contents are not hashed on every request.

A file that was written to, replaced or copied has another stamp, and is hashed again before it is served.
"""

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path


class Verified:
    """A table of contents and the stamps that their files had when they were hashed; it may be deleted at any time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._sql = _open(path)
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._sql = _open(path)

    def known(self, sha256: str, stat: os.stat_result) -> bool:
        """Return whether a file was hashed with the present stamp."""
        with self._lock:
            row = self._sql.execute("SELECT stamp FROM verified WHERE sha256 = ?", (sha256,)).fetchone()
        return row is not None and row[0] == _stamp(stat)

    def note(self, sha256: str, stat: os.stat_result) -> None:
        """Keep the stamp of a file that was hashed and found whole."""
        # A full disk must not keep a whole file from being served.
        with self._lock, suppress(sqlite3.OperationalError):
            self._sql.execute("INSERT OR REPLACE INTO verified VALUES (?, ?)", (sha256, _stamp(stat)))

    def forget(self, sha256: str) -> None:
        """Drop the stamp of a file."""
        with self._lock, suppress(sqlite3.OperationalError):
            self._sql.execute("DELETE FROM verified WHERE sha256 = ?", (sha256,))


def _open(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS verified (sha256 TEXT PRIMARY KEY, stamp TEXT) WITHOUT ROWID")
    return connection


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_ino} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"
