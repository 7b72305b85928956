"""The command line as people meet it."""

import json
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from globmed.cli.main import application
from globmed.languages import languages
from globmed.versions.client import HubAccess
from tests.conftest import SAMPLE, SAMPLED, DemoRelease, Globmed
from tests.support.programs import ROOT

COMMANDS = (ROOT / "docs" / "commands.md").read_text("utf-8")
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from globmed.cli.main import main
main()
"""


def test_help_groups_the_commands_by_what_people_do(globmed: Globmed) -> None:
    text = globmed("--help").stdout
    panels = ["Use a published version", "Build a dataset", "Publish a version", "Check translations", "Serve a Hub"]
    assert all(panel in text for panel in panels)


def test_a_users_error_is_one_line_and_exit_code_2(tmp_path: Path, globmed: Globmed) -> None:
    done = globmed("items", "--sources", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")


def test_a_terminal_without_the_characters_shows_their_codes(globmed: Globmed) -> None:
    done = globmed("languages", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert r"\u4e2d\u6587" in done.stdout
    assert "isiZulu" in done.stdout


@pytest.mark.parametrize("command", sorted(re.findall(r"(?m)^#+ `globmed ?(.*)`$", COMMANDS)))
def test_every_command_has_help_for_a_terminal(command: str) -> None:
    done = CliRunner().invoke(application(), [*command.split(), "-h"])
    assert done.exit_code == 0, done.exception
    assert f"Usage: globmed {command}".rstrip() in done.stdout


def test_the_version_is_that_of_the_package() -> None:
    done = CliRunner().invoke(application(), ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"globmed {version('globmed')}\n")


def test_a_shell_completes_commands_and_options(globmed: Globmed) -> None:
    for words, expected in (("globmed rel", "release"), ("globmed load --spl", "--split")):
        asked = {"_GLOBMED_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        assert expected in globmed(**asked).stdout.split()


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("build", "--languages", "swahilli"), "swahili"),
        (("items", "--sources", str(SAMPLE.parent), "--only", "medmqca"), "medmcqa"),
    ],
)
def test_a_mistyped_name_gets_a_suggestion(arguments: tuple[str, ...], meant: str, globmed: Globmed) -> None:
    done = globmed(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"did you mean {meant}?" in done.stderr


LOAD = ("load", "sw", "--version", "0.1.0")
BUILD = ("build", "--sources", SAMPLE.parent, "--memory", SAMPLE / "tmx")


@pytest.mark.parametrize("arguments", [(*LOAD, "--out"), (*BUILD, "--out")])
def test_a_file_where_a_folder_is_wanted_is_a_users_error(
    tmp_path: Path, globmed: Globmed, arguments: tuple[str | Path, ...]
) -> None:
    (tmp_path / "file").write_text("mine")
    done = globmed(*arguments, tmp_path / "file", HF_HUB_OFFLINE="1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "file: File exists; expected a folder" in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_an_endpoint_that_is_none_is_a_users_error(globmed: Globmed) -> None:
    done = globmed(*LOAD, HF_ENDPOINT="nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "the Hub's address is 'nowhere'" in done.stderr


@pytest.mark.slow
def test_loaded_rows_are_written_whole(
    tmp_path: Path, globmed: Globmed, demo_release: DemoRelease, demo_hub: HubAccess
) -> None:
    done = globmed(*LOAD, "--out", tmp_path / "out", HF_ENDPOINT=demo_hub.endpoint)
    assert done.returncode == 0, done.stderr
    (file,) = (demo_release.candidate / "data" / "swahili").glob("test-*")
    assert pl.read_parquet(tmp_path / "out" / "test.parquet")["id"].equals(pl.read_parquet(file)["id"])
    assert not [path for path in (tmp_path / "out").iterdir() if path.suffix != ".parquet"]


@pytest.mark.parametrize("arguments", [("nothing",), ("build",), ("release", "0.1.0", "--nope")])
def test_wrong_usage_is_exit_code_2(globmed: Globmed, arguments: tuple[str, ...]) -> None:
    done = globmed(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def test_json_is_json(globmed: Globmed) -> None:
    assert [each["name"] for each in json.loads(globmed("languages", "--json").stdout)] == list(languages())
    assert {source["name"] for source in json.loads(globmed("sources", "--json").stdout)} >= {"medqa", "sample"}


@pytest.mark.slow
def test_a_build_that_is_interrupted_goes_on(tmp_path: Path, globmed: Globmed) -> None:
    arguments = ["build", "--sources", str(SAMPLE.parent), "--memory", str(SAMPLE / "tmx"), "--out", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        while not (tmp_path / ".stages" / "items.sha256").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "resumes where this one stopped" in errors
    items = (tmp_path / "items" / "items.parquet").stat().st_mtime_ns
    assert globmed(*arguments).returncode == 0
    assert (tmp_path / "items" / "items.parquet").stat().st_mtime_ns == items
    assert len(list((tmp_path / "rows").glob("*/train-sample.parquet"))) == len(SAMPLED)
