"""One client's suite: which of its files are run, as which users, and which tests are expected not to pass.

Nothing of a suite is kept here but the names of tests. It is run in a copy, in which the address of the public Hub's
staging server is this Hub's.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from globmed.errors import UserError
from globmed.hub.process import RunningHub, running

HERE = Path(__file__).parent
STAGING = "https://hub-ci.huggingface.co"


@dataclass(frozen=True, slots=True)
class Suite:
    """A client's suite.

    Attributes:
        name: the client's distribution.
        files: in its folder ``tests``.
        users: the constants that have a user's name and token; the first may do everything.
        constants: the file that defines them.
        as_it_is: files whose tests look at addresses and ask nobody.
        needs: modules that the tests import beyond the client's own.
        left_out: marks and fixtures of tests that ask the public Hub itself.
        expected: tests (a file, a class, a test, one of its parameters) that do not pass, and why.
        expected_without: the same for tests of an sdist that lacks a file or folder that they read.
        expected_without_xet: the same for tests of Xet, where the client's is disabled.
        stand_in: our file for each that an sdist lacks.
    """

    name: str
    files: Sequence[str]
    users: Sequence[tuple[str, str]]
    constants: str
    as_it_is: Sequence[str]
    needs: Sequence[str]
    left_out: Sequence[str]
    expected: Mapping[str, str]
    expected_without: Mapping[str, Mapping[str, str]]
    expected_without_xet: Mapping[str, str]
    stand_in: Mapping[str, str]

    def reasons(self, checkout: Path, *, xet: bool) -> dict[str, str]:
        """Return the tests that are expected not to pass from a checkout or sdist, with or without Xet, and why."""
        found = dict(self.expected) if xet else {**self.expected, **self.expected_without_xet}
        for file, tests in self.expected_without.items():
            if not (checkout / "tests" / file).exists():
                found |= tests
        return found


def read_suite(name: str) -> Suite:
    """Read the description of a suite, which is beside this module."""
    given = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
    expected: dict[str, str] = {}
    without: dict[str, dict[str, str]] = {}
    without_xet: dict[str, str] = {}
    for each in given["expected"]:
        into = without_xet if each.get("xet") is False else expected
        into = without.setdefault(each["without"], {}) if "without" in each else into
        into |= dict.fromkeys(each["tests"], each["reason"])
    users = [(user, token) for user, token in given["users"]]
    listed = (given["files"], users, given["constants"], given["as_it_is"], given["needs"], given["left_out"])
    return Suite(name, *listed, expected, without, without_xet, given["stand_in"])


def run_suite(suite: Suite, checkout: Path, *, xet: bool, workers: int = 0) -> dict[str, str]:
    """Run a suite from a checkout or an unpacked sdist against a Hub of its own; return the outcome of each test.

    Raises:
        UserError: the folder has no such suite, or a module that its tests need is not installed.
    """
    missing = [each for each in suite.needs if find_spec(each) is None]
    if missing:
        raise UserError(f"the tests of {suite.name} need {', '.join(missing)}: pip install {' '.join(missing)}")
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        tests = _copied(suite, checkout, root)
        users = _users(tests / suite.constants, suite.users)
        with _hub(root, users) as hub:
            _point_at(tests, hub.url, suite.as_it_is)
            return _outcomes(suite, root, hub.url, xet=xet, workers=workers)


def _copied(suite: Suite, checkout: Path, root: Path) -> Path:
    """Copy the tests, and add what an sdist lacks: the files that are no tests."""
    found = checkout / "tests"
    absent = [file for file in suite.files if not (found / file).is_file()]
    if absent:
        raise UserError(f"{checkout}: not a checkout or sdist of {suite.name}: no tests/{absent[0]}")
    tests = root / "tests"
    shutil.copytree(found, tests)
    for file, ours in suite.stand_in.items():
        if not (tests / file).exists():
            (tests / file).parent.mkdir(exist_ok=True)
            shutil.copyfile(HERE / "stand_in" / ours, tests / file)
    return tests


def _users(constants: Path, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the users that the tests are, with their tokens."""
    known = dict(re.findall(r'^(\w+) = "([^"]*)"', constants.read_text("utf-8"), re.MULTILINE))
    return [(known[user], known[token]) for user, token in names]


@contextmanager
def _hub(root: Path, users: Sequence[tuple[str, str]]) -> Iterator[RunningHub]:
    grants = ["", *(f"admin:{user}" for user, _ in users[1:])]
    tokens = root / "tokens"
    tokens.touch(mode=0o600)
    tokens.write_text("".join(f"{user} {token} {grant}\n" for (user, token), grant in zip(users, grants, strict=True)))
    with running(root / "hub", token_file=tokens) as hub:
        yield hub


def _point_at(tests: Path, url: str, as_it_is: Sequence[str]) -> None:
    for file in tests.rglob("*.py"):
        text = file.read_text("utf-8")
        if STAGING in text and file.name not in as_it_is:
            file.write_text(text.replace(STAGING, url), "utf-8")


def _outcomes(suite: Suite, root: Path, url: str, *, xet: bool, workers: int) -> dict[str, str]:
    (root / "pytest.ini").write_text("[pytest]\nasyncio_mode = strict\n", "utf-8")
    shutil.copyfile(HERE / "recorder.py", root / "globmed_recorder.py")
    written = root / "outcomes.json"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "PYTEST_"))}
    environment = inherited | {
        "HF_ENDPOINT": url,
        "HF_HOME": str(root / "home"),
        "HF_HUB_DISABLE_XET": "0" if xet else "1",
        "PYTHONPATH": os.pathsep.join([str(root), *filter(None, [inherited.get("PYTHONPATH")])]),
        "GLOBMED_OUTCOMES": str(written),
        "GLOBMED_LEFT_OUT": " ".join(suite.left_out),
    }
    options = ["-q", "-p", "globmed_recorder", "-p", "no:cacheprovider", "--tb=short", f"-n{workers}"]
    command = [sys.executable, "-m", "pytest", *options, *(f"tests/{file}" for file in suite.files)]
    subprocess.run(command, cwd=root, env=environment, check=False)
    if not written.is_file():
        raise UserError(f"the tests of {suite.name} could not be run; what pytest printed above says why")
    return {str(test): str(outcome) for test, outcome in json.loads(written.read_text("utf-8")).items()}
