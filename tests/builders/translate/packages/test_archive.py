"""Archives that could do harm are refused before anything is written."""

import contextlib
import json
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.translate.packages.archive import unpack
from globmed.errors import UserError
from globmed.storage.zips import Limits

METADATA = {"from_code": "en", "to_code": "sw", "package_version": "1.0"}


def archive(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in entries:
            zipped.writestr(name, content)
    return path


def sound(top: str = "p", **changed: object) -> tuple[str, str]:
    return f"{top}/metadata.json", json.dumps(METADATA | changed)


def special(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = mode << 16
    return entry


def test_a_sound_archive_is_unpacked_without_its_top_folder(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.argosmodel", sound(), ("p/model/", b""), ("p/model/model.bin", b"weights"))
    assert unpack(path, tmp_path / "out").folder == "en_sw-1.0"
    assert (tmp_path / "out" / "model" / "model.bin").read_bytes() == b"weights"


HOSTILE: dict[str, list[tuple[str | zipfile.ZipInfo, bytes | str]]] = {
    "parent": [sound(), ("p/../../evil", b"x")],
    "absolute": [sound(), ("/etc/evil", b"x")],
    "drive": [sound(), ("C:/evil", b"x")],
    "backslash": [sound(), ("p\\..\\evil", b"x")],
    "empty part": [sound(), ("p//evil", b"x")],
    "dot part": [sound(), ("p/./evil", b"x")],
    "trailing dot": [sound(), ("p/evil.", b"x")],
    "control character": [sound(), ("p/ev\x07il", b"x")],
    "symbolic link": [sound(), (special("p/link", stat.S_IFLNK | 0o777), "/etc/passwd")],
    "device": [sound(), (special("p/device", stat.S_IFCHR | 0o666), b"")],
    "two top folders": [sound(), ("q/evil", b"x")],
    "file at the top": [sound(), ("evil", b"x")],
    "case twins": [sound(), ("p/Model", b"x"), ("p/model", b"y")],
    "unicode twins": [sound(), ("p/\u00e9", b"x"), ("p/e\u0301", b"y")],
    "file and folder": [sound(), ("p/a", b"x"), ("p/a/b", b"y")],
    "no metadata": [("p/model.bin", b"x")],
    "metadata not json": [("p/metadata.json", "{")],
    "metadata a list": [("p/metadata.json", "[]")],
    "code that leads elsewhere": [sound(to_code="../../sw")],
    "version that leads elsewhere": [sound(package_version="1.0/../..")],
    "version not a string": [sound(package_version=1.0)],
    "bomb": [sound(), ("p/zeros", b"\0" * 3_000_000)],
}


@pytest.mark.parametrize("entries", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_and_nothing_is_written(
    tmp_path: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes | str]]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = tmp_path / "a.argosmodel"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in entries:
            zipped.writestr(name, content, zipfile.ZIP_DEFLATED)
    with pytest.raises(UserError, match="argosmodel"):
        unpack(path, folder / "out")
    assert sorted(tmp_path.rglob("*")) == [path, folder]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.argosmodel", sound(), ("p/x", b"x"), ("p/x", b"y"))
    with pytest.raises(UserError, match="two entries of one name"):
        unpack(path, tmp_path / "out")


@pytest.mark.parametrize("limits", [Limits(files=1), Limits(bytes=10)])
def test_limits_hold(tmp_path: Path, limits: Limits) -> None:
    path = archive(tmp_path / "a.argosmodel", sound(), ("p/x", b"x" * 20))
    with pytest.raises(UserError, match="more than"):
        unpack(path, tmp_path / "out", limits)


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def change_a_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"weights", b"weighed"))


def understate_a_size(path: Path) -> None:
    """In the central directory, which is what the checks go by."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (3).to_bytes(4, "little")
    path.write_bytes(data)


def set_encrypted(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_either_harmless_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    path = folder / "a.argosmodel"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in (sound(), ("p/model.bin", "weights" * 20)):
            zipped.writestr(name, content)
    whole = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(whole) - 1))
    whole[position] = data.draw(st.integers(0, 255))
    path.write_bytes(whole)
    with contextlib.suppress(UserError):
        unpack(path, folder / "out")
    assert {found.name for found in folder.iterdir()} <= {"a.argosmodel", "out"}


@pytest.mark.parametrize("damage", [cut_in_half, change_a_byte, understate_a_size, set_encrypted])
def test_a_damaged_archive_leaves_nothing(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = archive(tmp_path / "a.argosmodel", sound(), ("p/model.bin", b"weights"))
    damage(path)
    with pytest.raises(UserError, match="argosmodel"):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
