"""Run programs in forks of a process that has imported the large packages; `programs` starts it and asks it.

A request is a line of JSON on stdin (the arguments of `become`), the answer a line with the program's exit code.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

#: What the start of our programs goes to. None of them reads the Hub's address, which is each program's own.
PACKAGES = (
    "aiohttp",
    "dill",
    "duckdb",
    "fsspec",
    "great_expectations",
    "httpx",
    "matplotlib.pyplot",
    "multiprocess",
    "nltk",
    "pandas",
    "polars",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "sacrebleu",
    "scipy.stats",
    "sklearn.metrics",
    "torch",
    "xxhash",
    "yaml",
)


def serve() -> None:
    """Answer requests until stdin ends."""
    # Some of them filter warnings for the whole process.
    with warnings.catch_warnings():
        for name in PACKAGES:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            leave(lambda request=request: become(**request))  # type: ignore[misc]
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)


def become(arguments: Sequence[str], environment: Mapping[str, str], folder: str, streams: Sequence[str]) -> None:
    """Go on as ``python`` with these arguments (``-m NAME ...`` or ``-c CODE ...``), in an environment and a folder.

    Args:
        arguments: what stands after ``python``.
        environment: every variable; of Python's own, only ``PYTHONPATH`` is heeded.
        folder: the working directory.
        streams: the files for stdin, stdout and stderr.
    """
    for number, (path, flag) in enumerate(zip(streams, (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        opened = os.open(path, flag)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    paths = environment.get("PYTHONPATH", "")
    sys.path[:1] = [folder, *filter(None, paths.split(os.pathsep))]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    kind, program, *rest = arguments
    sys.argv = [kind, *rest]
    if kind == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return
    sys.modules["__main__"] = module = ModuleType("__main__")
    exec(compile(program, "<string>", "exec"), vars(module))  # noqa: S102 - a test wrote it


def leave(program: Callable[[], None]) -> None:
    """Run a program and end the process as the interpreter would, but for taking every module down."""
    code = 0
    try:
        program()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
