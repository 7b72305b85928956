"""The command ``globmed``.

The pipeline's commands live in packages that `globmed` must not import; they register themselves through the
entry-point group ``globmed.commands`` with a function that takes the application.
"""

import re
import sys
from importlib.metadata import entry_points, requires, version
from io import TextIOWrapper
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from globmed.errors import UserError
from globmed.storage.packages import make_importable

ENTRY_POINTS = "globmed.commands"
INTERRUPTED = 130
OURS = ("globmed", "builders", "validation", "cards", "train_recipes", "bench_recipes")
USE = "Use a published version"


def application() -> typer.Typer:
    """Return the command line with every command that this installation has."""
    app = typer.Typer(
        name="globmed",
        help="A multilingual medical dataset: load it, build it, check it, release it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_globmed)
    from globmed.cli.commands import register

    register(app)
    make_importable()
    for entry in entry_points(group=ENTRY_POINTS):
        entry.load()(app)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"globmed {version('globmed')}")
        raise typer.Exit


def _globmed(
    shown: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Load, build, check and release a multilingual medical dataset."""


def _lacking(module: str) -> str:
    """Return how to install a package that a command lacks: the smallest extra that has it, or a checkout's target."""
    package = module.partition(".")[0].replace("_", "-")
    lines = requires("globmed") or []
    extras = [extra for line in lines for extra in re.findall(rf"^{package}\b.*extra == '(\w+)'", line)]
    extra = min(extras, key=lambda name: sum(f"extra == '{name}'" in line for line in lines), default=None)
    how = f"`pip install 'globmed[{extra}]'`" if extra else "`make .venv/dev` in a checkout"
    return f"this command needs the package {package}; {how} installs it"


def main() -> None:
    """Run the command line; a `UserError` is one line on stderr and exit code 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Characters that a terminal cannot show are shown by their codes.
            stream.reconfigure(errors="backslashreplace")
    errors = Console(stderr=True, soft_wrap=True)
    try:
        application()()
    except UserError as error:
        errors.print(f"[bold red]error:[/] {escape(' '.join(str(error).split()))}", highlight=False)
        sys.exit(2)
    except ModuleNotFoundError as error:
        if (error.name or "globmed").partition(".")[0] in OURS:
            raise
        errors.print(f"error: {escape(_lacking(error.name or 'globmed'))}")
        sys.exit(2)
    except SystemExit as end:
        # Typer turns Ctrl-C into this exit code, and says nothing.
        if end.code == INTERRUPTED:
            errors.print("interrupted; the same command resumes where this one stopped")
        raise
