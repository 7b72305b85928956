"""``globmed hub run``: a command with a Hub of its own."""

import sys
from pathlib import Path

import pytest

from tests.conftest import Globmed

pytestmark = pytest.mark.slow

ASK = """
import sys
from huggingface_hub import HfApi, constants
assert constants.ENDPOINT.startswith("http://127.0.0.1:"), constants.ENDPOINT
HfApi().create_repo("somebody/things", repo_type="dataset")
sys.exit(7)
"""


def test_a_command_writes_to_the_hub_and_its_exit_code_comes_back(tmp_path: Path, globmed: Globmed) -> None:
    done = globmed("hub", "run", "--root", tmp_path / "hub", "--", sys.executable, "-c", ASK)
    assert (done.returncode, done.stderr) == (7, "")


def test_a_command_that_is_not_there_is_one_line(tmp_path: Path, globmed: Globmed) -> None:
    done = globmed("hub", "run", "--root", tmp_path / "hub", "--", "no-such-command")
    assert done.returncode == 2
    assert "no-such-command: No such file or directory; expected a command" in done.stderr
