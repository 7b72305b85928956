"""A process that another one started to ask it something: once its answer is complete, how it ends does not matter.

The native libraries of a client may abort when the interpreter takes them down ("terminate called without an active
exception"), after all was said. So the answer is one line that tells whether it is whole, and the process leaves
without its libraries' exit handlers.
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
    """Write the answer of this process, as JSON, and leave."""
    sys.stdout.write(json.dumps({ANSWER: value}) + "\n")
    leave(code)


def leave(code: int) -> NoReturn:
    """End this process with everything written and no exit handler run."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def read_answer(process: "subprocess.Popen[str]", said: str, errors: str) -> Any:
    """Return the answer of a process that has ended.

    Args:
        process: which.
        said: what it wrote to its standard output.
        errors: what it wrote to its standard error.

    Raises:
        ChildProcessError: it ended before its answer was whole; the last that it said.
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
