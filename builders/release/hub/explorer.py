"""The page to explore a released version, as a static Space of its own."""

from pathlib import Path

from builders.release.candidate import Plan
from globmed.cli.console import do_step
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST, Manifest
from globmed.records.record import read_file
from globmed.storage.files import sha256
from globmed.versions.client import HubAccess
from globmed.versions.explore.contents import folder_contents
from globmed.versions.explore.space import check_space, push_space
from globmed.versions.published import Published


def check_explorer(space: str, *, private: bool) -> None:
    """Check before a release what can be known of its Space.

    Raises:
        UserError: it is no name, or the version is private.
    """
    check_space(space)
    if private:
        raise UserError(
            "found --space with --private, expected a public version: a page without a login cannot read it"
        )


def push_explorer(plan: Plan, candidate: Path, commit: str, access: HubAccess, space: str) -> str:
    """Push the page of a released version and return its address.

    Args:
        plan: the parameters of the release.
        candidate: the folder that was uploaded, loaded back and compared.
        commit: the tagged commit, from which the page reads the rows.
        access: the Hub.
        space: ``owner/name``; it is created if it does not exist.

    Raises:
        UserError: the Hub refuses it, or cannot be reached. The version is released; the same command pushes the page.
    """
    manifest = candidate / MANIFEST
    read = read_file(Manifest, manifest, "release again")
    published = Published(plan.repository, plan.version, commit, read, sha256(manifest))
    contents = folder_contents(f"{plan.repository} {plan.version}", candidate / "data", published)
    return do_step("push the page", lambda: push_space(contents, access, space))
