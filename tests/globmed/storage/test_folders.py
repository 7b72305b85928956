"""Folders that are replaced_folder whole, and those that are left alone."""

from pathlib import Path

import pytest

from globmed.errors import UserError
from globmed.storage.folders import replaced_folder


def written(folder: Path, text: str) -> None:
    with replaced_folder(folder, "mark.json", "*.html") as partial:
        (partial / "mark.json").write_text(text)
        assert not folder.exists() or (folder / "mark.json").read_text() != text, "not before the end"


def test_an_earlier_one_is_replaced(tmp_path: Path) -> None:
    written(tmp_path / "out", "first")
    (tmp_path / "out" / "old.html").touch()
    written(tmp_path / "out", "second")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "mark.json"]
    assert (tmp_path / "out" / "mark.json").read_text() == "second"


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    written(tmp_path / "out", "first")
    with pytest.raises(RuntimeError), replaced_folder(tmp_path / "out", "mark.json") as partial:
        (partial / "mark.json").write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "mark.json").read_text() == "first"


@pytest.mark.parametrize(
    ("files", "message"),
    [(["thesis.txt"], r"with thesis\.txt"), (["mark.json", "thesis.txt"], r"with thesis"), (["a.html"], "no mark")],
)
def test_the_files_of_others_are_left_alone(tmp_path: Path, files: list[str], message: str) -> None:
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(UserError, match=message):
        written(tmp_path, "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)


def test_a_file_is_no_place_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UserError, match="is a file"):
        written(tmp_path / "out", "text")
