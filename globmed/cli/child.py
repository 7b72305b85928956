"""A child process that answers its parent in one line; once the answer is complete, its exit status does not matter.

Native libraries of a client may abort at interpreter shutdown ("terminate called without an active exception"),
after the work is done. The answer is therefore one line that shows whether it is complete, and the process exits
without running its libraries' exit handlers.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any, NoReturn

ANSWER = "answer"


def answer(value: object, code: int = 0) -> NoReturn:
    """Write the answer of this process as JSON, and exit."""
    sys.stdout.write(json.dumps({ANSWER: value}) + "\n")
    leave(code)


def leave(code: int) -> NoReturn:
    """Exit this process after flushing its output, without running exit handlers."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def read_answer(process: "subprocess.Popen[str]", said: str, errors: str) -> Any:
    """Return the answer of a process that has ended.

    Args:
        process: the process.
        said: its standard output.
        errors: its standard error.

    Raises:
        ChildProcessError: it ended before its answer was complete; the message has the last line of its output.
    """
    for line in reversed(said.splitlines()):
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and ANSWER in found:
                return found[ANSWER]
    last = (errors.strip() or said.strip()).splitlines()[-1:]
    raise ChildProcessError(": ".join([f"the process ended {_how(process.returncode)} before it had answered", *last]))


def _how(code: int) -> str:
    with suppress(ValueError):
        return f"by {signal.Signals(-code).name}"
    return f"with exit code {code}"
