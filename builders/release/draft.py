"""Publish a draft of a language: its rows on a branch of their own, verified; main and all tags stay untouched."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from builders.release.candidate import History, Plan, build_candidate, limit_of
from builders.release.diff.copy import open_folder
from builders.release.hub.repository import HubRepository, open_repository
from builders.release.loading_back.dataset import dataset_clients, load_back
from builders.release.release import check_candidate
from builders.rows.artifacts.folder import BuildFolder
from cards.draft import Draft
from globmed.cli.console import do_step
from globmed.errors import UserError
from globmed.languages import Language
from globmed.storage.lock import locked
from globmed.versions.client import DATASET, HubAccess
from globmed.versions.numbers import Version

#: The version in a draft's files: lower than any.
UNVERSIONED = Version(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft on the Hub.

    Attributes:
        draft: the draft.
        commit: the branch's commit.
        candidate: the folder that was uploaded.
        rows: number of rows of the language in it.
    """

    draft: Draft
    commit: str
    candidate: Path
    rows: int


def publish_draft(entry: Language, plan: Plan, build: BuildFolder, access: HubAccess) -> Drafted:
    """Publish what was built of a language, with English, as the contents of its draft branch.

    Args:
        entry: the language.
        plan: the repository, whether it is private, and the licence gate.
        build: the build folder; part of the items is enough.
        access: the Hub.

    Raises:
        UserError: another process is using the build folder, the repository has the other visibility, the token may
            not write, no row of the language may be published there, the candidate fails validation, the Hub refuses,
            or the rows that came back differ.
    """
    draft = Draft(entry.name, limit_of(build))
    changes = f"# Changes\n\nA draft of {entry.english_name}: nothing was released yet.\n"
    history = History(previous=None, changes=changes, yanked={})
    make = partial(build_candidate, build, replace(plan, draft=draft), build.root / "candidate", history)
    with locked(build.root), open_repository(plan.repository, access) as repository:
        repository.check_access(private=plan.private)
        folder = do_step("rows", make)
        rows = open_folder(folder).manifest.configs[entry.name]
        with dataset_clients(repository, folder) as clients:
            check_candidate(folder)
            repository.api.create_repo(plan.repository, repo_type=DATASET, private=plan.private, exist_ok=True)
            commit = do_step("upload", partial(_upload, repository, folder, draft))
            do_step("load back and compare", partial(load_back, repository, folder, None, clients, commit))
    return Drafted(draft, commit, folder, sum(rows.values()))


def remove_draft(entry: Language, name: str, access: HubAccess) -> None:
    """Remove the draft branch of a language from a repository.

    Raises:
        UserError: there is none.
    """
    branch = Draft(entry.name).branch
    with open_repository(name, access) as repository:
        if repository.head() is None or branch not in _branches(repository):
            raise UserError(f"{name} has no branch {branch}: there is nothing to remove")
        repository.api.delete_branch(name, branch=branch, repo_type=DATASET)


def _branches(repository: HubRepository) -> set[str]:
    return {ref.name for ref in repository.api.list_repo_refs(repository.name, repo_type=DATASET).branches}


def _upload(repository: HubRepository, folder: Path, draft: Draft) -> str:
    """Commit the folder as the whole contents of the draft's branch; return the commit."""
    repository.api.create_branch(repository.name, branch=draft.branch, repo_type=DATASET, exist_ok=True)
    made = repository.api.upload_folder(
        repo_id=repository.name,
        folder_path=folder,
        repo_type=DATASET,
        revision=draft.branch,
        commit_message=f"Draft of {draft.language}",
        delete_patterns="*",
    )
    return made.oid
