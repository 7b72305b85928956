"""The page as a static Space: a folder of files that any web server, and the Hub, serves as it is."""

from pathlib import Path

import yaml

from globmed.errors import UserError
from globmed.render.page import render
from globmed.storage.folders import replaced_folder
from globmed.versions.client import HubAccess, check_repository
from globmed.versions.explore.contents import Contents
from globmed.versions.explore.site import INDEX, PAGE, site
from globmed.versions.faults import hub_errors

CARD = "README.md"


def write_space(contents: Contents, endpoint: str, out: Path) -> None:
    """Write the page and its card into a folder, whole or not at all.

    Raises:
        UserError: the version is private, so that a page without a login cannot read it; or the folder holds something
            else.
    """
    made = _files(contents, endpoint)
    names = {path.partition("/")[0] for path in made}
    with replaced_folder(out, INDEX, *names) as folder:
        for path, content in made.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)


def push_space(contents: Contents, access: HubAccess, space: str) -> str:
    """Push the page to a static Space, which is created if it does not exist, in one commit; return its address.

    Raises:
        UserError: as `write_space` and `check_space`; or the Hub refuses it, or cannot be reached.
    """
    from huggingface_hub import CommitOperationAdd, HfApi

    check_space(space)
    operations = [CommitOperationAdd(path, content) for path, content in _files(contents, access.endpoint).items()]
    api = HfApi(endpoint=access.endpoint, token=access.token)
    with hub_errors(f"Space {space}"):
        api.create_repo(space, repo_type="space", space_sdk="static", exist_ok=True)
        api.create_commit(space, operations, commit_message=f"Explore {contents.title}", repo_type="space")
    return f"{access.endpoint}/spaces/{space}"


def check_space(space: str) -> None:
    """Refuse what is no name of a Space, before anything is made for it.

    Raises:
        UserError: not ``owner/name``.
    """
    check_repository(space)
    if "/" not in space:
        raise UserError(f"Space {space!r}: expected owner/name")


def _files(contents: Contents, endpoint: str) -> dict[str, bytes]:
    published = contents.published
    if published is None:
        raise UserError(f"{contents.title}: found a build, expected a version: release it first")
    if published.manifest.private:
        raise UserError(
            f"{contents.title} is private, and a page without a login cannot read it: "
            f"use `globmed explore --version {published.version}`"
        )
    front = {
        "title": f"{contents.title} explorer",
        "sdk": "static",
        "app_file": INDEX,
        "pinned": False,
        "datasets": [published.repository],
    }
    values = {"title": contents.title, "repository": published.repository, "version": published.version}
    card = render("space.md.jinja", values, PAGE)
    front_matter = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    return site(contents, endpoint, static=True) | {CARD: f"---\n{front_matter}---\n\n{card}".encode()}
