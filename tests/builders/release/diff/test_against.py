"""A version against what others published: planted matches, other answers and leaks. All texts are the sample's."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from huggingface_hub import HfApi

from builders.release.diff.against import Against, compare_against
from builders.release.diff.copy import open_folder
from globmed.errors import UserError
from globmed.versions.client import HubAccess
from tests.conftest import DemoRelease, Globmed

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def rows(demo_candidate: Path) -> dict[str, Rows]:
    """The questions with options of the sample in English and Swahili, with their splits."""
    return {config: list(_questions(demo_candidate / "data" / config)) for config in ("english", "swahili")}


def _questions(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*-sample.parquet")):
        split = path.name.partition("-")[0]
        for row in pl.read_parquet(path).filter(task="mcqa").iter_rows(named=True):
            yield {**row, "split": split}


def published(row: dict[str, Any], **more: object) -> dict[str, Any]:
    options = {option["label"]: option["text"] for option in row["options"]}
    return {"question": row["question"], "options": options, "answer_idx": row["answer"], **more}


def publish(root: Path, part: str, **languages: Sequence[dict[str, Any]]) -> Path:
    for code, records in languages.items():
        path = root / code / part
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    return root


def against(candidate: Path, root: Path) -> Against:
    return compare_against(open_folder(candidate), [root])


def counted(found: Against, language: str) -> tuple[int, int, int]:
    row = found.languages.row(by_predicate=pl.col("language") == language)
    return row[1:]


def test_rows_are_found_by_their_texts_in_every_language(
    demo_candidate: Path, rows: dict[str, Rows], tmp_path: Path
) -> None:
    english, swahili = ([published(row) for row in rows[config]] for config in rows)
    publish(tmp_path, "test.json", en=english, sw=swahili, ar=english[:3])
    found = against(demo_candidate, tmp_path)
    assert found.matched == {"text": len(english), "id": 0}
    assert counted(found, "english")[::2] == (len(english), len(english))
    assert counted(found, "swahili")[::2] == (len(english), len(english))
    assert counted(found, "ar") == (3, 0, 0)
    assert counted(found, "zulu")[0] == 0
    assert (found.compared, found.answers.height, found.leaks.height) == (len(english), 0, 0)


def test_a_question_with_other_options_is_another_question(
    demo_candidate: Path, rows: dict[str, Rows], tmp_path: Path
) -> None:
    record = published(rows["english"][0])
    record["options"]["A"] = "Something else altogether"
    found = against(demo_candidate, publish(tmp_path, "test.json", en=[record]))
    assert found.matched["text"] == 0


def test_an_answer_is_compared_by_the_text_of_its_option(
    demo_candidate: Path, rows: dict[str, Rows], tmp_path: Path
) -> None:
    same, other, by_number = (published(row) for row in rows["english"][:3])
    same["options"] = dict(zip("ABCDEFGH", reversed(same["options"].values()), strict=False))
    right = next(o["text"] for o in rows["english"][0]["options"] if o["label"] == rows["english"][0]["answer"])
    same["answer_idx"] = next(name for name, text in same["options"].items() if text == right)
    other["answer_idx"] = next(name for name in other["options"] if name != other["answer_idx"])
    by_number["answer_idx"] = 1
    found = against(demo_candidate, publish(tmp_path, "test.json", en=[same, other, by_number]))
    assert found.compared == 2, "a number may count from 0 or from 1"
    assert found.answers["id"].to_list() == [rows["english"][1]["id"]]


def test_records_for_training_that_our_held_out_splits_ask_are_leaks(
    demo_candidate: Path, rows: dict[str, Rows], tmp_path: Path
) -> None:
    held_out = [row for row in rows["english"] if row["split"] != "train"]
    publish(tmp_path, "train.json", en=[published(row) for row in rows["english"]])
    found = against(demo_candidate, tmp_path)
    assert found.leaks["id"].to_list() == sorted(row["id"] for row in held_out)
    assert set(found.leaks["theirs"]) == {"train"}


def test_ids_count_only_in_a_repository_whose_ids_are_ours(
    demo_candidate: Path, rows: dict[str, Rows], tmp_path: Path
) -> None:
    english = rows["english"]
    records = [published(row, id=row["provenance"]["record_id"]) for row in english]
    records[0]["question"] = "The same question in other words"
    publish(tmp_path / "a" / "Their_Sample", "test.json", en=records)
    publish(tmp_path / "b" / "Their_Other", "test.json", en=records)
    running = [{**record, "id": number} for number, record in enumerate(records)]
    publish(tmp_path / "c" / "Their_Sample", "test.json", en=running)
    found = {name: against(demo_candidate, tmp_path / name).matched["id"] for name in "abc"}
    assert found == {"a": 1, "b": 0, "c": 0}


def test_the_command_reports_both_ways(
    demo_candidate: Path, rows: dict[str, Rows], tmp_path: Path, globmed: Globmed
) -> None:
    english = [published(row) for row in rows["english"]]
    english[0]["answer_idx"] = next(name for name in english[0]["options"] if name != english[0]["answer_idx"])
    folder = publish(tmp_path / "GlobMed_Sample", "test.json", en=english)
    candidate = shutil.copytree(demo_candidate, tmp_path / "candidate")
    told = globmed("diff", candidate, "--against", folder, "--hub-root", tmp_path / "hub")
    assert f"1 of {len(english)} rows with an answer in both have another one" in told.stdout
    said = json.loads(globmed("diff", candidate, "--against", folder, "--hub-root", tmp_path / "hub", "--json").stdout)
    assert said["repositories"] == {"GlobMed_Sample": None}
    assert [each["id"] for each in said["answers"]] == [rows["english"][0]["id"]]


@pytest.fixture
def theirs(demo_hub: HubAccess, rows: dict[str, Rows], tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A repository of somebody else on the session's Hub, with its commit."""
    folder = publish(tmp_path / "theirs", "test.json", en=[published(row) for row in rows["english"]])
    (folder / "model.bin").write_bytes(b"not for us")
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    name = "somebody/GlobMed_Sample"
    api.create_repo(name, repo_type="dataset")
    try:
        yield name, api.upload_folder(repo_id=name, folder_path=folder, repo_type="dataset").oid
    finally:
        api.delete_repo(name, repo_type="dataset")


