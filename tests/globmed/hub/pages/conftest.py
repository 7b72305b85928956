"""A server whose repositories the tests of pages look at."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

from globmed.hub.process import RunningHub
from tests.globmed.hub.pages.made import parquet, row

CARD = """---
language: [en, sw]
license: mit
---
# Questions

See [Swahili](languages/sw.md) and ![the shares](plots/shares.svg).

<script>alert("card")</script>
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>'


@dataclass(frozen=True)
class Published:
    """A public repository with its commits, and a private one."""

    hub: RunningHub
    name: str
    private: str
    changed: str
    removed: str

    @property
    def url(self) -> str:
        return f"{self.hub.url}/datasets/{self.name}"


@pytest.fixture(scope="session")
def published(server: RunningHub, api: HfApi) -> Published:
    """Two repositories, of an owner that has no others."""
    name, private = "clinic/questions", "clinic/patients"
    for each in (name, private):
        api.create_repo(each, repo_type="dataset", private=each == private)
    _commit(api, private, "Add", CommitOperationAdd("README.md", b"# Not for everyone\n"))
    files = {
        "README.md": CARD.encode(),
        "languages/sw.md": b"# Kiswahili\n\nMaswali.\n",
        "plots/shares.svg": SVG,
        "notes/a b#c?.txt": b"first\nsecond\nthird\n",
        "data/some.dat": bytes(range(256)),
        "data/rows.parquet": parquet([row(number, tag) for tag in ("en", "yo") for number in range(3)]),
    }
    _commit(api, name, "Add <everything>", *(CommitOperationAdd(path, content) for path, content in files.items()))
    changed = _commit(
        api,
        name,
        "Correct a dose",
        CommitOperationAdd("notes/a b#c?.txt", b"first\n<b>changed</b>\nthird\n"),
        CommitOperationAdd("data/some.dat", bytes(range(255))),
    )
    api.create_tag(name, tag="v1.0.0", repo_type="dataset")
    api.create_branch(name, branch="draft/one", repo_type="dataset")
    removed = _commit(api, name, "Remove", CommitOperationDelete("notes/a b#c?.txt"))
    api.create_discussion(name, "Is <i>this</i> right?", description="**Yes** <script>x</script>", repo_type="dataset")
    api.create_commit(
        name,
        [CommitOperationAdd("README.md", b"# Ours\n")],
        commit_message="Propose",
        repo_type="dataset",
        create_pr=True,
    )
    return Published(server, name, private, changed, removed)


def _commit(api: HfApi, name: str, title: str, *operations: CommitOperationAdd | CommitOperationDelete) -> str:
    return str(api.create_commit(name, operations, commit_message=title, repo_type="dataset").oid)


@pytest.fixture(scope="session")
def storage(folder: Path) -> Path:
    """The server's storage."""
    return folder
