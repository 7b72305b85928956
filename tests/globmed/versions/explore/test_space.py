"""The page as a static Space on a real Hub."""

import json
import subprocess
from pathlib import Path

import pytest
from huggingface_hub import HfApi, hf_hub_download

from globmed.errors import UserError
from globmed.versions.client import ReadAccess
from globmed.versions.explore.contents import Contents, version_contents
from globmed.versions.explore.space import push_space, write_space
from globmed.versions.published import resolve
from tests.globmed.versions.explore.conftest import REPOSITORY, Explored
from tests.globmed.versions.explore.made import publish

pytestmark = pytest.mark.slow

SPACE = "clinic/explorer"


def contents_of(explored: Explored, repository: str) -> Contents:
    access = explored.access
    published = resolve("1.0.0", repository, access.endpoint, access.token)
    return version_contents(published, ReadAccess(access.endpoint, access.token))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the client a cache of the test's own."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))


def test_a_pushed_space_reads_the_version_at_its_commit(explored: Explored, tmp_path: Path) -> None:
    contents, api = contents_of(explored, REPOSITORY), HfApi(explored.access.endpoint, explored.access.token)
    for _ in range(2):
        assert push_space(contents, explored.access, SPACE) == f"{explored.access.endpoint}/spaces/{SPACE}"
    info = api.space_info(SPACE)
    assert info.sdk == "static"
    files = api.list_repo_files(SPACE, repo_type="space")
    assert {"index.html", "scripts/main.js", "vendor/parquet.js", "vendor/hyparquet.LICENSE"} <= set(files)
    assert not [path for path in files if path.startswith("data/")], "the rows stay where they are"
    read = hf_hub_download(
        SPACE, "version.json", repo_type="space", endpoint=explored.access.endpoint, local_dir=tmp_path
    )
    facts = json.loads(Path(read).read_text("utf-8"))
    assert facts["data"] == f"{explored.repository}/resolve/{explored.commit}"


def test_a_private_version_has_no_space(explored: Explored, tmp_path: Path) -> None:
    publish(tmp_path / "private", "clinic/private", explored.access, private=True)
    contents = contents_of(explored, "clinic/private")
    for refused in (
        lambda: write_space(contents, explored.access.endpoint, tmp_path / "out"),
        lambda: push_space(contents, explored.access, SPACE),
    ):
        with pytest.raises(UserError, match="is private, and a page without a login cannot read it"):
            refused()
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_left_alone(explored: Explored, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter one")
    done = subprocess.run(
        explored.command("--out", tmp_path), env=explored.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there already, with thesis.txt" in done.stderr
    assert [each.name for each in tmp_path.iterdir() if each.name != "hub"] == ["thesis.txt"]
