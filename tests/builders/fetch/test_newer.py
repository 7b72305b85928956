"""What `globmed fetch --update` says of a newer revision, of which nothing is taken."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

from builders.sources.places import Place
from tests.builders.fetch.conftest import zipped
from tests.builders.sources.fixtures import FIXTURES, write
from tests.support.driver import Driver

Publish = Callable[..., str]
PATTERNS = ("HEAD/*", "HEAD_EN/*")


def archive(folder: Path, files: dict[str, object]) -> dict[str, bytes]:
    written = write(folder, files)
    return {
        "head.zip": zipped(
            {path.relative_to(written).as_posix(): path.read_bytes() for path in written.rglob("*.json")}
        )
    }


def test_records_keys_and_licence_that_changed_are_told_and_not_taken(
    publish: Publish, online: Driver, tmp_path: Path
) -> None:
    older = FIXTURES["headqa"].copy()
    newer = deepcopy(older)
    for name, file in newer.items():
        first, second = file["exams"]["Cuaderno 9"]["data"][:2]
        first["ra"] = "1"
        if "EN" in name:
            second["qtext"] = "Insulin brings down:"
        file["exams"]["Cuaderno 9"]["data"][2]["image"] = ""
    commit = publish("publisher/newer", archive(tmp_path / "older", older))
    place = Place("hub", "publisher/newer", commit, ("head.zip",), members=PATTERNS)
    out, lock = tmp_path / "out", tmp_path / "lock.toml"
    before = online.fetch("headqa", place, out, update=True).json
    assert "fetch it first" in before["note"]
    online.fetch("headqa", place, out)
    recorded = lock.read_bytes()
    assert online.fetch("headqa", place, out, update=True).json == {
        "newest": commit,
        "files": {},
        "changes": [],
        "note": "",
    }

    newest = publish("publisher/newer", archive(tmp_path / "newer", newer), licence="cc-by-nc-4.0")
    told = online.fetch("headqa", place, out, update=True).json
    assert told["newest"] == newest
    assert told["files"] == {"HEAD/dev_HEAD.json": "changed", "HEAD_EN/dev_HEAD_EN.json": "changed"}
    same = {"source": "headqa", "added": 1, "removed": 0, "keys": 1}
    assert told["changes"] == [{**same, "language": "en", "texts": 1}, {**same, "language": "es", "texts": 0}]
    assert newest in told["note"]
    assert online.fetch("headqa", place, out).json["state"] == "here"
    assert lock.read_bytes() == recorded
    assert [path.name for path in out.iterdir() if path.name != ".lock"] == ["headqa"]

    publish("publisher/newer", archive(tmp_path / "newest", {**newer, "HEAD/dev_HEAD.json": {"language": "es"}}))
    assert "cannot be read" in online.fetch("headqa", place, out, update=True).json["note"]
    publish("publisher/newer", {"head.zip": zipped({"moved/dev_HEAD.json": b"{}"})})
    assert "none of its 1 entries match" in online.fetch("headqa", place, out, update=True).json["note"]
