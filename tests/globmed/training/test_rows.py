"""Rows for training: of a published version, never of a held-out split."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import polars as pl
import pytest
from huggingface_hub import HfApi

from globmed.errors import UserError
from globmed.records.manifest import MANIFEST
from globmed.storage.files import sha256
from globmed.training.rows import Prepared, TrainingData, prepare
from globmed.versions.client import HubAccess
from tests.conftest import SAMPLED, DemoRelease

pytestmark = pytest.mark.slow

LANGUAGES = ["english", "sw", "wolof"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's cache is the test's own."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "datasets")


@pytest.fixture
def wanted(demo_release: DemoRelease) -> dict[str, Any]:
    assert demo_release.commit
    return {"version": "0.1.0", "languages": LANGUAGES}


def prepared(hub: HubAccess, **wanted: Any) -> Prepared:
    return prepare(TrainingData(**wanted), hub.endpoint)


def test_rows_of_train_are_rendered_and_the_record_says_what_they_are(
    wanted: dict[str, Any], demo_release: DemoRelease, demo_hub: HubAccess
) -> None:
    data = prepared(demo_hub, **wanted)
    assert {identifier.split("/")[1] for identifier in data.train["id"]} == {"train"}
    assert {identifier.split("/")[1] for identifier in data.validation["id"]} == {"validation"}
    assert set(data.train["language"]) == {"en", "sw", "wo"}
    record = data.record
    assert (record.repository, record.version) == ("globmed/GlobMed", "0.1.0")
    assert record.commit == demo_release.commit
    assert record.manifest_sha256 == sha256(demo_release.candidate / MANIFEST)
    assert record.languages == ["english", "swahili", "wolof"]
    assert sum(record.mix.rows.values()) == data.train.num_rows
    assert record.rows["swahili"] == {"train": 18, "validation": 10}
    assert record.prompts_reviewed == {"english": True, "swahili": False, "wolof": False}
    row = data.train[0]
    assert row["prompt"][0]["role"] == "user"
    assert row["completion"][0]["role"] == "assistant"
    assert row["chat_template_kwargs"] == {"enable_thinking": False}


def test_specialties_choose_the_rows_of_train_and_validation(wanted: dict[str, Any], demo_hub: HubAccess) -> None:
    chosen = "Infectious Diseases"
    data = prepared(demo_hub, **wanted, specialties=[chosen])
    assert {*data.train["specialty"], *data.validation["specialty"]} == {chosen}
    assert data.record.specialties == [chosen]
    assert data.record.rows["english"] == {"train": 2, "validation": 1}
    with pytest.raises(UserError, match=r"unknown specialties 'Infectous Diseases'; known: .*did you mean"):
        prepared(demo_hub, **wanted, specialties=["Infectous Diseases"])


def test_the_same_recipe_gives_the_same_rows_in_the_same_order(wanted: dict[str, Any], demo_hub: HubAccess) -> None:
    first, again = (prepared(demo_hub, **wanted, mix_temperature=3.0) for _ in range(2))
    assert first.record == again.record
    assert first.train["prompt"][:] == again.train["prompt"][:]
    assert first.train._fingerprint == again.train._fingerprint


def test_no_language_means_all_and_tasks_are_those_that_were_asked_for(
    wanted: dict[str, Any], demo_hub: HubAccess
) -> None:
    data = prepared(
        demo_hub, version="0.1.0", tasks=["nli"], mix_weights=[1.0] * len(SAMPLED), mix_rows=2 * len(SAMPLED)
    )
    assert data.record.languages == [entry.name for entry in SAMPLED]
    assert set(data.record.mix.rows.values()) == {2}
    assert set(data.train["task"]) == {"nli"}


@pytest.mark.parametrize("version", ["main", "refs/pr/1", "refs/heads/main", "latest", "", "0.1", "abc1234"])
def test_a_name_that_can_move_is_refused(version: str, demo_hub: HubAccess) -> None:
    with pytest.raises(UserError, match=r"expected MAJOR\.MINOR\.PATCH.*full commit hash: branches and pull requests"):
        prepared(demo_hub, version=version)


def test_unknown_choices_are_refused(wanted: dict[str, Any], demo_hub: HubAccess) -> None:
    for choice, message in (
        ({"tasks": ["mcqa", "essay"]}, "unknown tasks 'essay'; known: mcqa"),
        ({"tasks": []}, "tasks are none; known: mcqa"),
        ({"style": "latin"}, "style 'latin'; known: native, english"),
        ({"contaminated": "keep"}, "contaminated 'keep'; known: refuse, drop"),
        ({"version": 1.0}, r"version '1\.0': expected MAJOR"),
    ):
        with pytest.raises(UserError, match=message):
            prepared(demo_hub, **{**wanted, **choice})
    with pytest.raises(UserError, match="unknown language 'klingon'"):
        prepared(demo_hub, version="0.1.0", languages=["klingon"])


def publish_changed(
    hub: HubAccess, released: DemoRelease, folder: Path, repository: str, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> str:
    """Another repository with the same version, in which the Swahili rows of train were changed."""
    shutil.copytree(released.candidate, folder)
    (file,) = (folder / "data" / "swahili").glob("train-*")
    change(pl.read_parquet(file)).write_parquet(file)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["files"][f"data/swahili/{file.name}"]["sha256"] = sha256(file)
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo(repository, repo_type="dataset")
    commit = api.upload_folder(repo_id=repository, folder_path=folder, repo_type="dataset")
    api.create_tag(repository, tag="v0.1.0", revision=commit.oid, repo_type="dataset")
    return repository


def test_an_id_that_is_held_out_in_another_language_stops_everything(
    wanted: dict[str, Any], demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    (test,) = (demo_release.candidate / "data" / "english").glob("test-*")
    held_out = pl.read_parquet(test)["id"][0]

    def steal(rows: pl.DataFrame) -> pl.DataFrame:
        first = pl.int_range(pl.len()) == 0
        return rows.with_columns(pl.when(first).then(pl.lit(held_out)).otherwise("id").alias("id"))

    repository = publish_changed(demo_hub, demo_release, tmp_path / "stolen", "globmed/stolen-id", steal)
    with pytest.raises(UserError, match=f"swahili: 1 rows of train are held out in another split, first {held_out}"):
        prepared(demo_hub, **wanted, dataset=repository)


def test_a_prompt_that_is_held_out_is_refused_or_dropped_and_counted(
    wanted: dict[str, Any], demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    (test,) = (demo_release.candidate / "data" / "swahili").glob("test-*")
    copied = pl.read_parquet(test).filter(pl.col("task") == "mcqa")[:1].with_columns(id=pl.lit("sample/train/new-id"))
    loud = copied.with_columns(pl.col("question").str.to_uppercase() + "  ")

    repository = publish_changed(
        demo_hub, demo_release, tmp_path / "copied", "globmed/copied-prompt", lambda rows: pl.concat([rows, loud])
    )
    with pytest.raises(
        UserError, match="swahili: the prompts of 1 rows of train are those of held-out rows, first sam"
    ):
        prepared(demo_hub, **wanted, dataset=repository)
    data = prepared(demo_hub, **wanted, dataset=repository, contaminated="drop")
    assert data.record.dropped_as_contaminated == {"english": 0, "swahili": 1, "wolof": 0}
    assert "sample/train/new-id" not in data.train["id"]
    assert data.record.mix.rows["swahili"] == 18


def test_rows_that_do_not_fit_are_left_out_before_the_mix_and_counted(
    wanted: dict[str, Any], demo_hub: HubAccess
) -> None:
    def short(rows: "datasets.Dataset") -> list[bool]:
        return [
            not name.endswith("snake-bite-first-aid") or tag != "sw"
            for name, tag in zip(rows["id"], rows["language"], strict=True)
        ]

    data = prepare(TrainingData(**wanted, mix_weights=[1.0, 1.0, 1.0], mix_rows=300), demo_hub.endpoint, short)
    assert data.record.dropped_as_too_long == {"english": 0, "swahili": 1, "wolof": 0}
    assert set(data.record.mix.rows.values()) == {100}
    assert ("sw", "sample/train/snake-bite-first-aid") not in set(
        zip(data.train["language"], data.train["id"], strict=True)
    )
    with pytest.raises(UserError, match="swahili: no row fits into max_length with its answer"):
        prepare(TrainingData(**wanted), demo_hub.endpoint, lambda rows: [tag != "sw" for tag in rows["language"]])
