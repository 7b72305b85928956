"""Release a version: upload beside the current one, load it back, compare every row, and only then tag it.

The order never shows a half version. The candidate goes into a pull request; its commit is loaded back with the
stock client in a fresh cache; the pull request is merged; and the tag is set once main's tree is the tree that was
compared. A run that was killed is run again: what stands on the Hub already is recognised by its manifest.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from builders.build import BuildFolder
from builders.candidate import Plan, build_candidate
from builders.stage import write_text
from globmed.console import run_steps
from globmed.errors import UserError
from globmed.published import MANIFEST, check_endpoint
from globmed.versions import Version, tagged
from validation.structure import find_structure_faults
from validation.validate import DOCS, validate

if TYPE_CHECKING:
    from huggingface_hub import HfApi

DATASET = "dataset"
CHANGES = "CHANGELOG.md"


@dataclass(frozen=True, slots=True)
class HubAccess:
    """A Hub's address, and the token that may write there."""

    endpoint: str
    token: str | None = field(repr=False)

    def environment(self, cache: Path) -> dict[str, str]:
        """Variables for a client process of its own: this Hub, a cache of its own, nothing to other hosts."""
        return {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(cache),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        } | ({"HF_TOKEN": self.token} if self.token else {})


@dataclass(frozen=True, slots=True)
class Released:
    """A version that stands on the Hub with its tag; ``already`` if this run found it there."""

    plan: Plan
    commit: str
    candidate: Path
    already: bool


def release(plan: Plan, build: BuildFolder, access: HubAccess) -> Released:
    """Publish a build as ``plan.version``; the candidate folder stays in the build folder.

    Raises:
        UserError: nothing to publish, a fault in the candidate's structure, a version that is taken or not larger
            than the current one, a repository of the other visibility, somebody else's release at the same time,
            a Hub that refuses or cannot be reached, or rows that came back different.
    """
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    check_endpoint(access.endpoint)
    api = HfApi(endpoint=access.endpoint, token=access.token)
    try:
        return _release(api, plan, build, access)
    except HfHubHTTPError as error:
        status = error.response.status_code
        reason = error.server_message or type(error).__name__
        raise UserError(
            f"{access.endpoint} answered {status}: {reason}; mend that and run the same command again"
        ) from error
    except HFValidationError as error:
        raise UserError(f"--repository {plan.repository!r}: expected owner/name") from error
    except (httpx2.TransportError, OSError) as error:
        raise UserError(f"{access.endpoint}: {error}; run the same command again") from error


def _release(api: "HfApi", plan: Plan, build: BuildFolder, access: HubAccess) -> Released:
    head = _head(api, plan)
    _check_version(plan, _version_at(api, plan, head))
    candidate = build.root / "candidate"
    changes = _text_at(api, plan, head, CHANGES) or ""
    run_steps([("candidate", partial(build_candidate, build, plan, candidate, changes))])
    _check_structure(candidate)
    run_steps([("validate", partial(_check_quality, candidate))])
    manifest = (candidate / MANIFEST).read_text("utf-8")

    tag = _tags(api, plan).get(plan.version.tag) if head else None
    if tag is not None:
        if _text_at(api, plan, tag, MANIFEST) != manifest:
            raise UserError(
                f"{plan.repository} has {plan.version.tag} with other contents, and a tag never moves: "
                "release this build as a larger version"
            )
        return Released(plan, tag, candidate, already=True)

    if head is None or _text_at(api, plan, head, MANIFEST) != manifest:
        run_steps([("create the repository", partial(_create, api, plan))])
        head = _publish(api, plan, candidate, access)
    else:
        _check_visibility(api, plan)
        run_steps([("load back and compare", partial(_load_back, plan, candidate, head, access))])
    api.create_tag(plan.repository, tag=plan.version.tag, revision=head, repo_type=DATASET)
    return Released(plan, head, candidate, already=False)


def _check_version(plan: Plan, current: Version | None) -> None:
    if current is not None and plan.version < current:
        raise UserError(f"{plan.repository} is at {current}: {plan.version} is not larger; choose a larger version")


def _check_structure(candidate: Path) -> None:
    faults = find_structure_faults(candidate / "data")
    if faults.height:
        report = candidate.with_name("faults.json")
        write_text(report, faults.write_json())
        first = faults.row(0, named=True)
        raise UserError(
            f"the candidate has {faults.height} faults and is not released; first: {first['check']} in "
            f"{first['config']}, id {first['id']}: {first['detail']}; all of them are in {report}"
        )


def _check_quality(candidate: Path) -> None:
    verdict, written = validate(candidate)
    failed = [entry for entry in verdict.expectations if entry.severity == "critical" and not entry.success]
    if failed:
        first = failed[0]
        raise UserError(
            f"the candidate fails {len(failed)} critical expectations and is not released; first: "
            f"{first.suite}/{first.name} ({first.says}), {first.count} findings; see {written / DOCS / 'index.html'}"
        )


def _create(api: "HfApi", plan: Plan) -> None:
    api.create_repo(plan.repository, repo_type=DATASET, private=plan.private, exist_ok=True)
    _check_visibility(api, plan)


