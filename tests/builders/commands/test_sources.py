import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from builders.commands.sources import items, sources
from builders.sources import SOURCES
from globmed.errors import UserError
from tests.builders.sources.fixtures import FIXTURES, write


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(items)
    app.command()(sources)
    return app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("medqa", "headqa", "liveqa"):
        write(tmp_path / "in" / name, FIXTURES[name].files)
    return tmp_path / "in"


def test_items_prints_what_became_of_every_record(app: typer.Typer, folder: Path, tmp_path: Path) -> None:
    run = ["items", "--sources", str(folder), "--out", str(tmp_path / "out")]
    shown = CliRunner().invoke(app, run, catch_exceptions=False).stdout
    assert "medqa" in shown
    assert "needs an image" in shown.replace("\n", " ")
    report = json.loads(CliRunner().invoke(app, [*run, "--only", "headqa", "--json"], catch_exceptions=False).stdout)
    assert list(report["sources"]) == ["headqa"]
    assert report["total"] == {"records": 6, "items": 4, "rejects": {"needs an image": 2}}


def test_items_refuses_what_is_not_there(app: typer.Typer, folder: Path, tmp_path: Path) -> None:
    run = ["items", "--sources", str(folder), "--out", str(tmp_path / "out"), "--only"]
    for names, message in (("medqa,nope", "unknown source 'nope'"), ("bionli", "expected the files of bionli")):
        with pytest.raises(UserError, match=message):
            CliRunner().invoke(app, [*run, names], catch_exceptions=False)


def test_sources_are_listed(app: typer.Typer, folder: Path) -> None:
    shown = CliRunner().invoke(app, ["sources"], catch_exceptions=False).stdout
    assert "medqa" in shown
    entries = json.loads(
        CliRunner().invoke(app, ["sources", "--json", "--sources", str(folder)], catch_exceptions=False).stdout
    )
    assert [entry["name"] for entry in entries] == list(SOURCES)
    assert {entry["name"] for entry in entries if entry["there"]} == {"medqa", "headqa", "liveqa"}
