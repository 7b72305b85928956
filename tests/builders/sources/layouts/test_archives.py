"""Archives are read where they lie, and one that is made to do harm is refused."""

import stat
import warnings
import zipfile
from pathlib import Path

import pytest

from builders.sources.layouts.archives import members, read_member
from builders.sources.reading import Folder
from globmed.errors import UserError
from globmed.storage.zips import Limits


def archive(folder: Path, *names: str) -> Path:
    path = folder / "data.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as made:
        warnings.simplefilter("ignore")  # a name that stands twice
        for name in names:
            made.writestr(name, '{"a": 1}\n')
    return path


def test_members_are_listed_without_hidden_ones_and_read(tmp_path: Path) -> None:
    path = archive(tmp_path, "b/train.jsonl", "a.csv", "__MACOSX/b/._train.jsonl", "b/.DS_Store", "b/c/")
    assert members(path) == ["a.csv", "b/train.jsonl"]
    assert read_member(path, "a.csv") == b'{"a": 1}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["data.zip"]


ELSEWHERE = ["../a.csv", "/etc/a.csv", "a/../../b.csv", "a\\..\\b.csv", "C:/a.csv", "a/..", "a\n.csv"]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_path_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"leads elsewhere|no archive needs") as caught:
        members(archive(tmp_path, "good.csv", name))
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match=r"leads elsewhere|no archive needs"):
        Folder(tmp_path).tables()


def test_dots_within_a_name_lead_nowhere(tmp_path: Path) -> None:
    assert members(archive(tmp_path, "a..b.csv", "a/b...csv")) == ["a..b.csv", "a/b...csv"]


def test_a_member_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="two entries of one name"):
        members(archive(tmp_path, "a.csv", "a.csv"))


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    entry = zipfile.ZipInfo("train.jsonl")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(entry, "/etc/passwd")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        members(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    limits = Limits(bytes=10)
    assert members(archive(tmp_path, "a.csv"), limits)
    with pytest.raises(UserError, match="18 bytes unpacked, more than 10"):
        members(archive(tmp_path, "a.csv", "b.csv"), limits)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, "a.csv")
    path.write_bytes(path.read_bytes().replace(b'"a": 1', b'"a": 2', 1))
    with pytest.raises(UserError, match="damaged"):
        read_member(path, "a.csv")
    path.write_bytes(b"no zip")
    with pytest.raises(UserError, match="not a zip archive"):
        Folder(tmp_path).tables()
