"""Processes that answer, and what becomes of the answer when they end in other ways than they should."""

import subprocess
import sys

import pytest

from globmed.cli.child import read_answer

ANSWER = "from globmed.cli.child import answer, leave\n"
#: What native libraries do when the interpreter takes them down.
ABORTS = "import atexit, os, threading; atexit.register(os.abort)\n"
#: The answer, written by a process that does not leave but ends.
SAYS = 'import json; print(json.dumps({"answer": ["é"]}), flush=True)\n'


def ended(script: str) -> tuple["subprocess.Popen[str]", str, str]:
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        return process, *process.communicate()


def test_whoever_leaves_runs_no_exit_handler_and_loses_nothing() -> None:
    process, said, errors = ended(ANSWER + ABORTS + "print('first'); answer(['é', 1], 1)")
    assert (process.returncode, read_answer(process, said, errors)) == (1, ["é", 1])
    assert said.startswith("first\n")
    process, said, errors = ended(ANSWER + ABORTS + "import sys; sys.stderr.write('end'); leave(2)")
    assert (process.returncode, errors) == (2, "end")


@pytest.mark.parametrize(
    "end",
    [
        ABORTS,
        "import os; os.abort()",
        "import os, threading; t = threading.Thread(target=os.abort); t.start(); t.join()",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "print('and more of it'); raise SystemExit(3)",
    ],
)
def test_an_answer_that_is_whole_counts_however_the_process_ends(end: str) -> None:
    process, said, errors = ended(SAYS + end)
    assert process.returncode != 0
    assert read_answer(process, said, errors) == ["é"]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import os; os.abort()", "ended by SIGABRT before it had answered"),
        (
            """print('{"answer": ["half', end='', flush=True)\nimport os; os.abort()""",
            "by SIGABRT before it had answered",
        ),
        ("""print('{"another": 1}')""", "ended with exit code 0 before it had answered: {"),
        ("print('[1]'); raise RuntimeError('no such file')", "with exit code 1 .*: RuntimeError: no such file"),
        ("", "ended with exit code 0 before it had answered$"),
    ],
)
def test_a_process_that_ends_before_its_answer_is_whole_is_an_error(script: str, message: str) -> None:
    with pytest.raises(ChildProcessError, match=message):
        read_answer(*ended(script))
