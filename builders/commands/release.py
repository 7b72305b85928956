"""The commands that publish, withdraw or verify a version."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builders.commands.build import Memory, SourcesFolder
from globmed.cli.console import confirm, stdout, visible
from globmed.cli.hub import choose_hub, hub_access
from globmed.cli.options import (
    BUILD,
    PROJECT_HUB,
    Build,
    DryRun,
    Hub,
    HubRoot,
    Private,
    Repository,
    ResultAsJson,
    Space,
    Yes,
    json_option,
)
from globmed.errors import UserError
from globmed.versions import REPOSITORY
from globmed.versions.numbers import Version

if TYPE_CHECKING:
    from builders.release.plan import ReleasePlan

NEXT = "next"
VersionArgument = Annotated[str, typer.Argument(help="MAJOR.MINOR.PATCH; the tag is v<VERSION>.")]
Decisions = Annotated[Path | None, typer.Option(help="Recorded decisions on licences; the project's by default.")]
Why = Annotated[str, typer.Option(help="The reason, in one line; it is published.")]


def release(
    version: Annotated[
        str,
        typer.Argument(
            help="MAJOR.MINOR.PATCH, or `next`: the smallest that the changes allow. The tag is v<VERSION>."
        ),
    ],
    build: Build = BUILD,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    private: Annotated[
        bool,
        typer.Option("--private", help="Use a private repository, and include sources that may not be redistributed."),
    ] = False,
    decisions: Decisions = None,
    space: Space = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Annotated[bool, json_option("Print plan and result as JSON.")] = False,
) -> None:
    """Publish a version: build what changed, validate, compare, upload, load back, then tag."""
    hub = choose_hub(hub, hub_root)
    from builders.commands.output import print_released
    from builders.licences.gate import read_gate
    from builders.release.candidate import Plan
    from builders.release.draft import UNVERSIONED
    from builders.release.hub.explorer import check_explorer, push_explorer
    from builders.release.release import check_release, next_version
    from builders.release.release import release as publish
    from builders.rows.artifacts.folder import BuildFolder
    from builders.rows.build import build_again
    from globmed.storage.lock import locked
    from globmed.versions.envelope import configured_signer

    if space is not None:
        check_explorer(space, private=private)
    number = UNVERSIONED if version == NEXT else Version.parse(version)
    plan = Plan(number, repository, private, read_gate(decisions), signer=configured_signer())
    folder = BuildFolder(build)
    with locked(build), hub_access(hub, hub_root) as access:
        if version != NEXT:
            check_release(plan, access, dry_run=dry_run)
        build_again(folder)
        if version == NEXT:
            plan = replace(plan, version=next_version(plan, folder, access))

        def tell(told: "ReleasePlan") -> None:
            if not as_json:
                told.print(stdout)
            if not dry_run:
                confirm(f"Publish {repository} {plan.version}? Its tag never moves.", yes=yes)

        released = publish(plan, folder, access, dry_run=dry_run, tell=tell)
        pushed = None
        if space is not None and released.commit is not None and not dry_run:
            pushed = push_explorer(plan, released.candidate, released.commit, access, space)
    print_released(released, hub, hub_root, pushed, as_json=as_json)


def draft(
    language: Annotated[str, typer.Argument(help="Config name or tag.")],
    build: Build = BUILD,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    private: Private = False,
    decisions: Decisions = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the draft's branch.")] = False,
    as_json: ResultAsJson = False,
) -> None:
    """Publish one language of a build on a branch, draft-<language>, for reviewers to load."""
    hub = choose_hub(hub, hub_root)
    from builders.commands.output import print_drafted
    from builders.licences.gate import read_gate
    from builders.release.candidate import Plan
    from builders.release.draft import UNVERSIONED, publish_draft, remove_draft
    from builders.rows.artifacts.folder import BuildFolder
    from globmed.languages import language as known

    entry, plan = known(language), Plan(UNVERSIONED, repository, private, read_gate(decisions))
    with hub_access(hub, hub_root) as access:
        if remove:
            remove_draft(entry, repository, access)
            stdout.print(f"{repository}: the draft of {entry.name} is removed", highlight=False)
            return
        drafted = publish_draft(entry, plan, BuildFolder(build), access)
    print_drafted(drafted, plan, hub, hub_root, as_json=as_json)


def rollback(
    version: VersionArgument,
    why: Why,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    as_json: ResultAsJson = False,
) -> None:
    """Make an earlier version current again; no tag moves."""
    hub = choose_hub(hub, hub_root)
    from builders.release.withdraw import rollback as roll_back
    from globmed.versions.envelope import configured_signer

    signer = configured_signer()
    with hub_access(hub, hub_root) as access:
        commit = roll_back(repository, Version.parse(version), why, access, signer)
    _say(f"{repository}: main is {version} again", repository, version, commit, as_json=as_json)


def yank(
    version: VersionArgument,
    why: Why,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    yes: Yes = False,
    as_json: ResultAsJson = False,
) -> None:
    """Withdraw a version: it stays loadable by its tag, with a warning."""
    hub = choose_hub(hub, hub_root)
    from builders.release.withdraw import yank as withdraw
    from globmed.versions.envelope import configured_signer

    signer = configured_signer()
    confirm(f"Withdraw {repository} {version}, for every reader to see?", yes=yes)
    with hub_access(hub, hub_root) as access:
        commit = withdraw(repository, Version.parse(version), why, access, signer)
    _say(f"{repository}: {version} is withdrawn", repository, version, commit, as_json=as_json)


def rebuild(
    version: VersionArgument,
    sources: SourcesFolder,
    out: Build = Path("build/rebuild"),
    memory: Memory = None,
    packages: Annotated[Path | None, typer.Option(help="Folder of the translation packages that it used.")] = None,
    glossaries: Annotated[Path | None, typer.Option(help="Folder of the glossaries that it used.")] = None,
    estimator: Annotated[str | None, typer.Option(help="Estimator that it used.")] = None,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    decisions: Decisions = None,
    as_json: ResultAsJson = False,
) -> None:
    """Build a published version again, and verify that every byte is the same."""
    hub = choose_hub(hub, hub_root)
    from builders.licences.gate import read_gate
    from builders.release.rebuild import rebuild as prove
    from builders.rows.evidence import Wanted

    machine = None
    if packages is not None:
        from builders.translate.machine.machine import Machine

        machine = Machine(packages, out / "store")
    with hub_access(hub, hub_root) as access:
        made = prove(
            repository,
            Version.parse(version),
            sources,
            memory or [],
            machine,
            read_gate(decisions),
            out,
            access,
            Wanted(glossaries, estimator=estimator),
        )
    if as_json:
        stdout.print_json(json.dumps({"version": version, "files": made.files, "differing": made.differing}))
    elif made.differing:
        stdout.print(
            f"{len(made.differing)} of {made.files} files differ: {', '.join(made.differing)}", highlight=False
        )
    else:
        stdout.print(f"{repository} {version}: all {made.files} files are the same, byte for byte", highlight=False)
    raise typer.Exit(1 if made.differing else 0)


def _say(text: str, repository: str, version: str, commit: str, *, as_json: bool) -> None:
    if as_json:
        stdout.print_json(json.dumps({"repository": repository, "version": version, "commit": commit}))
    else:
        stdout.print(f"{text}: commit {commit}", highlight=False)


def versions(
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    as_json: ResultAsJson = False,
) -> None:
    """List the versions, and mark the current and the withdrawn ones."""
    hub = choose_hub(hub, hub_root)
    from builders.release.hub.repository import open_repository
    from builders.release.hub.versions import list_versions, print_versions

    with hub_access(hub, hub_root) as access, open_repository(repository, access) as there:
        found = list_versions(there)
    if as_json:
        stdout.print_json(json.dumps([entry.to_dict() for entry in found]))
    else:
        print_versions(found, stdout)


def diff(
    older: Annotated[str, typer.Argument(help="Version number, tag, commit or folder.")],
    newer: Annotated[str | None, typer.Argument(help="The same; not with --against.")] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(help="Compare with what others published: a folder, or a repository on the Hub; may be repeated."),
    ] = None,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown for a change log.")] = False,
    as_json: ResultAsJson = False,
) -> None:
    """Show how two versions differ: rows by language, source and column, with examples."""
    hub = choose_hub(hub, hub_root)
    from builders.release.diff.against import compare_against, published_folder
    from builders.release.diff.copy import open_copy
    from builders.release.diff.diff import compare
    from builders.release.diff.report import print_against, print_diff, to_markdown
    from builders.release.hub.repository import open_repository

    if (newer is None) != bool(against) or (against and markdown):
        raise UserError("expected two versions, or one and --against, without --markdown; see `globmed diff --help`")
    with hub_access(hub, hub_root) as access, open_repository(repository, access) as there:
        if newer is None:
            folders = [published_folder(name, there) for name in against or ()]
            theirs = compare_against(open_copy(older, there), folders)
        else:
            found = compare(open_copy(older, there), open_copy(newer, there))
    if newer is None:
        stdout.print_json(json.dumps(theirs.to_dict())) if as_json else print_against(theirs, stdout)
    elif as_json:
        stdout.print_json(json.dumps(found.to_dict()))
    elif markdown:
        stdout.print(to_markdown(found, examples=True), markup=False, highlight=False, soft_wrap=True)
    else:
        print_diff(found, stdout)


def verify(
    copy: Annotated[str, typer.Argument(help="Version number, tag, commit or folder.")],
    key: Annotated[
        Path | None, typer.Option(help="Public key (Ed25519, PEM) that must have signed the statement of provenance.")
    ] = None,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    repository: Repository = REPOSITORY,
    as_json: ResultAsJson = False,
) -> None:
    """Verify that a copy of a version is complete: files, rows, tag, provenance; exit code 1 if it is not."""
    hub = choose_hub(hub, hub_root)
    from builders.release.hub.repository import open_repository
    from builders.release.verify import to_json
    from builders.release.verify import verify as find_faults
    from globmed.versions.envelope import read_public_key

    public = None if key is None else read_public_key(key)
    with hub_access(hub, hub_root) as access, open_repository(repository, access) as there:
        faults = find_faults(copy, there, public)
    if as_json:
        stdout.print_json(to_json(copy, faults))
    elif not faults:
        stdout.print(f"{copy} is whole: every file and every row is as its manifest says", highlight=False)
        if key is not None:
            stdout.print(f"its statement of provenance is signed with {key}", highlight=False, markup=False)
    else:
        for fault in faults:
            line = f"{fault.where}: found {fault.found}, expected {fault.expected}"
            stdout.print(visible(line), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1 if faults else 0)


COMMANDS = (draft, release, diff, verify, versions, rollback, yank, rebuild)
