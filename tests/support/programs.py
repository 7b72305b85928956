"""Python programs in processes of their own, without the seconds that the imports of large packages take."""

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: A fork of a process with threads is sound where nothing else runs in them; macOS's own libraries promise less.
FORKS = sys.platform == "linux"


def run_python(
    arguments: Sequence[str | Path], environment: Mapping[str, str], folder: Path = ROOT, text: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run ``python`` with arguments, and return its exit code and what it printed.

    It is a fork of a process that has imported the large packages, and nothing of ours or of the Hub's clients. Where
    Python's own variables matter (but ``PYTHONPATH``), it is a new interpreter.

    Args:
        arguments: ``-m NAME ...`` or ``-c CODE ...``.
        environment: every variable that it has.
        folder: its working directory.
        text: its stdin.
    """
    command = [str(argument) for argument in arguments]
    if _asks_of_python(environment) or not FORKS or command[0] not in ("-m", "-c"):
        return subprocess.run(
            [sys.executable, *command],
            env=environment,
            cwd=folder,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
    with tempfile.TemporaryDirectory(prefix="program-") as place:
        streams = [Path(place, name) for name in ("stdin", "stdout", "stderr")]
        for each in streams:
            each.write_text(text if each.name == "stdin" else "", "utf-8")
        request = {
            "arguments": command,
            "environment": dict(environment),
            "folder": str(folder),
            "streams": [str(each) for each in streams],
        }
        code = _ask(json.dumps(request))
        out, errors = (each.read_text("utf-8") for each in streams[1:])
    return subprocess.CompletedProcess([sys.executable, *command], code, out, errors)


def _asks_of_python(environment: Mapping[str, str]) -> bool:
    """Whether it sets a variable that an interpreter reads when it starts."""
    set_here = {name: value for name, value in environment.items() if name.startswith("PYTHON")}
    return any(os.environ.get(name) != value for name, value in set_here.items() if name != "PYTHONPATH")


def _ask(request: str) -> int:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(request + "\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@functools.cache
def _server() -> "subprocess.Popen[str]":
    """The process that is forked: one a test process, until that ends."""
    command = [sys.executable, str(Path(__file__).with_name("fork_server.py"))]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
