"""A release that pushes the page to explore its version."""

import json
from pathlib import Path

import pytest
from huggingface_hub import HfApi, hf_hub_download

from builders.release.candidate import Plan
from builders.release.hub.explorer import check_explorer, push_explorer
from globmed.errors import UserError
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import DemoRelease, Globmed

SPACE = "globmed/explorer"


@pytest.mark.slow
def test_the_page_of_a_released_version_reads_it_at_its_commit(
    demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    plan = Plan(Version(0, 1, 0), REPOSITORY, private=False)
    address = push_explorer(plan, demo_release.candidate, demo_release.commit, demo_hub, SPACE)
    assert address == f"{demo_hub.endpoint}/spaces/{SPACE}"
    file = hf_hub_download(SPACE, "version.json", repo_type="space", endpoint=demo_hub.endpoint, local_dir=tmp_path)
    facts = json.loads(Path(file).read_text("utf-8"))
    assert facts["data"].endswith(f"/datasets/{REPOSITORY}/resolve/{demo_release.commit}")
    listed = HfApi(demo_hub.endpoint).list_repo_files(REPOSITORY, repo_type="dataset", revision=demo_release.commit)
    assert {each["path"] for each in facts["files"]} == {path for path in listed if path.startswith("data/")}


def test_a_private_version_or_a_name_that_is_none_is_refused() -> None:
    check_explorer(SPACE, private=False)
    with pytest.raises(UserError, match="found --space with --private"):
        check_explorer(SPACE, private=True)
    with pytest.raises(UserError, match="expected owner/name"):
        check_explorer("explorer", private=False)


@pytest.mark.slow
def test_a_release_is_refused_before_anything_is_built(globmed: Globmed, tmp_path: Path) -> None:
    arguments = ("release", "0.1.0", "--build", tmp_path / "none", "--hub-root", tmp_path / "hub")
    done = globmed(*arguments, "--space", SPACE, "--private")
    assert done.returncode == 2
    assert "expected a public version" in done.stderr
    assert list(tmp_path.iterdir()) in ([], [tmp_path / "hf-home"])
