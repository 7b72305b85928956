"""The command ``globmed explore``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from globmed.cli.options import PROJECT_HUB, HubRoot, ReadHub, Repository, Space
from globmed.errors import UserError
from globmed.versions import REPOSITORY

if TYPE_CHECKING:
    from globmed.versions.client import ReadAccess
    from globmed.versions.explore.contents import Contents

PORT = 8735


def explore(
    version: Annotated[str | None, typer.Option(help="Number, tag or full commit hash.")] = None,
    build: Annotated[
        Path | None, typer.Option(help="A build folder, in place of a version.", exists=True, file_okay=False)
    ] = None,
    repository: Repository = REPOSITORY,
    hub: ReadHub = None,
    hub_root: HubRoot = PROJECT_HUB,
    port: Annotated[int, typer.Option(help="Port of the page; 0 for any free one.", min=0, max=65535)] = PORT,
    out: Annotated[
        Path | None, typer.Option(help="Write the page to this folder in place of serving it; it reads from the Hub.")
    ] = None,
    space: Space = None,
) -> None:
    """Look at a version in a browser: search, filter, and compare an item in all its languages."""
    if (version is None) == (build is None):
        raise UserError("found neither or both of --version and --build, expected one: name --version 0.1.0")
    if build is not None:
        if out is not None or space is not None:
            raise UserError("found --build with --out or --space, expected --version: a page elsewhere reads the Hub")
        from globmed.versions.explore.contents import build_contents

        _serve(build_contents(build), None, port)
        return
    from globmed.cli.hub import read_access

    with read_access(hub, hub_root) as access:
        contents, endpoint = _published(version or "", repository, access)
        if out is not None:
            _write(contents, endpoint, out)
        if space is not None:
            _push(contents, endpoint, access.token, space)
        if out is None and space is None:
            _serve(contents, endpoint, port)


def _published(version: str, repository: str, access: "ReadAccess") -> "tuple[Contents, str]":
    """Return the contents of a version, and the address of its Hub."""
    from huggingface_hub import constants

    from globmed.versions.explore.contents import version_contents
    from globmed.versions.published import resolve

    published = resolve(version, repository, access.endpoint, access.token)
    return version_contents(published, access), access.endpoint or constants.ENDPOINT


def _serve(contents: "Contents", endpoint: str | None, port: int) -> None:
    from globmed.cli.console import do_step, stdout
    from globmed.versions.explore.server import serve
    from globmed.versions.explore.site import site

    made = do_step("prepare the filters", lambda: site(contents, endpoint, static=False))
    data = {file.path: file.local for file in contents.files}

    def ready(address: str) -> None:
        rows = sum(file.rows for file in contents.files)
        stdout.print(f"{contents.title}: {rows:,} rows at {address}; Ctrl-C ends it", highlight=False, markup=False)

    serve(made, data, port, ready)


def _write(contents: "Contents", endpoint: str, out: Path) -> None:
    from globmed.cli.console import do_step, stdout
    from globmed.versions.explore.space import write_space

    do_step("write the page", lambda: write_space(contents, endpoint, out))
    stdout.print(f"{contents.title}: {out}, a static Space when pushed", highlight=False, markup=False)


def _push(contents: "Contents", endpoint: str, token: str | None, space: str) -> None:
    from globmed.cli.console import do_step, stdout
    from globmed.versions.client import HubAccess, client_token
    from globmed.versions.explore.space import push_space

    access = HubAccess(endpoint, token or client_token())
    address = do_step("push the page", lambda: push_space(contents, access, space))
    stdout.print(f"{contents.title}: {address}", highlight=False, markup=False)
