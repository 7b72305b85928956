"""The command that runs the clients' suites, on a suite of four tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from globmed.errors import UserError
from tests.globmed.hub.suites.suite import Suite, read_suite, run_suite
from tests.globmed.hub.suites.verdict import judge
from tests.support.programs import ROOT

CONSTANTS = """
ENDPOINT_STAGING = "https://hub-ci.huggingface.co"
USER = "somebody"
TOKEN = "hf_of_nobody_elsewhere"
"""
TESTS = """
import pytest
from huggingface_hub import HfApi
from .testing_constants import ENDPOINT_STAGING, TOKEN, USER

def test_who():
    assert HfApi(endpoint=ENDPOINT_STAGING, token=TOKEN).whoami()["name"] == USER

@pytest.mark.parametrize("number", [1, 2])
def test_number(number):
    assert number == 1

@pytest.mark.production
def test_of_the_public_hub():
    raise AssertionError

@pytest.fixture
def broken():
    raise RuntimeError

def test_with_a_broken_fixture(broken):
    pass
"""


def small_suite(*needs: str) -> Suite:
    return Suite(
        name="small",
        files=["test_small.py"],
        users=[("USER", "TOKEN")],
        constants="testing_constants.py",
        as_it_is=[],
        needs=needs,
        left_out=["production"],
        expected={},
        expected_without={},
        expected_without_xet={},
        stand_in={"__init__.py": "empty.py"},
    )


@pytest.mark.slow
def test_a_suite_is_run_against_a_hub_as_its_users(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "testing_constants.py").write_text(CONSTANTS)
    (tmp_path / "tests" / "test_small.py").write_text(TESTS)
    assert run_suite(small_suite(), tmp_path, xet=False) == {
        "test_small.py::test_who": "passed",
        "test_small.py::test_number[1]": "passed",
        "test_small.py::test_number[2]": "failed",
        "test_small.py::test_of_the_public_hub": "left out",
        "test_small.py::test_with_a_broken_fixture": "error",
    }


def test_what_is_not_as_expected_is_told() -> None:
    outcomes = {"a.py::C::x[1]": "failed", "a.py::C::y": "error", "a.py::z": "passed", "b.py::w": "failed"}
    verdict = judge(outcomes | {"b.py::s": "skipped", "b.py::l": "left out"}, {"a.py": "reason", "b.py::gone": "other"})
    assert not verdict.as_expected
    assert list(verdict.lines()) == [
        "1 passed, 3 did not, 1 skipped, 1 left out (they ask the public Hub)",
        "  expected, 2: reason",
        "NOT EXPECTED failed: b.py::w",
        "PASSED, and was not expected to (reason): a.py::z",
        "EXPECTED, and not there: b.py::gone",
    ]


def test_a_list_that_is_right_is_as_expected() -> None:
    verdict = judge({"a.py::x[1]": "failed", "a.py::y": "passed"}, {"a.py::x": "reason"})
    assert verdict.as_expected
    assert next(iter(verdict.lines())).startswith("1 passed, 1 did not")


def test_what_an_sdist_lacks_is_a_reason_where_it_is_lacking(tmp_path: Path) -> None:
    suite = read_suite("datasets")
    (tmp_path / "tests" / "features" / "data").mkdir(parents=True)
    without = suite.reasons(tmp_path, xet=True)
    (tmp_path / "tests" / "features" / "data" / "test_image_rgb.jpg").touch()
    assert {*without.values()} - {*suite.reasons(tmp_path, xet=True).values()} == {"The sdist has no sample image"}


def test_tests_of_xet_are_not_expected_to_pass_without_it(tmp_path: Path) -> None:
    suite = read_suite("huggingface_hub")
    without = suite.reasons(tmp_path, xet=False)
    assert {*without.values()} - {*suite.reasons(tmp_path, xet=True).values()} == {"Xet is disabled"}


def test_a_folder_without_the_tests_and_a_missing_module_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"not a checkout or sdist of small: no tests/test_small.py"):
        run_suite(small_suite(), tmp_path, xet=False)
    with pytest.raises(UserError, match="small need no_such_module: pip install no_such_module"):
        run_suite(small_suite("no_such_module"), tmp_path, xet=False)
    done = subprocess.run(
        [sys.executable, "-m", "tests.globmed.hub.suites"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "name --huggingface-hub, --datasets or both" in done.stderr) == (2, True)
