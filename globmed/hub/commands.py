"""``globmed hub``: serve a Hub, or run a command with one."""

from pathlib import Path
from typing import Annotated

import typer

from globmed.cli.console import confirm
from globmed.cli.options import ResultAsJson, Yes
from globmed.errors import UserError

app = typer.Typer(no_args_is_help=True)
Root = Annotated[Path, typer.Option(help="Storage folder of the Hub.")]


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
        typer.Option(
            help="File of lines `name token`, followed by roles if any: `role`, `role:owner` or `role:owner/name`; "
            "a token is created by default."
        ),
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="Certificate chain (PEM) for TLS; with --key.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's private key (PEM), without a password.")] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A name that clients call this machine by, if not its own; repeatable.")
    ] = None,
    connections: Annotated[int, typer.Option(help="Connections that are open at once.", min=8)] = 1000,
    until_eof: Annotated[bool, typer.Option("--until-eof", hidden=True)] = False,
) -> None:
    """Serve a Hub until Ctrl-C."""
    import sys

    from globmed.hub.server import Access
    from globmed.hub.server import serve as run

    def ready(url: str, tokens: Path) -> None:
        sys.stdout.write(
            f"{url}\n"
            f"storage: {root}    tokens: {tokens}\n"
            "The ordinary clients use it with\n"
            f"  export HF_ENDPOINT={url}\n"
            f"  export HF_TOKEN=$(awk '{{print $2; exit}}' {tokens})    # to write, or to read what is private\n"
        )
        sys.stdout.flush()

    access = Access(host, port, token_file, certificate, key, tuple(name or ()), connections)
    run(root, access, ready, until_eof=until_eof)


@app.command()
def check(
    root: Root,
    as_json: ResultAsJson = False,
) -> None:
    """Read every content of a Hub; exit code 1 if a file of a revision is damaged or missing."""
    import json
    import sys

    from globmed.hub.operating.check import check as read

    report = read(root)
    if as_json:
        sys.stdout.write(json.dumps(report.json(), ensure_ascii=False, indent=2) + "\n")
    else:
        for fault in report.faults:
            sys.stdout.write(f"{fault}\n")
        if report.database != "ok":
            sys.stdout.write(f"database: {report.database}\n")
        if report.chunks != "ok":
            sys.stdout.write(f"chunks: {report.chunks}\n")
        sys.stdout.write(
            f"{report.contents} contents read ({report.bytes} bytes), {len(report.faults)} damaged or missing files; "
            f"{report.unnamed} contents that no commit names\n"
        )
    if not report.sound:
        raise typer.Exit(1)


@app.command()
def gc(
    root: Root,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would be freed; change nothing.")] = False,
) -> None:
    """Free the space of contents that no commit names; stop the server first."""
    import sys

    from globmed.hub.operating.gc import collect

    freed = collect(root, dry_run=dry_run)
    sys.stdout.write(f"{'would free' if dry_run else 'freed'} {freed.contents} contents ({freed.bytes} bytes)\n")


@app.command()
def erase(
    repository: Annotated[str, typer.Argument(help="owner/name")],
    root: Root,
    why: Annotated[str, typer.Option(help="The reason in one line, shown to everyone who requests the data.")],
    kind: Annotated[str, typer.Option("--type", help="dataset, model or space.")] = "dataset",
    path: Annotated[
        list[str] | None, typer.Option(help="A file or folder, repeatable; without any, the whole repository goes.")
    ] = None,
    revision: Annotated[
        str | None, typer.Option(help="Only what the paths have at this revision; else all that they ever had.")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Also in the other repositories that have the same contents.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would be erased; change nothing.")] = False,
    yes: Yes = False,
) -> None:
    """Take data down for good, tagged or not; its address then answers 410 with the reason."""
    import sys

    from globmed.hub.operating.erase import LOG, Target
    from globmed.hub.operating.erase import erase as take_down

    target = Target(kind, repository, tuple(path or ()), revision)
    if not dry_run:
        confirm(f"Erase {', '.join(path or [repository])} for good?", yes=yes)
    done = take_down(root, target, why, everywhere=everywhere, dry_run=dry_run)
    sys.stdout.write(
        f"{'would erase' if dry_run else 'erased'} {done.contents} contents of {repository}; "
        f"{done.removed} of them ({done.bytes} bytes) leave the disk\n"
    )
    if done.elsewhere:
        sys.stdout.write(f"the same contents stay in {', '.join(done.elsewhere)}: add --everywhere\n")
    if not dry_run:
        sys.stdout.write(f"noted in {root / LOG}; clients' caches and backups are not reached\n")


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
        access = {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.token}
        try:
            done = subprocess.run(command, env=os.environ | access, check=False)  # noqa: S603 -- what the user asked for
        except OSError as error:
            raise UserError(f"{command[0]}: {error.strerror}; expected a command") from error
    raise typer.Exit(done.returncode)
