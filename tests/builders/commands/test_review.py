import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.review.round import Round
from builders.review.sheets import write_sheets
from builders.rows.artifacts.folder import BuildFolder
from globmed.cli.main import application
from globmed.errors import UserError
from tests.builders.review.workbooks.filled import fill_csv
from tests.conftest import Globmed


@pytest.mark.slow
def test_a_round_from_plan_to_memory(faulty_build: BuildFolder, tmp_path: Path, globmed: Globmed) -> None:
    folder = tmp_path / "first"
    raters = ("--rater", "swahili:amina", "--rater", "sw:juma")
    planned = globmed(
        "review", "plan", folder, "--languages", "sw", "--build", faulty_build.root, "--items", 6, *raters, "--json"
    )
    assert [row["items"] for row in json.loads(planned.stdout)] == [4, 2]
    assert len(globmed("review", "sheets", folder).stdout.split()) == 4
    assert len(globmed("review", "invite", folder).stdout.splitlines()) == 2
    files = [fill_csv(path) for path in sorted((folder / "sheets").glob("*.csv"))]
    assert "8 ratings taken" in globmed("review", "import", folder, *files).stdout
    assert len(json.loads(globmed("review", "agreement", folder, "--json").stdout)["agreement"]) == 6
    applied = globmed("review", "apply", folder, "--memory", tmp_path / "memory", "--json")
    assert json.loads(applied.stdout)["rows reviewed"] == 6
    assert (tmp_path / "memory" / "reviewed-sw.tmx").is_file()


def test_a_finding_is_printed_as_it_is(planned: Round) -> None:
    """Marks in brackets would be markup to the library that prints."""
    write_sheets(planned)
    sheet = fill_csv(planned.sheets / "swahili-amina.csv", lambda row: row.update(edit="[/q]"))
    done = CliRunner().invoke(
        application(), ["review", "import", str(planned.root), str(sheet)], env={"COLUMNS": "300"}
    )
    assert isinstance(done.exception, UserError)
    assert "[/q]" in done.output


def test_what_is_wrong_is_one_line(tmp_path: Path, globmed: Globmed) -> None:
    for arguments, said in (
        (("plan", tmp_path / "a", "--languages", "sw", "--build", tmp_path), "nothing was built there"),
        (("plan", tmp_path / "a", "--languages", "sw", "--rater", "amina"), "expected LANGUAGE:NAME"),
        (("sheets", tmp_path), "no round was planned there"),
        (("import", tmp_path), "nothing to import"),
        (("serve", tmp_path, "--host", "0.0.0.0"), "invitations would travel in the open"),
    ):
        done = globmed("review", *arguments)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
