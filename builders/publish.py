"""Make a folder the contents of main: beside it first, loaded back from that commit and compared, only then merged.

What stands on the Hub is whole at every moment: main changes by one merge. A run that was killed is run again: its
open pull request is closed, and files that were uploaded already are not uploaded a second time.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from builders.repository import DATASET, DatasetRepository
from globmed.console import do_step
from globmed.errors import UserError
from globmed.published import MANIFEST

#: The stock client, in processes of its own that wait to be told what to load.
Clients = tuple[subprocess.Popen[str], ...]
PROCESSES = 2
#: What `datasets` would import beside itself.
NO_TENSORS = {"USE_TORCH": "0", "USE_TF": "0", "USE_JAX": "0"}


def publish(
    repository: DatasetRepository,
    folder: Path,
    title: str,
    clients: Clients,
    expected: str | None = None,
    why: str = "",
    before: str | None = None,
) -> str:
    """Upload a dataset folder as a pull request, load its commit back, merge it; returns main's new commit.

    Args:
        repository: where to.
        folder: the whole contents that main is to have.
        title: of the commit and the pull request.
        clients: those of `waiting_clients`.
        expected: main's commit from which ``folder`` was made; None in a new repository.
        why: the commit's description.
        before: as `load_back`.

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
    do_step("load back and compare", partial(load_back, repository, folder, commit, before, clients))
    if repository.head() != parent:
        raise _overtaken(repository)
    return do_step("merge", partial(_merge, repository, number, commit, parent))


def _overtaken(repository: DatasetRepository) -> UserError:
    return UserError(f"{repository.name} changed while this ran: somebody else released; run the same command again")


@contextmanager
def waiting_clients(repository: DatasetRepository) -> Iterator[Clients]:
    """Stock clients, each with a fresh cache, that import themselves while something else is done; they end with it."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(_client(repository)) for _ in range(PROCESSES))


@contextmanager
def _client(repository: DatasetRepository) -> Iterator[subprocess.Popen[str]]:
    with tempfile.TemporaryDirectory(prefix="globmed-readback-") as cache:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        with subprocess.Popen(
            [sys.executable, "-m", "builders.readback"],
            env=environment | repository.access.environment(Path(cache)) | NO_TENSORS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as client:
            try:
                yield client
            finally:
                client.kill()


def load_back(repository: DatasetRepository, folder: Path, commit: str, before: str | None, clients: Clients) -> None:
    """Load every config of a commit with the stock client in a fresh cache, and compare it with the folder's.

    Args:
        repository: where it is.
        folder: what it should be.
        commit: at which commit.
        before: the commit of the version before, which was loaded back when it was released; files that the Hub lists
            under the same SHA-256 at both are not compared row by row again (`builders.readback`). None compares all.
        clients: those of `waiting_clients`, which share the work.

    Raises:
        UserError: a row, file, split or config differs, or the client fails.
    """
    configs = sorted(path.name for path in (folder / "data").iterdir())
    same = [] if before is None else _same(repository, folder, commit, before)
    order = sorted(configs, key=same.__contains__)
    asked = {"repository": repository.name, "commit": commit, "data": str(folder / "data"), "same": same}
    requests = [json.dumps({**asked, "configs": order[place :: len(clients)]}) for place in range(len(clients))]
    with ThreadPoolExecutor(len(clients)) as pool:
        said = list(pool.map(lambda client, request: client.communicate(request), clients, requests))
    for client, (found, failed) in zip(clients, said, strict=True):
        if client.returncode:
            lines = (found or failed).strip().splitlines()
            reason = lines[-1] if lines else f"the client ended with {client.returncode}"
            raise UserError(f"{repository.name} at {commit}: {reason}; nothing was tagged and main is as it was")


def _same(repository: DatasetRepository, folder: Path, commit: str, before: str) -> list[str]:
    """The configs of which every file has one SHA-256: in the folder, and on the Hub at both commits."""
    now, then = repository.contents(commit), repository.contents(before)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    other = {
        path.split("/")[1]
        for path, entry in manifest["files"].items()
        if path.startswith("data/") and not entry["sha256"] == now.get(path) == then.get(path)
    }
    return [config for config in manifest["configs"] if config not in other]


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
