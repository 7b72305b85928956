"""A published version, built again from the same files and from others."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.licences.gate import read_gate
from builders.release.rebuild import rebuild
from globmed.cli.main import application
from globmed.errors import UserError
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import SAMPLE, DemoRelease

pytestmark = pytest.mark.slow

V1 = Version(0, 1, 0)


def test_the_same_inputs_give_every_byte_again(demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path) -> None:
    inputs = ("--sources", SAMPLE.parent, "--memory", SAMPLE / "tmx", "--out", tmp_path / "again")
    arguments = ["rebuild", "0.1.0", *map(str, inputs), "--hub", demo_hub.endpoint]
    done = CliRunner().invoke(application(), arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    assert "files are the same, byte for byte" in done.stdout
    (candidate,) = (tmp_path / "again").rglob("candidate")
    for path in demo_release.candidate.rglob("*.*"):
        again = candidate / path.relative_to(demo_release.candidate)
        assert again.read_bytes() == path.read_bytes()


def test_other_inputs_are_named(demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(SAMPLE, sources / "sample")
    file = sources / "sample" / "items.jsonl"
    file.write_text(file.read_text("utf-8").replace("500 mg", "50 mg"), "utf-8")
    with pytest.raises(UserError, match="built from other inputs; different here: memory, sources/sample"):
        rebuild(REPOSITORY, V1, sources, [], None, read_gate(), tmp_path / "other", demo_hub)
    with pytest.raises(UserError, match=r"has no version 3\.0\.0; it has 0\.1\.0"):
        rebuild(REPOSITORY, Version(3, 0, 0), sources, [], None, read_gate(), tmp_path / "none", demo_hub)
