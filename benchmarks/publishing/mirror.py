"""Every source where its descriptor says: on a Hub, in Git repositories, or in the hands of the user."""

import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi

from builders.fetch.lock import Entry, Known, record
from builders.sources import SOURCES
from builders.sources.places import Place
from globmed.hub.process import RunningHub

#: Of Git places, which a folder stands for.
HOST = "https://github.com/"
CARD = {"README.md": b"---\nlicense: mit\n---\n# Made up\n"}
WHO = ("-c", "user.name=A Publisher", "-c", "user.email=publisher@example.org", "-c", "gc.auto=0")


class Mirror:
    """The published repositories, and the lock file that pins what they have.

    Args:
        hub: the Hub of the dataset repositories.
        root: a folder, which gets ``git`` and ``by hand``, and the lock file.
    """

    def __init__(self, hub: RunningHub, root: Path) -> None:
        self.root, self.lock = root, root / "lock.toml"
        self._hub, self._api = hub, HfApi(endpoint=hub.url, token=hub.token)

    def environment(self, cache: Path) -> dict[str, str]:
        """Return the variables that lead the Hub's clients and `git` here, with a cache of their own."""
        git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_VALUE_0": HOST}
        git["GIT_CONFIG_KEY_0"] = f"url.{(self.root / 'git').as_uri()}/.insteadOf"
        quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_UPDATE_DOWNLOAD_COUNTS": "0"}
        return git | quiet | {"HF_ENDPOINT": self._hub.url, "HF_TOKEN": self._hub.token, "HF_HOME": str(cache)}

    def publish(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Publish the files of a folder of sources, or a change of some, and pin them in the lock file."""
        place = next(source.place for source in SOURCES.values() if source.folder == folder)
        if place is None or place.kind == "hand":
            _write(self.root / "by hand" / folder, files)
            return
        commit = self._commit(place, files) if place.kind == "hub" else self._commit_git(place, files)
        known = {path: Known(sha256(each).hexdigest(), len(each)) for path, each in files.items() if place.wants(path)}
        # A mirror has commits of its own: files are found by the hashes at the descriptor's commit.
        record(self.lock, folder, Entry(place.address, place.revision or commit, None, known))

    def _commit(self, place: Place, files: Mapping[str, bytes]) -> str:
        self._api.create_repo(place.address, repo_type="dataset", exist_ok=True)
        operations = [CommitOperationAdd(path, content) for path, content in {**CARD, **files}.items()]
        return str(
            self._api.create_commit(place.address, operations, commit_message="Publish", repo_type="dataset").oid
        )

    def _commit_git(self, place: Place, files: Mapping[str, bytes]) -> str:
        folder = self.root / "git" / place.address.removeprefix(HOST)
        _write(folder, files)
        if not (folder / ".git").exists():
            _git(folder, "init", "-q", "-b", "main")
            for setting in ("allowFilter", "allowAnySHA1InWant"):
                _git(folder, "config", f"uploadpack.{setting}", "true")
        _git(folder, "add", "--all")
        _git(folder, "commit", "-qm", "Publish")
        return _git(folder, "rev-parse", "HEAD")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", *WHO, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()
