"""The commands under ``globmed pipeline``: a pipeline for a dataset repository of one's own."""

import json
import os
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from globmed.cli.console import stdout
from globmed.cli.options import Languages, ResultAsJson
from globmed.errors import UserError

PUBLIC = "https://huggingface.co"
NEXT = (
    "read settings.sh and requirements.txt",
    "put your files into sources/, translations (TMX) into memory/, agreed terms into glossaries/",
    "./pipeline.sh check",
    "on GitHub: make an environment `release` with reviewers and the secret HF_TOKEN, a token that may write",
    "commit everything",
)
app = typer.Typer(name="pipeline", help="Set up a dataset repository of your own.", no_args_is_help=True)


@app.callback()
def _pipeline() -> None:
    """Set up a dataset repository of your own."""


@app.command()
def init(
    repository: Annotated[str, typer.Option(help="Dataset repository to release to, owner/name.")],
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of the Git repository.")] = Path(),
    hub: Annotated[
        str | None, typer.Option(help="The address of its Hub; HF_ENDPOINT or the public one by default.")
    ] = None,
    languages: Languages = None,
    fetch: Annotated[
        list[str] | None, typer.Option(help="Source that is fetched from its publisher; may be repeated.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="Release to a private repository.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that differ.")] = False,
    as_json: ResultAsJson = False,
) -> None:
    """Write a script with the pipeline's steps, and workflows that run them on GitHub and Kubernetes.

    They check pull requests, watch the sources' upstreams, and release once a person approved it. Files that differ are
    not replaced without --force; settings.sh, requirements.txt and .gitignore are yours once they are there.
    """
    from builders.fetch.target import targets
    from builders.pipeline.init import Settings
    from builders.pipeline.init import init as write
    from globmed.languages import select
    from globmed.versions.client import check_endpoint, check_repository

    check_repository(repository)
    if "/" not in repository:
        raise UserError(f"repository {repository!r}: expected owner/name")
    address = hub or os.environ.get("HF_ENDPOINT") or PUBLIC
    check_endpoint(address)
    if shlex.quote(address) != address:
        raise UserError(f"the Hub's address is {address!r}: expected no characters that a shell reads")
    names = [entry.name for entry in select(languages)] if languages else []
    folders = [target.folder for target in targets(fetch)] if fetch else []
    settings = Settings(repository, address, names, fetch or [], private)
    made = write(folder, settings, folders, force=force)
    if as_json:
        stdout.print_json(json.dumps(asdict(made)))
        return
    for word, paths in asdict(made).items():
        for path in paths:
            stdout.print(f"{word:>7}  {folder / path}", highlight=False, markup=False, soft_wrap=True)
    stdout.print("Next:")
    for step in NEXT:
        stdout.print(f"  {step}", highlight=False, markup=False, soft_wrap=True)
