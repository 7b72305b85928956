"""What is found when a version is loaded back, through the real client."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from huggingface_hub import HfApi

from builders.release.candidate import Plan
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from globmed.errors import UserError
from globmed.hub.process import running
from globmed.schema import arrow_schema
from globmed.storage.parquet import write_parquet
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import DemoRelease
from tests.support.programs import run_python

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubAccess]:
    with running(tmp_path / "own-hub") as server:
        yield HubAccess(server.url, server.token)


def rewrite(file: Path, rows: pl.DataFrame) -> None:
    write_parquet(rows, file, arrow_schema())


def test_a_config_that_is_said_to_be_the_same_is_still_loaded_and_looked_at(
    demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(demo_release.candidate / "data", tmp_path / "data"))
    train = {config: next((data / config).glob("train-*")) for config in ("zulu", "yoruba", "wolof", "swahili")}
    rows = pl.read_parquet(train["zulu"])
    first = pl.int_range(pl.len()) == 0
    rewrite(train["zulu"], rows.with_columns(question=pl.when(first).then(pl.lit("?")).otherwise("question")))
    rewrite(train["yoruba"], pl.read_parquet(train["yoruba"]).head(-1))
    train["wolof"].rename(train["wolof"].with_name("train-other.parquet"))
    next((data / "french").glob("test-*")).unlink()
    configs = sorted(path.name for path in data.iterdir())
    asked = {"repository": REPOSITORY, "commit": demo_release.commit, "data": str(data)}
    done = run_python(
        ["-m", "builders.release.loading_back.rows"],
        os.environ | demo_hub.environment(tmp_path / "home"),
        text=json.dumps(asked | {"configs": configs, "same": configs}),
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["answer"] == [
        "french: splits ['test', 'train', 'validation'] were published, ['train', 'validation'] were built",
        "wolof/train: the files that were published are not those that were built",
        "yoruba/train: the files that were published have other numbers of rows than those built",
        "zulu/train: the first loaded row differs from the built one",
    ]


def test_another_file_of_an_unchanged_language_is_found_by_its_hash_and_compared(
    small_build: BuildFolder, small_hub: HubAccess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody put the second version's manifest, beside another Swahili file, on main; two clients share the work."""
    monkeypatch.setattr("builders.release.loading_back.dataset.SHARED", 0)
    build = BuildFolder(Path(shutil.copytree(small_build.root, tmp_path / "build")))
    zulu = build.rows / "zulu" / "train-sample.parquet"
    rewrite(zulu, pl.read_parquet(zulu).with_columns(origin=pl.lit("human")))
    second = Plan(Version(1, 0, 0), REPOSITORY, private=False)
    planned = release(second, build, small_hub, dry_run=True)
    theirs = Path(shutil.copytree(planned.candidate, tmp_path / "theirs"))
    swahili = next((theirs / "data" / "swahili").glob("test-*"))
    last = pl.int_range(pl.len()) == pl.len() - 1
    rewrite(swahili, pl.read_parquet(swahili).with_columns(answer=pl.when(last).then(pl.lit("Z")).otherwise("answer")))
    api = HfApi(endpoint=small_hub.endpoint, token=small_hub.token)
    api.upload_folder(repo_id=REPOSITORY, folder_path=theirs, repo_type="dataset", delete_patterns="*")
    with pytest.raises(UserError, match=r"swahili/test: the rows that were loaded are not those that were built"):
        release(second, build, small_hub)
    api.upload_folder(repo_id=REPOSITORY, folder_path=planned.candidate, repo_type="dataset", delete_patterns="*")
    assert release(second, build, small_hub).commit
