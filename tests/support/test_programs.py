"""A program in a fork behaves as one in a new interpreter."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.programs import ROOT, run_python

PROGRAMS = {
    "output": ["-c", "import sys; print('ä', *sys.argv, sep='|'); print('e', file=sys.stderr)", "a b", "c"],
    "input": ["-c", "import sys; print(sys.stdin.read().upper())"],
    "code": ["-c", "import sys; sys.exit(7)"],
    "message": ["-c", "import sys; sys.exit('no such file')"],
    "at exit": ["-c", "import atexit; atexit.register(print, 'done'); print('first')"],
    "warning": ["-c", "import warnings; warnings.warn('old', UserWarning); warnings.warn('quiet', DeprecationWarning)"],
    "thread": ["-c", "import threading, time; threading.Timer(0.01, print, ['late']).start()"],
    "place": ["-c", "import os; print(os.getcwd(), os.environ['MARK'], 'HF_TOKEN' in os.environ)"],
    "module": ["-m", "globmed", "languages", "--json"],
    "refused": ["-m", "globmed", "load", "klingon"],
    "endpoint": ["-c", "import huggingface_hub.constants as c; print(c.ENDPOINT)"],
    "killed": ["-c", "import os; os.kill(os.getpid(), 9)"],
}


@pytest.mark.parametrize("arguments", PROGRAMS.values(), ids=PROGRAMS)
def test_a_fork_says_and_returns_what_a_new_interpreter_does(arguments: list[str], tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment = kept | {"MARK": "here", "HF_ENDPOINT": "http://hub.example.org", "HF_HOME": str(tmp_path)}
    forked = run_python(arguments, environment, text="asked\n")
    new = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, input="asked\n", capture_output=True, text=True
    )
    assert (forked.returncode, forked.stdout, forked.stderr) == (new.returncode, new.stdout, new.stderr)


def test_an_error_shows_its_traceback() -> None:
    done = run_python(["-c", "1/0"], os.environ)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_a_copy_of_the_checkout_is_imported_in_place_of_it(tmp_path: Path) -> None:
    (tmp_path / "globmed").mkdir()
    (tmp_path / "globmed" / "__init__.py").write_text("print('the copy')")
    assert run_python(["-c", "import globmed"], os.environ, tmp_path).stdout == "the copy\n"


def test_pythons_own_variables_count() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii:replace"}
    assert run_python(["-c", "print('ä')"], environment).stdout == "?\n"
