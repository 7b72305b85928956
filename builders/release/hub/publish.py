"""Publish a folder to main: uploaded to a pull request, loaded back from its commit, compared, and only then merged.

The repository is consistent at every moment: main changes by one merge, and a tag is set once main's tree is the tree
that was compared. A killed run can be repeated: its open pull request is closed, files that were already uploaded are
not uploaded again, and a version that was merged is recognised by its manifest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builders.release.hub.repository import HubRepository
from globmed.cli.console import do_step
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST
from globmed.versions.numbers import Version

#: Loads a commit back and compares it with the folder; raises a `UserError` if they differ.
Compare = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a repository with respect to a version that is to be released.

    Attributes:
        head: main's commit; None if there is no repository.
        current: main's version; None if there is none.
        own: the commit that has this very version already, by its tag or on main.
        tags: the commit of every tagged version.
    """

    head: str | None
    current: Version | None
    own: str | None
    tags: Mapping[Version, str]

    def commit(self, version: Version) -> str:
        """Return the commit of a version that a release builds on.

        Raises:
            UserError: its release was interrupted before it was tagged.
        """
        if version not in self.tags:
            raise UserError(f"main is {version}, which has no tag yet: release {version} again first")
        return self.tags[version]


def find_standing(repository: HubRepository, version: Version) -> Standing:
    """Determine the state of the repository before anything is made.

    Raises:
        UserError: the version is not larger than the existing ones, or main's version has no tag yet.
    """
    head = repository.head()
    current = None if head is None else repository.version(head)
    tags = repository.tags()
    largest = max([*tags, *([current] if current else [])], default=None)
    if largest is not None and version < largest:
        raise UserError(f"{repository.name} is at {largest}: {version} is not larger; choose a larger version")
    standing = Standing(head, current, tags.get(version) or (head if current == version else None), tags)
    if current is not None and current != version:
        standing.commit(current)
    return standing


def release_folder(
    repository: HubRepository, standing: Standing, version: Version, folder: Path, compare: Compare, *, private: bool
) -> str:
    """Publish and tag a version's folder, or resume what an earlier run published; return the tag's commit.

    Raises:
        UserError: the tag has other contents, the repository has the other visibility; as `publish`.
    """
    own = standing.own
    same = own is not None and repository.text(own, MANIFEST) == (folder / MANIFEST).read_text("utf-8")
    if own is not None and version in standing.tags:
        if same:
            return own
        raise UserError(
            f"{repository.name} has {version.tag} with other contents, and a tag never moves: "
            "release this one as a larger version"
        )
    if own is not None and same:
        repository.check_visibility(private=private)
        do_step("load back and compare", partial(compare, own))
        commit = own
    else:
        repository.api.create_repo(repository.name, repo_type=repository.kind, private=private, exist_ok=True)
        repository.check_visibility(private=private)
        commit = publish(repository, folder, f"Release {version}", compare, standing.head)
    tag = partial(repository.api.create_tag, repository.name, tag=version.tag, revision=commit)
    do_step("tag", partial(tag, repo_type=repository.kind))
    return commit


def publish(
    repository: HubRepository, folder: Path, title: str, compare: Compare, expected: str | None, why: str = ""
) -> str:
    """Upload a folder as a pull request, load its commit back, merge it; return main's new commit.

    Args:
        repository: the repository to publish to.
        folder: the new contents of main.
        title: of the commit and the pull request.
        compare: called with the pull request's commit.
        expected: main's commit from which ``folder`` was made; None in a new repository.
        why: the commit's description.

    Raises:
        UserError: the contents that came back differ, or main was changed by somebody else in the meantime.
    """
    parent = repository.head()
    if parent is None:
        raise UserError(f"{repository.name} is gone from {repository.access.endpoint}; run the same command again")
    if parent != expected and (expected is not None or repository.version(parent) is not None):
        raise _overtaken(repository)
    _close_abandoned(repository, title)
    number, commit = do_step("upload", partial(_upload, repository, folder, title, why, parent))
    do_step("load back and compare", partial(compare, commit))
    if repository.head() != parent:
        raise _overtaken(repository)
    return do_step("merge", partial(_merge, repository, number, commit, parent))


def _overtaken(repository: HubRepository) -> UserError:
    return UserError(f"{repository.name} changed while this ran: somebody else released; run the same command again")


def _upload(repository: HubRepository, folder: Path, title: str, why: str, parent: str) -> tuple[int, str]:
    made = repository.api.upload_folder(
        repo_id=repository.name,
        folder_path=folder,
        repo_type=repository.kind,
        commit_message=title,
        commit_description=why,
        delete_patterns="*",
        parent_commit=parent,
        create_pr=True,
    )
    if made.pr_num is None:
        raise UserError(
            f"{repository.access.endpoint} created no pull request, which a release needs; name another --hub"
        )
    return made.pr_num, made.oid


def _merge(repository: HubRepository, number: int, commit: str, parent: str) -> str:
    from huggingface_hub.errors import HfHubHTTPError

    try:
        opened = repository.api.get_discussion_details(repository.name, number, repo_type=repository.kind)
        if opened.status == "draft":
            # So the client leaves what it uploads by Xet.
            repository.api.change_discussion_status(repository.name, number, "open", repo_type=repository.kind)
        repository.api.merge_pull_request(repository.name, number, repo_type=repository.kind)
    except HfHubHTTPError as error:
        # The Hub refuses to merge onto files that changed meanwhile, and a pull request that was closed stays closed.
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


def _close_abandoned(repository: HubRepository, title: str) -> None:
    """Close the pull requests that killed runs of this release left open."""
    open_ones = repository.api.get_repo_discussions(
        repository.name, repo_type=repository.kind, discussion_type="pull_request", discussion_status="open"
    )
    for pull_request in open_ones:
        if pull_request.title == title:
            repository.api.change_discussion_status(
                repository.name, pull_request.num, "closed", repo_type=repository.kind
            )
