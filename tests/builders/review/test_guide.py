"""``docs/reviewing.md``: every command in it, as written, in its order, over the sample."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx2
import polars as pl
import pytest
from typer.testing import CliRunner

from builders.review.returns import sent_items
from builders.review.round import DIMENSIONS, Round
from builders.review.serve.app import COOKIE
from globmed.cli.main import application
from tests.builders.review.workbooks.filled import fill_xlsx
from tests.support.programs import ROOT

GUIDE = ROOT / "docs" / "reviewing.md"
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL) for line in block.splitlines()
]


def test_the_pictures_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE.read_text("utf-8"))
    assert len(pictures) == 3
    for each in pictures:
        picture = (GUIDE.parent / each).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 100_000


@pytest.mark.slow
def test_every_command_does_what_the_guide_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("builders").symlink_to(ROOT / "builders")
    Path("returned").mkdir()
    said: dict[str, str] = {}
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "globmed"
        if arguments[:2] == ["review", "serve"]:
            _serve_and_rate(arguments, said["invite"])
            continue
        said[arguments[1]] = _run([name for each in arguments for name in _expanded(each)])
        if arguments[:2] == ["review", "sheets"]:
            for path in [Path("rounds/first/sheets") / f"{who}.xlsx" for who in ("swahili-juma", "yoruba-bisi")]:
                fill_xlsx(path).rename(Path("returned") / path.name)
    assert "32 ratings taken" in said["import"]
    assert "yoruba" in said["agreement"]
    reviewed = pl.read_parquet("build/dataset/assembled/swahili.parquet")["review"].struct.field("status")
    assert (reviewed != "unreviewed").sum() == 12
    assert Path("rounds/second/round.toml").is_file()


def _expanded(argument: str) -> list[str]:
    return sorted(map(str, Path().glob(argument))) if "*" in argument else [argument]


def _run(arguments: list[str]) -> str:
    done = CliRunner().invoke(application(), arguments)
    assert done.exit_code == 0, f"{arguments}: {done.output} {done.exception}"
    return done.output


def _serve_and_rate(arguments: list[str], links: str) -> None:
    """The page while it is served, and Amina and Ade at work on it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "globmed", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as server:
        try:
            assert server.stdout is not None
            url = re.findall(r"http://\S+", server.stdout.readline())[0]
            for rater in ("amina", "ade"):
                token = re.findall(rf" {rater} https://review\.example\.org/i/(\S+)", links)[0]
                assert httpx2.get(f"{url}/i/{token}").status_code == 200
                _rate(url, rater, token)
        finally:
            server.terminate()
        assert token not in server.stdout.read(), "no link is ever logged"


def _rate(url: str, rater: str, token: str) -> None:
    work = {"at": 1} | dict.fromkeys(DIMENSIONS, 4)
    headers = {"Cookie": f"{COOKIE}={token}"}
    for code, item in sent_items(Round(Path("rounds/first"))).items():
        if item["rater"] == rater:
            httpx2.post(f"{url}/item/{code}", json=work, headers=headers).raise_for_status()
