"""``CONTRIBUTING.md``, "Add a language": every command in it, as written, in its order, in a copy of the checkout."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from builders.language.files import ABSTRACTS, LIST
from builders.translate.packages.convert import Codes, convert, open_checkpoint
from builders.translate.packages.pack import Label, pack
from globmed.hub.process import running
from globmed.versions.client import HubAccess
from tests.builders.language.conftest import take_back_contributed
from tests.builders.review.workbooks.filled import Row, fill_xlsx
from tests.builders.translate.packages.toy import MODEL
from tests.support.clients import run_client
from tests.support.copied import copy_checkout, run_in
from tests.support.programs import ROOT

SECTION = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Add a language\n")[2].partition("\n## ")[0]
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL) for line in block.splitlines()]
#: "For example"; raters put it before the English, so that an edit keeps each number whatever the machine made of it.
MENDED = "Misali:"
LOAD = """
import datasets, json
rows = datasets.load_dataset("globmed/GlobMed", "hausa", revision="draft-hausa")
print(json.dumps([row["question"] for split in rows.values() for row in split]))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The checkout's packages, and a tiny package from English to Hausa.

    It is asked for what it was never taught: in float32 every processor makes the same of that, in int8 not.
    """
    root = copy_checkout(tmp_path / "checkout")
    take_back_contributed(root)
    contents = convert(open_checkpoint(str(MODEL)), Codes(), tmp_path / "converted", "float32")
    pack(Label("en", "ha"), contents, root / "en-ha.argosmodel")
    return root


def run(root: Path, command: str, *more: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "globmed"
    return run_in(root, "-m", "globmed", *arguments, *more)


def rate(root: Path) -> Iterator[Path]:
    """Two raters find every translation bad, and mend every text."""

    def change(row: Row) -> None:
        row["accuracy"] = row["completeness"] = "2"
        row["edit"] = re.sub(r"^(\[\w+\]) ", rf"\1 {MENDED} ", str(row["source"]), flags=re.MULTILINE)

    (root / "returned").mkdir()
    for rater in ("aisha", "musa"):
        sheet = root / "rounds" / "hausa-1" / "sheets" / f"hausa-{rater}.xlsx"
        yield fill_xlsx(sheet, change).rename(root / "returned" / sheet.name)


def test_the_section_is_complete_and_its_picture_is_there() -> None:
    programs = [" ".join(command.split()[1:3]) for command in COMMANDS]
    assert programs[0] == "language add"
    assert {"review plan", "review apply", "draft hausa", "export hausa"} <= set(programs)
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", SECTION)
    text = (ROOT / picture).read_text("utf-8")
    assert "hausa" in text
    assert "http" not in text.replace("http://www.w3.org/", ""), "it asks no host for anything"


@pytest.mark.slow
@pytest.mark.model
def test_every_command_does_what_the_section_says(copy: Path, tmp_path: Path) -> None:
    before = {path: (copy / path).read_text("utf-8") for path in (LIST, ABSTRACTS)}
    said: dict[str, str] = {}
    for command in COMMANDS:
        if command.startswith("globmed review import"):
            assert len(list(rate(copy))) == 2
        said[" ".join(command.split()[1:3])] = run(copy, command)
    assert "11 ratings taken" in said["review import"]
    assert "hausa" in said["language status"]
    status = json.loads(run(copy, "globmed language status --build build/thirteen --round rounds/hausa-1 --json"))
    assert len(status) == 13
    assert all(entry["rows"] for entry in status)
    (hausa,) = [entry for entry in status if entry["name"] == "hausa"]
    assert hausa["rows"] > 0
    assert hausa["rated"] == hausa["assigned"] == 11
    assert not hausa["blocks"]
    again = pl.read_parquet(copy / "build" / "hausa-again" / "assembled" / "hausa.parquet")
    first = pl.read_parquet(copy / "build" / "hausa" / "assembled" / "hausa.parquet")
    kept = ["id", "question", "origin", "quality"]
    assert again.select(kept).equals(first.select(kept))
    with running(copy / "build" / "hub") as hub:
        loaded = run_client(HubAccess(hub.url, hub.token), tmp_path, LOAD)
    assert any(question.startswith(MENDED) for question in loaded if question)
    run(copy, "globmed draft hausa --remove")
    run(copy, "globmed language remove ha")
    assert {path: (copy / path).read_text("utf-8") for path in (LIST, ABSTRACTS)} == before
