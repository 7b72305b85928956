"""A program ``globmed`` for scripts: it runs in the process that `run_python` forks, which starts it in less time."""

import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.programs import run_python

#: ``-S -E``: it needs no package, and starts in a few hundredths of a second.
PROGRAM = """#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = [sys.argv[1:], dict(os.environ), os.getcwd()]
    server.sendall(json.dumps(asked).encode() + b"\\n")
    code, out, errors = json.loads(server.makefile().readline())
sys.stdout.write(out)
sys.stderr.write(errors)
sys.exit(code)
"""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        words, environment, folder = json.loads(self.rfile.readline())
        done = run_python(["-m", "globmed", *words], environment, Path(folder))
        self.wfile.write(json.dumps([done.returncode, done.stdout, done.stderr]).encode() + b"\n")


@contextmanager
def globmed_on_path(folder: Path) -> Iterator[Path]:
    """Write the program into a folder for ``PATH``, and serve it."""
    # The address of a Unix socket is at most 107 bytes long.
    address = folder / "s"
    program = folder / "globmed"
    program.write_text(PROGRAM.format(python=sys.executable, address=str(address)), "utf-8")
    program.chmod(0o755)
    with socketserver.UnixStreamServer(str(address), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder
        server.shutdown()
