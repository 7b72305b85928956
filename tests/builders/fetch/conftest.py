"""Repositories in the published layouts on a local Hub and in Git, and a process whose clients use them."""

import io
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from globmed.versions.client import HubAccess
from tests.builders.sources.fixtures import FIXTURES, write
from tests.support.driver import Driver, driver

CARD = "---\nlicense: {licence}\n---\n# Written for a test\n"
#: Files of a revision: bytes by path.
Tree = Mapping[str, bytes]


@pytest.fixture(scope="session")
def api(demo_hub: HubAccess) -> HfApi:
    return HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)


@pytest.fixture(scope="session")
def publish(api: HfApi) -> Callable[..., str]:
    """Commit files and a card to a dataset repository, and return the commit."""

    def commit(name: str, files: Tree, licence: str = "mit") -> str:
        api.create_repo(name, repo_type="dataset", exist_ok=True)
        card = {"README.md": CARD.format(licence=licence).encode()}
        operations = [CommitOperationAdd(path, content) for path, content in {**files, **card}.items()]
        return api.create_commit(name, operations, commit_message="Publish", repo_type="dataset").oid

    return commit


@pytest.fixture(scope="session")
def commit_git() -> Callable[[Path, Tree], str]:
    """Commit files to a Git repository in a folder, which is made, and return the commit."""

    def commit(folder: Path, files: Tree) -> str:
        def git(*arguments: str) -> str:
            who = ["-c", "user.name=A Publisher", "-c", "user.email=publisher@example.org"]
            command = ["git", *who, *arguments]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
            return done.stdout.strip()

        if not folder.exists():
            folder.mkdir(parents=True)
            git("init", "-q", "-b", "main")
            git("config", "uploadpack.allowFilter", "true")
            git("config", "uploadpack.allowAnySHA1InWant", "true")
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        git("add", "--all")
        git("commit", "-qm", "Publish")
        return git("rev-parse", "HEAD")

    return commit


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory, demo_hub: HubAccess) -> Iterator[Driver]:
    """Commands with an empty cache of their own, in an empty folder."""
    folder = tmp_path_factory.mktemp("online")
    with driver(folder, demo_hub.environment(folder / "hf-home")) as commands:
        yield commands


def files_of(source: str, folder: Path) -> dict[str, bytes]:
    """Return the fixture's files of a source, by path; ``folder`` is where they are written meanwhile."""
    written = write(folder, FIXTURES[source].files)
    return {path.relative_to(written).as_posix(): path.read_bytes() for path in written.rglob("*") if path.is_file()}


def zipped(files: Tree) -> bytes:
    """Return a zip archive of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return made.getvalue()


def parquet(rows: list[dict[str, object]]) -> bytes:
    """Return rows as a Parquet file."""
    made = io.BytesIO()
    pl.DataFrame(rows).write_parquet(made)
    return made.getvalue()
