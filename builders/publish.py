"""Make a folder the contents of main: beside it first, loaded back from that commit and compared, only then merged.

What stands on the Hub is whole at every moment: main changes by one merge. A run that was killed is run again: its
open pull request is closed, and files that were uploaded already are not uploaded a second time.
"""

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from builders.repository import DATASET, DatasetRepository
from globmed.console import do_step
from globmed.errors import UserError


def publish(repository: DatasetRepository, folder: Path, title: str, expected: str | None = None, why: str = "") -> str:
    """Upload a dataset folder as a pull request, load its commit back, merge it; returns main's new commit.

    Args:
        repository: where to.
        folder: the whole contents that main is to have.
        title: of the commit and the pull request.
        expected: main's commit from which ``folder`` was made; None in a new repository.
        why: the commit's description.

    Raises:
        UserError: rows that came back different, or somebody else's change of main meanwhile.
    """
    parent = repository.head()
    if parent is None:
        raise UserError(f"{repository.name} is gone from {repository.access.endpoint}; run the same command again")
    if parent != expected and (expected is not None or repository.manifest(parent) is not None):
        raise _overtaken(repository)
    _close_abandoned(repository, title)
    number, commit = do_step("upload", partial(_upload, repository, folder, title, why, parent))
    do_step("load back and compare", partial(load_back, repository, folder, commit))
    if repository.head() != parent:
        raise _overtaken(repository)
    return do_step("merge", partial(_merge, repository, number, commit, parent))


def _overtaken(repository: DatasetRepository) -> UserError:
    return UserError(f"{repository.name} changed while this ran: somebody else released; run the same command again")


def load_back(repository: DatasetRepository, folder: Path, commit: str) -> None:
    """Load every config of a commit with the stock client in a fresh cache; compare every row with the folder's.

    Raises:
        UserError: a row, split or config differs, or the client fails.
    """
    with tempfile.TemporaryDirectory(prefix="globmed-readback-") as cache:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        done = subprocess.run(  # noqa: S603 -- our own module, arguments that we made
            [sys.executable, "-m", "builders.readback", repository.name, commit, str(folder / "data")],
            env=environment | repository.access.environment(Path(cache)),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        found = (done.stdout or done.stderr).strip().splitlines()
        reason = found[-1] if found else f"the client ended with {done.returncode}"
        raise UserError(f"{repository.name} at {commit}: {reason}; nothing was tagged and main is as it was")


def _upload(repository: DatasetRepository, folder: Path, title: str, why: str, parent: str) -> tuple[int, str]:
    made = repository.api.upload_folder(
        repo_id=repository.name,
        folder_path=folder,
        repo_type=DATASET,
        commit_message=title,
        commit_description=why,
        delete_patterns="*",
        parent_commit=parent,
        create_pr=True,
    )
    if made.pr_num is None:
        raise UserError(f"{repository.access.endpoint} made no pull request; it is no Hub that GlobMed can release to")
    return made.pr_num, made.oid


def _merge(repository: DatasetRepository, number: int, commit: str, parent: str) -> str:
    from huggingface_hub.errors import HfHubHTTPError

    try:
        repository.api.merge_pull_request(repository.name, number, repo_type=DATASET)
    except HfHubHTTPError as error:
        # The Hub merges nothing onto files that changed meanwhile, and what somebody closed stays closed.
        if repository.head() == parent:
            raise
        raise _overtaken(repository) from error
    head = repository.head()
    if head is None or repository.tree(head) != repository.tree(commit):
        raise UserError(
            f"{repository.name}: main at {head} is not what was compared: somebody else released at the same time; "
            "run the same command again"
        )
    return head


def _close_abandoned(repository: DatasetRepository, title: str) -> None:
    """Close the pull requests that killed runs of this release left open."""
    open_ones = repository.api.get_repo_discussions(
        repository.name, repo_type=DATASET, discussion_type="pull_request", discussion_status="open"
    )
    for pull_request in open_ones:
        if pull_request.title == title:
            repository.api.change_discussion_status(repository.name, pull_request.num, "closed", repo_type=DATASET)
