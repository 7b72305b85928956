import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

import builders.sources
from builders.sources import items
from builders.sources.audit.errata import ERRATA
from builders.sources.item import Outcome, Reason
from builders.sources.items import ITEM_SCHEMA, ITEMS, REJECT_SCHEMA, REJECTS, REPORT, build_items
from builders.sources.reading import Folder
from builders.sources.source import Source
from globmed.errors import UserError
from globmed.storage.files import sha256
from tests.builders.sources.fixtures import FIXTURES, Files, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for fixture in FIXTURES.values():
        name = "expertqa" if fixture.source.startswith("expertqa") else fixture.source
        write(tmp_path / "in" / name, fixture.files)
    return tmp_path / "in"


def sources_of(folder: Path, source: str, files: Files) -> Path:
    write(folder / source, files)
    return folder


def test_every_fixture_is_built(folder: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    report = build_items(folder, tmp_path / "out", progress=seen.append)
    table = pl.read_parquet(tmp_path / "out" / ITEMS)
    expected = {key for fixture in FIXTURES.values() for key in fixture.answers}
    assert set(table.select("language", "id").iter_rows()) == expected
    assert seen == list(report.sources)
    assert set(seen) == FIXTURES.keys()
    assert table["id"].to_list() == sorted(table["id"])
    assert pq.read_schema(tmp_path / "out" / ITEMS).equals(ITEM_SCHEMA)
    assert pq.read_schema(tmp_path / "out" / REJECTS).equals(REJECT_SCHEMA)


def test_the_report_names_files_hashes_and_reasons(folder: Path, tmp_path: Path) -> None:
    (folder / "headqa" / "LICENSE").write_text("as you like")
    (folder / "unheard_of").mkdir()
    build_items(folder, tmp_path / "out")
    report = json.loads((tmp_path / "out" / REPORT).read_text("utf-8"))
    headqa = report["sources"]["headqa"]
    file = "HEAD/dev_HEAD.json"
    assert headqa["files"][file] == {"records": 3, "items": 2, "rejects": {"needs an image": 1}}
    assert headqa["sha256"][file] == sha256(folder / "headqa" / file)
    assert headqa["unused"] == ["LICENSE"]
    assert report["unused_folders"] == ["unheard_of"]
    assert "test_ground_truth.json" in report["sources"]["pubmedqa"]["sha256"]
    assert report["reasons"]["needs an image"] == Reason.IMAGE.explanation
    rejects = pl.read_parquet(tmp_path / "out" / REJECTS)
    assert report["total"]["records"] == report["total"]["items"] + rejects.height


def test_equal_input_gives_equal_bytes(folder: Path, tmp_path: Path) -> None:
    build_items(folder, tmp_path / "one")
    build_items(folder, tmp_path / "two")
    build_items(folder, tmp_path / "two")
    for name in (ITEMS, REJECTS, ERRATA, REPORT):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "one", "two"]


def test_several_processes_give_the_same_bytes(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for processes in (1, 2):
        monkeypatch.setattr(items, "processes_for", lambda _, processes=processes: processes)
        build_items(folder, tmp_path / str(processes))
    for name in (ITEMS, REJECTS, ERRATA, REPORT):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_record_twice_is_a_duplicate(tmp_path: Path, turned: bool) -> None:
    record = FIXTURES["medmcqa"].copy()["dev.json"][0]
    other = record | {"exp": "Where else?"}
    records = [other, record, record] if turned else [record, record, other]
    folder = sources_of(tmp_path / "in", "medmcqa", {"dev.json": records})
    build_items(folder, tmp_path / "out")
    (item,) = pl.read_parquet(tmp_path / "out" / ITEMS).iter_rows(named=True)
    rejects = pl.read_parquet(tmp_path / "out" / REJECTS)
    assert item["long_answer"] == record["exp"]
    assert sorted(rejects["reason"]) == ["conflicting duplicate", "duplicate"]


def test_of_two_files_the_first_by_name_wins(tmp_path: Path) -> None:
    pairs = FIXTURES["mednli"].copy()["mli_dev_v1.jsonl"]
    files = {"b/mli_dev_v1.jsonl": [pairs[0] | {"sentence2": "She is hot."}], "a/mli_dev_v1.jsonl": pairs}
    build_items(sources_of(tmp_path / "in", "mednli", files), tmp_path / "out")
    table = pl.read_parquet(tmp_path / "out" / ITEMS)
    assert dict(table.select("record_id", "hypothesis").iter_rows()) == {"a-1": "She is warm.", "a-2": "He snores."}
    rejects = pl.read_parquet(tmp_path / "out" / REJECTS).filter(reason="conflicting duplicate")
    assert rejects["file"].to_list() == ["b/mli_dev_v1.jsonl"]


def test_rejects_with_half_characters_can_be_written(tmp_path: Path) -> None:
    files = FIXTURES["mmlu_pro"].copy()
    files["DERIVED_mmlu_pro_test_health.jsonl"][0]["category"] = "he\ud800alth"
    build_items(sources_of(tmp_path / "in", "mmlu_pro", files), tmp_path / "out")
    assert "he\\ud800alth" in pl.read_parquet(tmp_path / "out" / REJECTS)["detail"].to_list()


def test_a_failed_run_leaves_the_last_good_one(folder: Path, tmp_path: Path) -> None:
    build_items(folder, tmp_path / "out")
    before = (tmp_path / "out" / ITEMS).read_bytes()
    (folder / "medqa" / "US/4_options/phrases_no_exclude_test.jsonl").write_text("{")
    with pytest.raises(UserError, match="not JSON"):
        build_items(folder, tmp_path / "out")
    assert (tmp_path / "out" / ITEMS).read_bytes() == before


def test_somebody_elses_folder_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected an empty folder or an earlier run's"):
        build_items(folder, folder)
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is a file, expected a folder"):
        build_items(folder, tmp_path / "file")


def test_a_parser_that_loses_a_record_is_found_out(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = builders.sources.SOURCES["medqa"]

    def lossy(source: Source, files: Folder) -> Iterator[Outcome]:
        return islice(whole.parser(source, files), 1, None)

    monkeypatch.setattr(builders.sources, "SOURCES", {"medqa": replace(whole, parser=lossy)})
    with pytest.raises(AssertionError, match="accounted for"):
        build_items(folder, tmp_path / "out")
