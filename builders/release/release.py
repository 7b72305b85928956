"""Release a version: all changes are known and allowed before anything is written, and nothing is left half-done.

The candidate is built, validated and compared with the previous version, which determines the smallest allowed version
number; it is published (`builders.release.hub.publish`); and the tag is set once main's tree is the tree that was
compared. A killed run can be repeated: what is already on the Hub is recognised by its manifest.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builders.release.candidate import CHANGES, Candidate, History, Plan
from builders.release.diff.change_log import change_log, first_entry
from builders.release.diff.copy import Copy, open_commit, open_folder
from builders.release.diff.diff import Diff, compare, required_version
from builders.release.diff.report import to_markdown
from builders.release.hub.publish import Standing, find_standing, release_folder
from builders.release.hub.repository import HubRepository, open_repository
from builders.release.loading_back.dataset import dataset_clients, load_back
from builders.release.plan import ReleasePlan, plan_release
from builders.release.verify import release_faults
from builders.rows.artifacts.folder import BuildFolder
from globmed.cli.console import do_step
from globmed.errors import UserError
from globmed.storage.files import replaced, unfinished
from globmed.storage.lock import locked
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from globmed.versions.published import YANKED
from validation.expectations.verdict import Expectation
from validation.facts.remember import JUDGED
from validation.suites import parity, structure
from validation.validate import DOCS, validate

FIRST = Version(0, 1, 0)
#: The suites whose findings cannot be accepted.
UNCONDITIONAL = (structure.SUITE.name, parity.SUITE.name)


@dataclass(frozen=True, slots=True)
class Released:
    """A tagged version on the Hub.

    Attributes:
        commit: the tagged commit; None after a dry run.
        already: whether an earlier run released it.
    """

    plan: Plan
    told: ReleasePlan
    candidate: Path
    commit: str | None
    already: bool


@dataclass(frozen=True, slots=True)
class Base:
    """The state that a release starts from.

    Attributes:
        standing: what the repository has of this version.
        tagged: whether this version has its tag.
        previous: the version before; None for the first.
        before: the commit of that version's tag.
    """

    standing: Standing
    tagged: bool
    previous: Copy | None
    before: str | None


def release(
    plan: Plan,
    build: BuildFolder,
    access: HubAccess,
    *,
    dry_run: bool = False,
    tell: Callable[[ReleasePlan], None] = lambda told: None,
) -> Released:
    """Publish a build as ``plan.version``; the candidate folder stays in the build folder.

    Args:
        plan: the parameters of the release.
        build: the build folder.
        access: the Hub.
        dry_run: do everything except write to the Hub.
        tell: called with the planned changes, before anything is written.

    Raises:
        UserError: another process is using the build folder, there is nothing to publish, the candidate fails
            validation, the version exists or is too small for the changes, the repository has the other visibility,
            the token may not write, another release runs at the same time, the Hub refuses or cannot be reached, or the
            rows that came back differ.
    """
    with locked(build.root), open_repository(plan.repository, access) as repository:
        base = _find_base(repository, plan.version)
        repository.check_access(private=plan.private, write=not (dry_run or base.tagged))
        folder, told = _make_candidate(repository, base, plan, build)
        with dataset_clients(repository, folder) as clients:
            check_candidate(folder)
            tell(told)
            if dry_run:
                return Released(plan, told, folder, base.standing.own if base.tagged else None, already=base.tagged)
            compare = partial(load_back, repository, folder, base.before, clients)
            commit = release_folder(repository, base.standing, plan.version, folder, compare, private=plan.private)
        return Released(plan, told, folder, commit, already=base.tagged)


def check_release(plan: Plan, access: HubAccess, *, dry_run: bool = False) -> None:
    """Check on the Hub what can be known before anything is built or written.

    Raises:
        UserError: the version is not larger than the existing ones, the repository has the other visibility, the token
            may not write, or the Hub refuses or cannot be reached.
    """
    with open_repository(plan.repository, access) as repository:
        tagged = plan.version in find_standing(repository, plan.version).tags
        repository.check_access(private=plan.private, write=not (dry_run or tagged))


def next_version(plan: Plan, build: BuildFolder, access: HubAccess) -> Version:
    """Return the smallest version that the changes of a build's rows allow; `FIRST` without an earlier one.

    Raises:
        UserError: another process is using the build folder, no row may be published, the release of main's version was
            interrupted before it was tagged, or the Hub refuses or cannot be reached.
    """
    with locked(build.root), open_repository(plan.repository, access) as repository:
        head, tags = repository.head(), repository.tags()
        current = repository.version(head) if head else None
        if current is None:
            return FIRST
        before = open_commit(str(current), Standing(head, current, None, tags).commit(current), repository)
        with unfinished(build.root / "candidate") as folder:
            do_step("rows", Candidate(build, plan, folder).write_rows)
            level = compare(before, open_folder(folder)).level
        # After a rollback, main is not the largest version.
        return required_version(max(tags), level)


def _find_base(repository: HubRepository, version: Version) -> Base:
    standing = find_standing(repository, version)
    current = standing.current
    if standing.own is not None:
        manifest = repository.manifest(standing.own)
        before = manifest.previous if manifest else None
        current = Version.parse(before) if before else None
    commit = standing.commit(current) if current else None
    previous = open_commit(str(current), commit, repository) if commit else None
    return Base(standing, version in standing.tags, previous, commit)


def _make_candidate(repository: HubRepository, base: Base, plan: Plan, build: BuildFolder) -> tuple[Path, ReleasePlan]:
    folder = build.root / "candidate"
    with replaced(folder) as partial:
        candidate = Candidate(build, plan, partial)
        rows = do_step("rows", candidate.write_rows)
        level, entry, before = "major", first_entry(rows), ""
        if base.previous is not None:
            diff = compare(base.previous, open_folder(candidate.folder))
            _check_size(plan.version, base.previous, diff)
            level, entry, before = diff.level, to_markdown(diff), base.previous.text(CHANGES)
        standing = base.standing.own or base.standing.head
        yanked = json.loads((standing and repository.text(standing, YANKED)) or "{}")
        previous = base.previous.version if base.previous else None
        candidate.write_documents(History(previous, change_log(plan.version, entry, before), yanked))
    manifest = open_folder(folder).manifest
    kept_back = [(source.name, tags, reason) for source, tags, reason in candidate.withheld()]
    return folder, plan_release(manifest, base.previous.manifest if base.previous else None, level, kept_back)


def _check_size(version: Version, previous: Copy, diff: Diff) -> None:
    """Check that the version number is large enough for the changes."""
    smallest = required_version(previous.version, diff.level)
    if version < smallest:
        first = diff.rows.row(0, named=True) if diff.rows.height else None
        what = f"; first: {first['rows']:,} {first['kind']} in {first['config']}, {first['source']}" if first else ""
        raise UserError(
            f"{version} is too small for a {diff.level} change of rows from {previous.version}{what}: "
            f"release it as {smallest} or larger"
        )


def check_candidate(folder: Path) -> None:
    """Judge a candidate by the suites and the release checks.

    Raises:
        UserError: a critical expectation fails, or a release check finds a fault; the message has the first.
    """
    verdict, written = do_step("validate", partial(validate, folder, kept=folder.with_name(JUDGED)))
    failed = [entry for entry in verdict.expectations if stops_release(entry)]
    if failed:
        first = failed[0]
        name = f"{first.suite}/{first.name}"
        rows = verdict.findings.filter(reason=name).head(1).iter_rows(named=True)
        found = next((f"in {row['config']}, id {row['id']}: {row['detail']}" for row in rows), f"({first.says})")
        raise UserError(
            f"the candidate fails {len(failed)} critical expectations and is not released; first: {name} {found}; "
            f"{first.count + first.accepted} findings; see {written / DOCS / 'index.html'}"
        )
    refused = next(release_faults(folder, open_folder(folder).manifest), None)
    if refused is not None:
        check, fault = refused
        raise UserError(
            f"the candidate fails the release check {check.name} and is not released; first: {fault.where}: "
            f"found {fault.found}, expected {fault.expected}; see `globmed verify {folder}`"
        )


def stops_release(entry: Expectation) -> bool:
    """Return whether an expectation stops a release; rows that violate the schema cannot be accepted."""
    accepted = entry.accepted if entry.suite in UNCONDITIONAL else 0
    return entry.severity == "critical" and (not entry.success or accepted > 0)
