"""Published versions: resolve one to its commit and manifest, and verify its files."""

import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from globmed.cli.console import visible
from globmed.errors import UserError, did_you_mean
from globmed.records.manifest import MANIFEST, Manifest
from globmed.records.record import read_file
from globmed.schema import SPLITS
from globmed.storage.files import sha256
from globmed.versions import REPOSITORY
from globmed.versions.client import DATASET, check_endpoint, check_repository, client_token, download
from globmed.versions.faults import hub_errors
from globmed.versions.numbers import Version, is_commit, no_version, tagged

#: On main: the withdrawn versions, each with the reason.
YANKED = "yanked.json"


class YankedVersionWarning(UserWarning):
    """A version that was withdrawn is still loadable, and not to be used."""


@dataclass(frozen=True, slots=True)
class Published:
    """One published version: its commit (40 hex digits) and its manifest, with the SHA-256 of that file."""

    repository: str
    version: Version
    commit: str
    manifest: Manifest
    manifest_sha256: str

    @property
    def configs(self) -> tuple[str, ...]:
        """The config names that this version has."""
        return tuple(self.manifest.configs)

    def files(self, config: str) -> dict[str, list[str]]:
        """Return the Parquet paths of a config by split.

        Raises:
            UserError: this version has no such config.
        """
        if config not in self.configs:
            raise UserError(
                f"{self.repository} {self.version} has no config {config!r}; it has {', '.join(self.configs)}"
                f"{did_you_mean(config, self.configs)}"
            )
        paths = sorted(path for path in self.manifest.files if path.startswith(f"data/{config}/"))
        by_split = {split: [p for p in paths if p.split("/")[-1].startswith(f"{split}-")] for split in SPLITS}
        return {split: found for split, found in by_split.items() if found}


def resolve(
    version: str, repository: str = REPOSITORY, endpoint: str | None = None, token: str | None = None
) -> Published:
    """Find a published version by number (``0.1.0``), tag (``v0.1.0``) or full commit hash.

    A version that was withdrawn gives a `YankedVersionWarning`.

    Raises:
        UserError: a branch or another name that can move, no such version, an unreachable Hub with nothing in its
            cache, or a commit whose manifest states another version than the one asked for.
    """
    revision = version if is_commit(version) else _tag(version)
    _check_access(repository, endpoint)
    path = _fetched(MANIFEST, repository, revision, endpoint, token)
    manifest = read_file(Manifest, path, "it is not a GlobMed version", f"{repository} at {revision}: {MANIFEST}")
    stated = manifest.number
    if not is_commit(version) and stated != Version.parse(version):
        raise UserError(
            f"{repository} at {revision}: its manifest states version {stated}; report this to the maintainers"
        )
    why = yanked(repository, endpoint, token).get(str(stated))
    if why is not None:
        warnings.warn(f"{repository} {stated} was withdrawn: {visible(why)}", YankedVersionWarning, stacklevel=2)
    return Published(repository, stated, _commit(path), manifest, sha256(path))


def yanked(repository: str = REPOSITORY, endpoint: str | None = None, token: str | None = None) -> dict[str, str]:
    """Return the withdrawn versions of a repository by number, each with the reason; where main cannot be read, none.

    Raises:
        UserError: main's list is not one.
    """
    try:
        found = json.loads(_fetched(YANKED, repository, "main", endpoint, token).read_text("utf-8"))
    except UserError:
        return {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(text, str) for pair in found.items() for text in pair):
        raise UserError(f"{repository}: {YANKED} is not a list of withdrawn versions; report this to the maintainers")
    return found


def verified(published: Published, path: str, endpoint: str | None = None, token: str | None = None) -> Path:
    """Download a file of a version, or find it in the cache, and return its path.

    Raises:
        UserError: the Hub does not give it, or it is not the file in the manifest.
    """
    with hub_errors(f"{published.repository} {published.version}"):
        local = download(published.repository, path, published.commit, endpoint=endpoint, token=token)
    expected, found = published.manifest.files[path].sha256, sha256(local)
    if found != expected:
        raise UserError(
            f"{local}: SHA-256 {found[:12]}… is not the {expected[:12]}… of {published.repository} "
            f"{published.version}: delete the file and load again"
        )
    return local


def _check_access(repository: str, endpoint: str | None) -> None:
    """Refuse what is wrong in what the Hub is to be asked with."""
    from huggingface_hub import constants

    check_repository(repository)
    if "/" not in repository:
        raise UserError(f"repository {repository!r}: expected owner/name, such as {REPOSITORY}")
    check_endpoint(endpoint or constants.ENDPOINT)
    client_token()


def _tag(version: str) -> str:
    try:
        return Version.parse(version).tag
    except UserError as error:
        raise UserError(f"{error}, or a full commit hash: branches and pull requests can move") from error


def _fetched(path: str, repository: str, revision: str, endpoint: str | None, token: str | None) -> Path:
    """Return a file of the first kind that is asked for: the Hub may not be there, or not have the version."""
    from huggingface_hub.errors import EntryNotFoundError, RevisionNotFoundError

    try:
        with hub_errors(f"{repository} {revision}"):
            return download(repository, path, revision, endpoint=endpoint, token=token)
    except UserError as error:
        if isinstance(error.__cause__, RevisionNotFoundError):
            raise no_version(repository, revision, _versions(repository, endpoint, token)) from error
        if isinstance(error.__cause__, EntryNotFoundError):
            raise UserError(f"{repository} at {revision} has no {path}: it is not a GlobMed version") from error
        raise


def _versions(repository: str, endpoint: str | None, token: str | None) -> list[Version]:
    """Return the versions that are tagged."""
    from huggingface_hub import HfApi

    with hub_errors(repository):
        refs = HfApi(endpoint=endpoint, token=token).list_repo_refs(repository, repo_type=DATASET)
    return [version for ref in refs.tags if (version := tagged(ref.name))]


def _commit(cached: Path) -> str:
    """Return the commit in a path of the Hub's cache: ``.../snapshots/<commit>/<file>``."""
    parts: Iterable[str] = reversed(cached.parts)
    return next(part for part in parts if is_commit(part))
