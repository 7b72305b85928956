"""A draft stands on a branch of its own; main and the tags are as they were."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from huggingface_hub import HfApi

from builders.release.candidate import Plan
from builders.release.draft import UNVERSIONED, publish_draft, remove_draft
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.errors import UserError
from globmed.languages import language, select
from globmed.schema import arrow_schema
from globmed.storage.parquet import write_parquet
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.builders.conftest import LIMIT
from tests.conftest import SAMPLE, DemoRelease
from tests.support.clients import run_client

PLAN = Plan(UNVERSIONED, REPOSITORY, private=False)
LOAD = f"""
import datasets, json
revision = "draft-zulu"
configs = datasets.get_dataset_config_names("{REPOSITORY}", revision=revision)
rows = datasets.load_dataset("{REPOSITORY}", "zulu", revision=revision)
print(json.dumps([sorted(configs), sorted(row["id"] for split in rows.values() for row in split)]))
"""


def references(access: HubAccess) -> tuple[dict[str, str], dict[str, str]]:
    """Return the commits of the branches and of the tags."""
    refs = HfApi(endpoint=access.endpoint, token=access.token).list_repo_refs(REPOSITORY, repo_type="dataset")
    branches, tags = ({ref.name: ref.target_commit for ref in kind} for kind in (refs.branches, refs.tags))
    return branches, tags


@pytest.mark.slow
def test_reviewers_load_it_and_nothing_else_changed(
    part_build: BuildFolder, demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    before = references(demo_hub)
    drafted = publish_draft(language("zulu"), PLAN, part_build, demo_hub)
    branches, tags = references(demo_hub)
    assert branches == {**before[0], "draft-zulu": drafted.commit}
    assert tags == before[1]
    configs, ids = run_client(demo_hub, tmp_path, LOAD)
    rows = pl.read_parquet(part_build.rows / "zulu" / "*.parquet")
    assert (configs, ids) == (["english", "zulu"], sorted(rows["id"]))
    assert drafted.rows == len(ids) == LIMIT
    again = publish_draft(language("zulu"), PLAN, part_build, demo_hub)
    assert again.commit == drafted.commit, "the same contents make no commit"
    card = (drafted.candidate / "README.md").read_text("utf-8")
    assert "This is a draft of Zulu for its reviewers" in card
    assert f"It only has the first {LIMIT} items." in card
    assert 'load_dataset("globmed/GlobMed", "zulu", revision="draft-zulu")' in card
    assert "v0.0.0" not in card
    manifest = json.loads((drafted.candidate / "manifest.json").read_text("utf-8"))
    assert (manifest["draft"], manifest["inputs"]["limit"]) == ("draft-zulu", LIMIT)
    remove_draft(language("zulu"), REPOSITORY, demo_hub)
    assert references(demo_hub) == before
    with pytest.raises(UserError, match="has no branch draft-zulu"):
        remove_draft(language("zulu"), REPOSITORY, demo_hub)


@pytest.mark.slow
def test_a_build_of_some_items_is_no_release(part_build: BuildFolder, demo_hub: HubAccess) -> None:
    with pytest.raises(UserError, match=f"only has the first {LIMIT} items: build it without --limit"):
        release(Plan(Version(9, 0, 0), "globmed/part", private=False), part_build, demo_hub)


@pytest.mark.slow
def test_a_draft_without_rows_or_with_broken_ones_is_refused(
    part_build: BuildFolder, demo_hub: HubAccess, tmp_path: Path
) -> None:
    before = references(demo_hub)
    with pytest.raises(UserError, match=r"no row of swahili may be in globmed/GlobMed; see `globmed language status"):
        publish_draft(language("sw"), PLAN, part_build, demo_hub)
    broken = BuildFolder(tmp_path / "broken")
    shutil.copytree(part_build.root, broken.root)
    for file in (broken.rows / "zulu").glob("*.parquet"):
        write_parquet(pl.read_parquet(file).with_columns(answer=pl.lit("Z")), file, arrow_schema())
    with pytest.raises(UserError, match=r"the candidate fails .* critical expectations and is not released"):
        publish_draft(language("zulu"), PLAN, broken, demo_hub)
    assert references(demo_hub) == before


def test_the_first_items_are_of_every_source_and_split_and_a_larger_limit_keeps_them(
    part_build: BuildFolder, tmp_path: Path
) -> None:
    few = pl.read_parquet(part_build.kept)
    assert few["id"].n_unique() == LIMIT
    assert few["split"].n_unique() == 3
    more = BuildFolder(tmp_path / "more")
    build(SAMPLE.parent, [], select("english"), more.root, limit=LIMIT + 1)
    larger = pl.read_parquet(more.kept)
    assert larger["id"].n_unique() == LIMIT + 1
    assert set(few["id"]) < set(larger["id"])
    build(SAMPLE.parent, [], select("english"), more.root)
    assert pl.read_parquet(more.kept).height == 37
