"""Files translated line by line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.commands.translator import app
from builders.translate.machine.engine import translate_texts
from builders.translate.machine.lines import read_lines, write_lines
from builders.translate.packages.package import Package
from globmed.errors import UserError


@pytest.mark.slow
@pytest.mark.model
def test_each_line_has_its_translation_and_an_empty_one_stays(toy_package: Package, tmp_path: Path) -> None:
    lines = ["Give 12 mg: three, four.", "", "Give 7 mg: one.", "Give 12 mg: three, four."]
    write_lines(lines, tmp_path / "in.txt")
    arguments = [toy_package.path, "--in", tmp_path / "in.txt", "--out", tmp_path / "new" / "out.txt", "--threads", "1"]
    CliRunner().invoke(app, ["translate", *map(str, arguments)], catch_exceptions=False)
    first, third = translate_texts(toy_package, [lines[0], lines[2]], threads=1)
    assert read_lines(tmp_path / "new" / "out.txt") == [first, "", third, first]
    assert "12 mg" in first


@pytest.mark.parametrize("lines", [[], [""], ["a", "", "b"], ["a\u2028b", "c\u0085"], ["a", ""]])
def test_lines_come_back_as_they_were(tmp_path: Path, lines: list[str]) -> None:
    write_lines(lines, tmp_path / "lines.txt")
    assert read_lines(tmp_path / "lines.txt") == lines


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_lines(tmp_path / "absent.txt")
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(UserError, match="expected UTF-8 text"):
        read_lines(tmp_path / "latin.txt")