def test_the_command_downloads_a_repository(
    demo_release: DemoRelease,
    demo_hub: HubAccess,
    theirs: tuple[str, str],
    rows: dict[str, Rows],
    tmp_path: Path,
    globmed: Globmed,
) -> None:
    name, commit = theirs
    command = ("diff", "0.1.0", "--hub", demo_hub.endpoint, "--against")
    access = {"HF_TOKEN": str(demo_hub.token)}
    said = json.loads(globmed(*command, name, "--json", **access).stdout)
    assert said["repositories"] == {name: commit}
    assert said["matched"] == {"text": len(rows["english"]), "id": 0}
    downloaded = {path.name for path in (tmp_path / "hf-home").rglob("*") if path.is_file()}
    assert "test.json" in downloaded
    assert "model.bin" not in downloaded, "only files of records are needed"
    absent = globmed(*command, "somebody/GlobMed_Simple", **access)
    assert absent.returncode == 2
    assert "somebody/GlobMed_Simple" in absent.stderr
    assert "Traceback" not in absent.stderr


def test_one_version_without_others_is_an_error(tmp_path: Path, globmed: Globmed) -> None:
    done = globmed("diff", tmp_path, "--hub-root", tmp_path / "hub")
    assert (done.returncode, "expected two versions, or one and --against" in done.stderr) == (2, True)


def test_a_folder_without_languages_is_an_error(demo_candidate: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no published repository in it, expected a folder a language"):
        against(demo_candidate, tmp_path)
