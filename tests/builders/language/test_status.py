"""How far every language is, from a build and its rounds."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from builders.commands.language import app
from builders.language.status import LanguageStatus, language_status
from builders.licences.gate import read_gate
from builders.review.agreement import agreement
from builders.review.returns import import_returns
from builders.review.round import Round
from builders.review.sheets import write_sheets
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.errors import UserError
from globmed.languages import languages, select
from globmed.schema import arrow_schema
from globmed.storage.parquet import write_parquet
from tests.builders.review.workbooks.filled import fill_xlsx
from tests.conftest import SAMPLE
from validation.facts.withheld import is_withheld
from validation.validate import validate


def status(folder: BuildFolder, *rounds: Round) -> dict[str, LanguageStatus]:
    return {each.name: each for each in language_status(folder, rounds, read_gate())}


def test_every_language_is_told_of_though_nothing_was_built(tmp_path: Path) -> None:
    found = status(BuildFolder(tmp_path))
    assert list(found) == list(languages())
    assert all(list(each.blocks) == ["not built here"] for each in found.values())
    assert "its prompts are not reviewed" in found["swahili"].warnings
    assert "no agreed terms" in found["swahili"].warnings
    assert "no agreed terms" not in found["english"].warnings


def test_the_counts_are_those_of_the_rows(faulty_build: BuildFolder) -> None:
    found = status(faulty_build)
    for entry in select("english,swahili,yoruba"):
        each, rows = found[entry.name], pl.read_parquet(faulty_build.assembled(entry))
        published = rows.filter(~is_withheld())
        assert (each.rows, each.withheld) == (published.height, rows.height - published.height)
        assert {name: count for name, count in each.origins.items() if count} == dict(
            published.group_by("origin").len().iter_rows()
        )
        flagged = rows["quality"].struct.field("reasons").list.len() > 0
        assert each.flagged == (0 if entry.name == "english" else flagged.sum())
        assert each.public == each.rows
        assert not each.blocks
    assert found["swahili"].withheld == found["swahili"].reasons["number_changed"] == 3
    assert list(found["zulu"].blocks) == ["not built here"]


def test_what_stops_a_language_is_said(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "build")
    build(SAMPLE.parent, [SAMPLE / "tmx" / "en-sw.tmx"], select("english,swahili,wolof"), folder.root)
    found = status(folder)
    assert list(found["wolof"].blocks) == ["no item is translated"]
    assert "not validated since it was built" in found["swahili"].warnings
    file = next((folder.rows / "swahili").glob("train-*"))
    write_parquet(pl.read_parquet(file).with_columns(answer=pl.lit("Z")), file, arrow_schema())
    validate(folder.root, folder.root / "validation")
    assert status(folder)["swahili"].blocks[0].startswith("validation: ")
    assert not status(folder)["english"].blocks
    decisions = tmp_path / "decisions.toml"
    decided = 'source = "sample"\nlanguages = ["sw"]\npublish = "local"\nreason = "no"\ndecided_by = "A"'
    decisions.write_text(f"[[decision]]\n{decided}\ndate = 2026-01-01\n", "utf-8")
    swahili = {each.name: each for each in language_status(folder, [], read_gate(decisions))}["swahili"]
    assert swahili.blocks[0] == "the licences allow no row in a public repository"


@pytest.mark.slow
def test_a_round_is_told_of(planned: Round, faulty_build: BuildFolder, tmp_path: Path) -> None:
    before = status(faulty_build, planned)["swahili"]
    assert (before.assigned, before.rated, before.raters) == (24, 0, 0)
    write_sheets(planned)
    files = [fill_xlsx(planned.sheets / f"swahili-{rater}.xlsx") for rater in ("amina", "juma")]
    import_returns(planned, files, [], partial=True, accept=[])
    found = status(faulty_build, planned)
    assert (found["swahili"].assigned, found["swahili"].rated, found["swahili"].raters) == (24, 24, 2)
    assert (found["yoruba"].assigned, found["yoruba"].rated) == (24, 0)
    told = agreement(planned).alphas.filter(config="swahili", raters="all")
    assert found["swahili"].alpha == dict(told.select("dimension", "alpha").iter_rows())
    with pytest.raises(UserError, match="no round was planned there"):
        status(faulty_build, Round(tmp_path / "absent"))


def test_the_command_prints_a_table_or_json(faulty_build: BuildFolder) -> None:
    def said(*more: str) -> str:
        return CliRunner().invoke(app, ["status", "--build", str(faulty_build.root), *more]).stdout

    assert [each["name"] for each in json.loads(said("--json"))] == list(languages())
    table = said()
    assert "swahili" in table.split("not built here")[0]
    assert "zulu" in table.split("not built here")[1]
