"""Open weights: a folder, or a commit of the Hub that is downloaded and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench_recipes.models import Model
from globmed.errors import UserError
from globmed.storage.files import sha256
from globmed.versions.client import check_repository, download_model
from globmed.versions.faults import hub_errors
from globmed.versions.numbers import is_commit

#: No pickle, and no code of the repository.
WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "*.tiktoken")
WEIGHTS = "*.safetensors"


@dataclass(frozen=True)
class Weights:
    """The folder of weights and their identity: the commit, or the hashes of the folder's files."""

    folder: Path
    revision: str | None
    files: Mapping[str, str]


def weights(model: Model, revision: str | None = None) -> Weights:
    """Find weights, from the Hub at ``revision``, else at the commit of the model's own revision, else of `main`.

    Raises:
        UserError: no such model, no access to it, or no weights in safetensors.
    """
    folder = Path(model.id)
    commit = None
    if not folder.is_dir():
        commit = revision or _commit(model.id, model.revision)
        folder = _download(model.id, commit)
    files = {path.name: sha256(path) for path in sorted(folder.glob(WEIGHTS))} if commit is None else {}
    if not any(folder.glob(WEIGHTS)):
        raise UserError(f"{model.id}: no weights in safetensors; a pickle is not loaded: convert it first")
    return Weights(folder, commit, files)


def _commit(name: str, revision: str | None) -> str:
    from huggingface_hub import model_info
    from huggingface_hub.constants import HF_HUB_ETAG_TIMEOUT

    if revision and is_commit(revision):
        return revision
    check_repository(name)
    with hub_errors(f"model {name}"):
        found = model_info(name, revision=revision, timeout=HF_HUB_ETAG_TIMEOUT).sha
    if found is None:
        raise UserError(f"{name}: the Hub names no commit")
    return found


def _download(name: str, commit: str) -> Path:
    check_repository(name)
    with hub_errors(f"model {name}"):
        return download_model(name, commit, WANTED)
