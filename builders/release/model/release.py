"""Release a model: upload its folder to a pull request, load it back with stock libraries, compare, merge, tag."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

from rich.console import Console

from builders.release.hub.publish import find_standing, release_folder
from builders.release.hub.repository import HubRepository, open_repository
from builders.release.loading_back.processes import Clients, ask, waiting_clients
from builders.release.model.candidate import ModelCandidate, ModelPlan, make_candidate
from globmed.cli.console import do_step
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST
from globmed.records.record import as_dict
from globmed.storage.files import sha256
from globmed.storage.lock import locked
from globmed.versions.client import MODEL, HubAccess, download_model
from globmed.versions.faults import hub_errors


@dataclass(frozen=True, slots=True)
class ReleasedModel:
    """A released version of a model.

    Attributes:
        commit: the tagged commit; None after a dry run.
        already: whether it was released before this run.
    """

    plan: ModelPlan
    candidate: ModelCandidate
    commit: str | None
    already: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary for JSON."""
        return {
            "repository": self.plan.repository,
            "version": str(self.plan.version),
            "tag": self.plan.version.tag,
            "private": self.plan.private,
            "commit": self.commit,
            "already": self.already,
            "candidate": str(self.candidate.folder),
            "files": as_dict(self.candidate.manifest)["files"],
            "left_out": list(self.candidate.left_out),
        }


def release_model(
    plan: ModelPlan,
    access: HubAccess,
    *,
    dry_run: bool = False,
    tell: Callable[[ModelCandidate], None] = lambda candidate: None,
) -> ReleasedModel:
    """Publish a run's model as ``plan.version``; the candidate stays in the run's folder.

    Args:
        plan: the parameters of the release.
        access: the Hub.
        dry_run: do everything except write to the Hub.
        tell: called with the planned publication, before anything is written.

    Raises:
        UserError: as `make_candidate`; a version that exists or is not larger, a repository of the other visibility,
            another release at the same time, a Hub that refuses or cannot be reached, or a model that came back
            different.
    """
    with ExitStack() as stack:
        stack.enter_context(locked(plan.folder))
        repository = stack.enter_context(open_repository(plan.repository, access, MODEL))
        standing = find_standing(repository, plan.version)
        tagged = plan.version in standing.tags
        repository.check_access(private=plan.private, write=not (dry_run or tagged))
        if not dry_run and not tagged:
            _check_installed("torch", "transformers")
            clients = stack.enter_context(waiting_clients(repository, "builders.release.loading_back.logits"))
        candidate = do_step("card and files", partial(make_candidate, plan, repository))
        if candidate.card.adapter:
            _check_installed("peft")
        tell(candidate)
        if dry_run:
            return ReleasedModel(plan, candidate, standing.own if tagged else None, already=tagged)
        compare = partial(_load_back, repository, candidate, () if tagged else clients)
        commit = release_folder(repository, standing, plan.version, candidate.folder, compare, private=plan.private)
        return ReleasedModel(plan, candidate, commit, already=tagged)


def _check_installed(*names: str) -> None:
    if missing := [name for name in names if find_spec(name) is None]:
        raise UserError(
            f"a model is loaded back before it is released, and {missing[0]} is not installed: "
            "install the project with its extra `train`"
        )


def _load_back(repository: HubRepository, candidate: ModelCandidate, clients: Clients, commit: str) -> None:
    """Load the weights and the tokenizer at a commit in a fresh cache; compare hashes, tokens and logits."""
    files = {path: entry.sha256 for path, entry in candidate.manifest.files.items()}
    request = {
        "repository": repository.name,
        "commit": commit,
        "folder": str(candidate.folder),
        "files": files | {MANIFEST: sha256(candidate.folder / MANIFEST)},
        "base": _base(repository, candidate) if candidate.card.adapter else None,
    }
    ask(repository, commit, clients, [request])


def _base(repository: HubRepository, candidate: ModelCandidate) -> str:
    """Return the folder of an adapter's base model at its commit, from the client's usual cache or this Hub."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    base, access = candidate.card.base, repository.access
    patterns = ["*.json", "*.safetensors"]
    with suppress(LocalEntryNotFoundError):
        return snapshot_download(base.name, revision=base.commit, allow_patterns=patterns, local_files_only=True)
    try:
        with hub_errors():
            return str(download_model(base.name, base.commit, patterns, access.endpoint, access.token))
    except UserError as error:
        raise UserError(
            f"the base model {base.name} at {base.commit} is neither in the client's cache nor on {access.endpoint} "
            f"({error}): an adapter is loaded back on its base; download that, or name another --hub"
        ) from error


def print_plan(candidate: ModelCandidate, console: Console) -> None:
    """Print what would be published."""
    card, files = candidate.card, candidate.manifest.files
    where = f"{'private' if card.private else 'public'} {card.repository}"
    size = sum(entry.size for entry in files.values())
    console.print(f"Plan: {card.version} to the {where}: {len(files)} files, {size / 1e6:,.1f} MB", highlight=False)
    for dataset in card.datasets:
        withdrawn = f"; withdrawn: {dataset.yanked}" if dataset.yanked else ""
        line = f"trained on {dataset.repository} {dataset.version} ({dataset.commit}){withdrawn}"
        console.print(line, highlight=False, markup=False)
    licence = card.licence or "none stated; name one with --licence"
    console.print(f"licence: {licence}; results: {len(card.evaluations)}", highlight=False, markup=False)
    if candidate.left_out:
        console.print(f"left out: {', '.join(candidate.left_out)}", highlight=False, markup=False)
