"""The command ``globmed``.

The pipeline's commands live in packages that `globmed` must not import; they register themselves through the
entry-point group ``globmed.commands`` with a function that takes the application.
"""

import re
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import entry_points, requires, version
from io import TextIOWrapper
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.markup import escape

from globmed.cli.console import tell
from globmed.errors import UserError
from globmed.storage.packages import make_importable

ENTRY_POINTS = "globmed.commands"
USER_ERROR, ABORTED, INTERRUPTED = 2, 1, 130
#: A faulty command line; Typer exports its subclasses alone.
USAGE_ERROR = cast(type[Exception], typer.BadParameter.__base__)
OURS = ("globmed", "builders", "validation", "cards", "train_recipes", "bench_recipes")
USE = "Use a published version"


def application() -> typer.Typer:
    """Return the command line with every command that this installation has."""
    app = typer.Typer(
        name="globmed",
        help="A multilingual medical dataset: load it, build it, check it, release it.",
        no_args_is_help=True,
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
    warnings.showwarning = _show_warning
    sys.exit(_run(typer.main.get_command(application())))


def _run(command: Callable[..., Any]) -> int:
    """Run a command of Typer and return its exit code; errors are one line, not boxes of several."""
    errors = Console(stderr=True, soft_wrap=True)

    def say(error: str) -> int:
        errors.print(f"[bold red]error:[/] {escape(' '.join(error.split()))}", highlight=False)
        return USER_ERROR

    try:
        code = command(prog_name="globmed", standalone_mode=False)
    except UserError as error:
        return say(str(error))
    except USAGE_ERROR as error:
        return _usage(error, say)
    except typer.Abort:
        errors.print("stopped, as you chose")
        return ABORTED
    except ModuleNotFoundError as error:
        if (error.name or "globmed").partition(".")[0] in OURS:
            raise
        return say(_lacking(error.name or "globmed"))
    # Typer turns Ctrl-C into this exit code, and says nothing.
    if code == INTERRUPTED:
        errors.print("interrupted; the same command resumes where this one stopped")
    return code if isinstance(code, int) else 0


def _usage(error: Any, say: Callable[[str], int]) -> int:
    """Tell what is wrong with the words of the command line, and where its help is."""
    message = error.format_message()
    # A group without a command has shown its help by now, which leaves no message.
    if not (error.ctx and message):
        error.show()
        return int(error.exit_code)
    return say(f"{message.rstrip('.')}; see `{error.ctx.command_path} --help`")


def _show_warning(message: Warning | str, *where: object, **more: object) -> None:
    """Print a warning for the user in a line; where in the code it comes from is for developers."""
    tell(f"warning: {message}")
