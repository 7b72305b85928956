"""Another process that holds the lock of a folder, as a build or a release does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from globmed.storage import lock
with getattr(lock, sys.argv[1])(Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(path: Path, *options: str, how: str = "locked") -> Iterator["subprocess.Popen[str]"]:
    """Hold a folder from another process until the end of the block; ``options`` are further words of its command."""
    command = [sys.executable, "-c", HOLD, how, str(path), *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()
