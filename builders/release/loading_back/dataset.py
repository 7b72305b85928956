"""Load a dataset's commit back with the stock client and compare it with the folder that was uploaded."""

from contextlib import AbstractContextManager
from pathlib import Path

from builders.release.diff.copy import open_folder
from builders.release.hub.repository import HubRepository
from builders.release.loading_back.processes import Clients, ask, waiting_clients

#: Bytes of rows from which a second client is faster than the imports that it costs.
SHARED = 8 * 2**20
#: The packages that `datasets` would import additionally.
NO_TENSORS = {"USE_TORCH": "0", "USE_TF": "0", "USE_JAX": "0"}


def dataset_clients(repository: HubRepository, folder: Path) -> AbstractContextManager[Clients]:
    """Start the clients of `load_back` before there is a commit: one, or two for many rows."""
    size = sum(path.stat().st_size for path in (folder / "data").glob("*/*"))
    return waiting_clients(repository, "builders.release.loading_back.rows", 1 + (size >= SHARED), NO_TENSORS)


def load_back(repository: HubRepository, folder: Path, before: str | None, clients: Clients, commit: str) -> None:
    """Load every config of a commit with the stock client in a fresh cache, and compare it with the folder's.

    Args:
        repository: the repository.
        folder: the expected contents.
        before: the commit of the version before, which was loaded back when it was released; files that the Hub lists
            under the same SHA-256 at both are not compared row by row again (`builders.release.loading_back.rows`).
            None compares all.
        clients: those of `dataset_clients`, which share the work.
        commit: the commit to load.

    Raises:
        UserError: a row, file, split or config differs, or the client fails.
    """
    configs = sorted(path.name for path in (folder / "data").iterdir())
    same = [] if before is None else _same(repository, folder, commit, before)
    order = sorted(configs, key=same.__contains__)
    asked = {"repository": repository.name, "commit": commit, "data": str(folder / "data"), "same": same}
    ask(
        repository,
        commit,
        clients,
        [{**asked, "configs": order[place :: len(clients)]} for place in range(len(clients))],
    )


def _same(repository: HubRepository, folder: Path, commit: str, before: str) -> list[str]:
    """Return the configs whose files all have the same SHA-256 in the folder and on the Hub at both commits."""
    now, then = repository.contents(commit), repository.contents(before)
    manifest = open_folder(folder).manifest
    other = {
        path.split("/")[1]
        for path, entry in manifest.files.items()
        if path.startswith("data/") and not entry.sha256 == now.get(path) == then.get(path)
    }
    return [config for config in manifest.configs if config not in other]