def _check_visibility(api: "HfApi", plan: Plan) -> None:
    if api.dataset_info(plan.repository).private != plan.private:
        found, wanted = ("public", "private") if plan.private else ("private", "public")
        raise UserError(
            f"{plan.repository} is {found} and this release is {wanted}: "
            f"{'name another repository' if plan.private else 'say --private, or name another repository'}"
        )


def _publish(api: "HfApi", plan: Plan, candidate: Path, access: HubAccess) -> str:
    """Upload as a pull request, load its commit back, merge it; returns main's new commit."""
    parent = _head(api, plan)
    assert parent is not None  # noqa: S101 -- the repository was just created
    _close_abandoned(api, plan)
    uploaded = {}

    def upload() -> None:
        uploaded["pull request"] = api.upload_folder(
            repo_id=plan.repository,
            folder_path=candidate,
            repo_type=DATASET,
            commit_message=_title(plan),
            delete_patterns="*",
            parent_commit=parent,
            create_pr=True,
        )

    def load_back() -> None:
        _load_back(plan, candidate, uploaded["pull request"].oid, access)

    run_steps([("upload", upload), ("load back and compare", load_back)])
    pull_request = uploaded["pull request"]
    if _head(api, plan) != parent:
        raise UserError(f"{plan.repository} changed while this ran: somebody else released; run the same command again")
    assert pull_request.pr_num is not None  # noqa: S101 -- it was asked for
    api.merge_pull_request(plan.repository, pull_request.pr_num, repo_type=DATASET)
    head = _head(api, plan)
    assert head is not None  # noqa: S101 -- it was there before the merge
    if _tree(api, plan, head) != _tree(api, plan, pull_request.oid):
        raise UserError(
            f"{plan.repository}: main at {head} is not what was compared: somebody else released at the same time; "
            "run the same command again"
        )
    return head


def _load_back(plan: Plan, candidate: Path, commit: str, access: HubAccess) -> None:
    with tempfile.TemporaryDirectory(prefix="globmed-readback-") as cache:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        done = subprocess.run(  # noqa: S603 -- our own module, arguments that we made
            [sys.executable, "-m", "builders.readback", plan.repository, commit, str(candidate / "data")],
            env=environment | access.environment(Path(cache)),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        found = (done.stdout or done.stderr).strip().splitlines()
        reason = found[-1] if found else f"the client ended with {done.returncode}"
        raise UserError(f"{plan.repository} at {commit}: {reason}; nothing was tagged and main is as it was")


def _title(plan: Plan) -> str:
    return f"Release {plan.version}"


def _close_abandoned(api: "HfApi", plan: Plan) -> None:
    """Close the pull requests that killed runs of this release left open."""
    open_ones = api.get_repo_discussions(
        plan.repository, repo_type=DATASET, discussion_type="pull_request", discussion_status="open"
    )
    for pull_request in open_ones:
        if pull_request.title == _title(plan):
            api.change_discussion_status(plan.repository, pull_request.num, "closed", repo_type=DATASET)


def _head(api: "HfApi", plan: Plan) -> str | None:
    """Main's commit, or None where there is no repository yet."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        return api.dataset_info(plan.repository, revision="main").sha
    except RepositoryNotFoundError:
        return None


def _tags(api: "HfApi", plan: Plan) -> dict[str, str]:
    refs = api.list_repo_refs(plan.repository, repo_type=DATASET)
    return {ref.name: ref.target_commit for ref in refs.tags if tagged(ref.name)}


def _tree(api: "HfApi", plan: Plan, commit: str) -> set[tuple[str, str]]:
    from huggingface_hub.hf_api import RepoFile

    entries = api.list_repo_tree(plan.repository, recursive=True, revision=commit, repo_type=DATASET)
    return {(entry.path, entry.blob_id) for entry in entries if isinstance(entry, RepoFile)}


def _version_at(api: "HfApi", plan: Plan, commit: str | None) -> Version | None:
    text = _text_at(api, plan, commit, MANIFEST)
    if text is None:
        others = {path for path, _ in _tree(api, plan, commit)} - {".gitattributes", "README.md"} if commit else set()
        if others:
            raise UserError(
                f"{plan.repository} holds {min(others)!r} and no {MANIFEST}: it is not a GlobMed repository, and a "
                "release would replace its files; name another --repository"
            )
        return None
    try:
        return Version.parse(json.loads(text)["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{plan.repository}: its {MANIFEST} is not GlobMed's; name another --repository") from error


def _text_at(api: "HfApi", plan: Plan, commit: str | None, path: str) -> str | None:
    """A small text file at a commit, or None where there is none."""
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    if commit is None:
        return None
    with tempfile.TemporaryDirectory(prefix="globmed-") as folder:
        try:
            local = api.hf_hub_download(plan.repository, path, repo_type=DATASET, revision=commit, local_dir=folder)
        except LocalEntryNotFoundError as error:
            raise UserError(
                f"{plan.repository}: {path} at {commit} cannot be read; run the same command again"
            ) from error
        except EntryNotFoundError:
            return None
        return Path(local).read_text("utf-8")
