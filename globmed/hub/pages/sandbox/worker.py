"""A process that works on contents, one JSON line after another; the kernel ends it at its limits.

It has no time to catch an alarm in: a parser written in C or Rust returns to Python only when it is done.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from globmed.hub.pages.sandbox import difference, layout, markdown, rows
from globmed.hub.pages.sandbox.workers import UnfitError

WORK: dict[str, Callable[..., Any]] = {
    "markdown": markdown.render,
    "comments": markdown.render_all,
    "difference": difference.lines,
    "layout": layout.layout,
    "facets": rows.facets,
    "page": rows.page,
    "item": rows.item,
}
#: How many times as long as its processor time work may take.
BUSY = 3
#: Of data, DuckDB's included: enough for its own limit and the libraries.
MEMORY_BYTES = 768 * 1024 * 1024


def main() -> None:
    """Answer lines until standard input ends."""
    # Ctrl-C is for the server, which then closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Clients do not wait for pages.
    os.nice(5)
    _limit_memory()
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        _limit_time(asked["seconds"])
        answer = json.dumps(_answer(WORK[asked["work"]], asked["arguments"]), default=str)
        _limit_time(0)
        sys.stdout.buffer.write(answer.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()


def _answer(function: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": function(**arguments)}
    except UnfitError as error:
        return {"unfit": str(error)}
    except (MemoryError, RecursionError):
        return {"unfit": "It takes more time or memory than a page may."}
    except Exception:
        return {"failed": traceback.format_exc()}


def _limit_time(seconds: float) -> None:
    """End this process after so many seconds of processor time, or a few times as many on a busy machine; 0: never."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, BUSY * seconds)


def _limit_memory() -> None:
    """Limit what is allocated; address space that is only reserved does not count."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
