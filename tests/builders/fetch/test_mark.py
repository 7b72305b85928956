"""What a fetched folder says of itself, and where it is said on."""

import dataclasses
import json
from pathlib import Path

import pytest

from builders.fetch.lock import Entry
from builders.fetch.mark import MARK, Mark, fetched_revision
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.request import Request
from builders.rows.stages import stages
from builders.sources import SOURCES
from builders.sources.items import REPORT, build_items
from globmed.errors import UserError
from tests.builders.sources.fixtures import FIXTURES, write

COMMIT = "c" * 40
MEDQA, PUBMEDQA = SOURCES["medqa"], SOURCES["pubmedqa"]


def fetched(folder: Path, source: str, address: str | None = None) -> Path:
    """A folder with a source's fixture and the mark of a fetch."""
    write(folder, FIXTURES[source].files)
    place = SOURCES[source].place
    assert place is not None
    Mark.of(place, Entry(address or place.address, COMMIT, None, {}), folder).write(folder)
    return folder


def test_the_revision_is_that_of_the_fetch(tmp_path: Path) -> None:
    own = write(tmp_path / "own", FIXTURES["pubmedqa"].files)
    assert fetched_revision(PUBMEDQA, own) == PUBMEDQA.revision
    assert fetched_revision(PUBMEDQA, fetched(tmp_path / "publisher", "pubmedqa")) == COMMIT
    assert fetched_revision(MEDQA, fetched(tmp_path / "copy", "medqa")) == f"bigbio/med_qa@{COMMIT}"


def test_of_files_that_were_changed_since_no_commit_is_claimed(tmp_path: Path) -> None:
    folder = fetched(tmp_path / "medqa", "medqa")
    (folder / "more.jsonl").write_text("{}\n", "utf-8")
    assert fetched_revision(MEDQA, folder) == MEDQA.revision


def test_items_and_their_report_have_it_and_are_made_again_when_it_changes(tmp_path: Path) -> None:
    fetched(tmp_path / "in" / "medqa", "medqa")
    build_items(tmp_path / "in", tmp_path / "out")
    report = json.loads((tmp_path / "out" / REPORT).read_text("utf-8"))
    assert report["sources"]["medqa"]["revision"] == f"bigbio/med_qa@{COMMIT}"
    request = Request(tmp_path / "in", (), (), None, None)
    assert tmp_path / "in" / "medqa" / MARK in stages(BuildFolder(tmp_path / "build"), request)[0].inputs


@pytest.mark.parametrize("text", ["", "[]", '{"place": {}, "entry": {"files": 1}, "files": {}}'])
def test_what_is_no_mark_is_refused_with_the_next_step(text: str, tmp_path: Path) -> None:
    (tmp_path / MARK).write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"no mark of a fetch .*fetch again"):
        Mark.read(tmp_path)


def test_every_source_names_a_place_that_can_be_fetched() -> None:
    for source in SOURCES.values():
        if source.place is None:
            assert source.name == "sample"
            continue
        place = source.place
        assert source.place in {each.place for each in SOURCES.values() if each.folder == source.folder}
        assert bool(place.terms) == (place.kind == "hand")
        assert bool(place.files) == (place.kind != "hand")
        assert place.revision is None or len(place.revision) == 40
        assert dataclasses.asdict(place)["address"]
