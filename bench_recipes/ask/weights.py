"""Open weights: a folder, or a commit of the Hub that is downloaded and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench_recipes.models import Model
from globmed.errors import UserError
from globmed.storage.files import sha256

#: No pickle, and no code of the repository.
WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "*.tiktoken")
WEIGHTS = "*.safetensors"


@dataclass(frozen=True)
class Weights:
    """Where they are, and what they are known by: the commit, or the hashes of a folder's files."""

    folder: Path
    revision: str | None
    files: Mapping[str, str]


def weights(model: Model, revision: str | None = None) -> Weights:
    """Find weights, from the Hub at ``revision``, the list's or `main`'s commit.

    Raises:
        UserError: no such model, no right to it, or no weights in safetensors.
    """
    folder = Path(model.id)
    commit = None
    if not folder.is_dir():
        commit = revision or model.revision or _commit(model.id)
        folder = _download(model.id, commit)
    files = {path.name: sha256(path) for path in sorted(folder.glob(WEIGHTS))} if commit is None else {}
    if not any(folder.glob(WEIGHTS)):
        raise UserError(f"{model.id}: no weights in safetensors; a pickle is not loaded: convert it first")
    return Weights(folder, commit, files)


def _commit(name: str) -> str:
    from huggingface_hub import model_info

    try:
        found = model_info(name).sha
    except Exception as error:
        raise _cannot(name, error) from error
    if found is None:
        raise UserError(f"{name}: the Hub names no commit")
    return found


def _download(name: str, commit: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=commit, allow_patterns=list(WANTED)))
    except Exception as error:
        raise _cannot(name, error) from error


def _cannot(name: str, error: Exception) -> UserError:
    said = " ".join(str(error).split())[:200]
    return UserError(f"{name} cannot be loaded from the Hub: {said}; check the name, the licence's terms and HF_TOKEN")
