"""Rebuild a published version from its upstream files, and check that every byte is the same."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders.licences.gate import Gate
from builders.release.candidate import CHANGES, History, Plan, build_candidate, inputs_of, package_versions
from builders.release.diff.copy import open_folder
from builders.release.hub.repository import open_repository
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.rows.evidence import NOTHING, Wanted
from globmed.cli.console import do_step
from globmed.errors import UserError
from globmed.languages import select
from globmed.records.build import BuildInputs, CodeRecord
from globmed.records.manifest import MANIFEST, Manifest
from globmed.records.record import as_dict, read_record
from globmed.storage.folders import make_folder
from globmed.storage.lock import locked
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version, no_version
from globmed.versions.published import YANKED

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The result of a rebuild: the files that differ from the published ones; empty if there are none."""

    version: Version
    candidate: Path
    files: int
    differing: tuple[str, ...]


def rebuild(
    name: str,
    version: Version,
    sources: Path,
    memory: Sequence[Path],
    machine: "Machine | None",
    gate: Gate,
    out: Path,
    access: HubAccess,
    evidence: Wanted = NOTHING,
) -> Rebuilt:
    """Rebuild a version's rows with the settings in its manifest, and compare the candidate with the published version.

    Args:
        name: the dataset repository.
        version: the version to rebuild.
        sources: the upstream files; ``memory``, ``machine`` and ``gate`` as for the build and the release.
        memory: TMX files and folders.
        machine: the translator; the manifest sets its search parameters.
        gate: the recorded decisions on licences.
        out: the build folder.
        access: the Hub.
        evidence: glossaries and estimator as for the build; the manifest decides about the round trip.

    Raises:
        UserError: no such version, or inputs that differ from its manifest's (each is named); as `build` and
            `open_repository`.
    """
    with open_repository(name, access) as repository:
        tags = repository.tags()
        manifest = repository.manifest(tags[version]) if version in tags else None
        if manifest is None:
            raise no_version(name, version, tags)
        text = {path: repository.text(tags[version], path) for path in (MANIFEST, CHANGES, YANKED)}
    _check_packages(manifest, name, version)
    inputs = _inputs(manifest, name, version)
    if machine is not None and inputs.search is not None:
        machine = replace(machine, search=type(machine.search)(**inputs.search))
    folder = BuildFolder(make_folder(out))
    wanted = Wanted(evidence.glossaries, inputs.round_trip, evidence.estimator)
    history = History(
        previous=Version.parse(manifest.previous) if manifest.previous else None,
        changes=text[CHANGES] or "",
        yanked=json.loads(text[YANKED] or "{}"),
    )
    plan = Plan(version, name, manifest.private, gate)
    with locked(out):
        build(sources, memory, select(inputs.languages), out, inputs.memory_origin, machine, wanted)
        _check_inputs(inputs, inputs_of(folder), name, version)
        candidate = do_step("candidate", lambda: build_candidate(folder, plan, out / "candidate", history))
    made = open_folder(candidate).manifest
    return Rebuilt(version, candidate, len(manifest.files) + 1, _differing(made, manifest))


def _inputs(manifest: Manifest, name: str, version: Version) -> BuildInputs:
    step = "check out the version of the project that built it"
    return read_record(BuildInputs, json.dumps(manifest.inputs), f"inputs in {MANIFEST} of {name} {version}", step)


def _differing(made: Manifest, published: Manifest) -> tuple[str, ...]:
    files, expected = made.files, published.files
    paths = sorted(path for path in files.keys() | expected.keys() if files.get(path) != expected.get(path))
    return (*paths, *([MANIFEST] if _without_commit(made) != _without_commit(published) else []))


def _without_commit(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest without the commit of its code, whose hash may differ in another clone."""
    inputs = manifest.inputs
    return {**as_dict(manifest), "inputs": {**inputs, "code": inputs["code"]["sha256"]}}


def _check_packages(manifest: Manifest, name: str, version: Version) -> None:
    here = package_versions()
    different = [
        f"{each} {here.get(each)} for {wanted}"
        for each, wanted in manifest.packages.items()
        if here.get(each) != wanted
    ]
    if different:
        raise UserError(f"{name} {version} was built with other packages; here: {', '.join(different)}. Install those")


def _check_inputs(expected: BuildInputs, found: BuildInputs, name: str, version: Version) -> None:
    """Check that the inputs are those of the manifest; the error names those that differ."""
    _check_code(expected.code, found.code, f"{name} {version}")
    wanted, here = as_dict(expected), as_dict(found)
    different = [key for key in sorted(wanted) if key not in ("sources", "code") and wanted[key] != here.get(key)]
    theirs, ours = expected.sources, found.sources
    different += [
        f"sources/{each}" for each in sorted(theirs.keys() | ours.keys()) if theirs.get(each) != ours.get(each)
    ]
    if different:
        raise UserError(
            f"{name} {version} was built from other inputs; different here: {', '.join(different)}. Name the inputs "
            "that its manifest lists"
        )


def _check_code(expected: CodeRecord, found: CodeRecord, called: str) -> None:
    if expected.sha256 != found.sha256:
        where = f"commit {expected.commit}" if expected.commit else "a state that is in no commit"
        raise UserError(
            f"{called} was built with other code: globmed {expected.version} at {where}; check that out and run "
            "this again"
        )
