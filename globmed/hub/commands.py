"""``globmed hub``: serve a Hub, or run a command with one."""

from pathlib import Path
from typing import Annotated

import typer

from globmed.errors import UserError

app = typer.Typer(no_args_is_help=True)


@app.callback()
def hub() -> None:
    """Run a local Hub for the ordinary clients."""


@app.command()
def serve(
    root: Annotated[Path, typer.Option(help="Storage folder; created if it does not exist.")],
    host: Annotated[
        str, typer.Option(help="Address to listen on; one beyond this machine requires a token file.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any free one.", min=0, max=65535)] = 8734,
    token_file: Annotated[
        Path | None,
        typer.Option(help="File of lines `name token` or `name token read`; a token is created by default."),
    ] = None,
    until_eof: Annotated[bool, typer.Option("--until-eof", hidden=True)] = False,
) -> None:
    """Serve a Hub until Ctrl-C."""
    import sys

    from globmed.hub.server import serve as run

    def ready(url: str, tokens: Path) -> None:
        sys.stdout.write(
            f"{url}\n"
            f"storage: {root}    tokens: {tokens}\n"
            "The ordinary clients use it with\n"
            f"  export HF_ENDPOINT={url} HF_HUB_DISABLE_XET=1\n"
            f"  export HF_TOKEN=$(awk '{{print $2; exit}}' {tokens})    # to write, or to read what is private\n"
        )
        sys.stdout.flush()

    run(root, host, port, token_file, ready, until_eof=until_eof)


@app.command(name="run", context_settings={"ignore_unknown_options": True})
def run_with(
    command: Annotated[list[str], typer.Argument(help="The command and its arguments, after `--`.")],
    root: Annotated[Path, typer.Option(help="Storage folder; created if it does not exist.")],
) -> None:
    """Run a command whose clients use a Hub on a folder; the Hub ends with it."""
    import os
    import subprocess

    from globmed.hub.process import running

    with running(root) as hub:
        access = {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.token, "HF_HUB_DISABLE_XET": "1"}
        try:
            done = subprocess.run(command, env=os.environ | access, check=False)  # noqa: S603 -- what the user asked for
        except OSError as error:
            raise UserError(f"{command[0]}: {error.strerror}; expected a command") from error
    raise typer.Exit(done.returncode)
