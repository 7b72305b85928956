"""Options that several commands have, each named and explained once."""

from pathlib import Path
from typing import Annotated, Any

import typer


def json_option(help_text: str) -> Any:
    """Return the option ``--json`` with a help text of its own."""
    return typer.Option("--json", help=help_text)


AsJson = Annotated[bool, json_option("Print JSON.")]
ResultAsJson = Annotated[bool, json_option("Print the result as JSON.")]

PROJECT_HUB = Path("build/hub")
Hub = Annotated[
    str | None,
    typer.Option(help="A Hub's address, or `local` for the project's own; by default HF_ENDPOINT if set, else local."),
]
ReadHub = Annotated[
    str | None,
    typer.Option(
        "--hub",
        help="A Hub's address, or `local` for the one in --hub-root; by default HF_ENDPOINT, else the public Hub.",
    ),
]
HubRoot = Annotated[Path, typer.Option(help="Storage of the local Hub.")]
Repository = Annotated[str, typer.Option(help="Dataset repository.")]
Space = Annotated[
    str | None,
    typer.Option(help="A static Space, owner/name, that gets the page of `globmed explore` for this version."),
]
Private = Annotated[bool, typer.Option("--private", help="Use a private repository.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything except write to the Hub.")]

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask on a terminal before what cannot be undone.")]

BUILD = Path("build/dataset")
Build = Annotated[Path, typer.Option(help="Build folder.")]
Languages = Annotated[str | None, typer.Option(help="Config names or tags, comma-separated; all by default.")]
Tasks = Annotated[str | None, typer.Option(help="mcqa, yesno, nli, lfqa, comma-separated; all by default.")]
Estimator = Annotated[str | None, typer.Option(help="Reference-free COMET model: repository[@revision] or folder.")]
