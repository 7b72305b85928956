"""A dataset or model repository on a Hub: its files, commits and tags."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from globmed.errors import UserError
from globmed.records.manifest import MANIFEST, AnyManifest, Manifest
from globmed.records.record import Kind, read_record
from globmed.versions.client import DATASET, HubAccess, check_endpoint, check_repository, download
from globmed.versions.faults import hub_errors
from globmed.versions.numbers import Version, is_commit, no_version, tagged

if TYPE_CHECKING:
    from huggingface_hub import HfApi

NOT_FOUND = 404
#: Files that a repository may have before its first release.
BLANK = frozenset({".gitattributes", "README.md"})


@dataclass(frozen=True, slots=True)
class HubRepository:
    """One repository, accessed through the stock client; ``kind`` is `DATASET` or `MODEL`."""

    api: "HfApi"
    name: str
    access: HubAccess
    kind: str = DATASET

    def head(self) -> str | None:
        """Return main's commit; None if there is no repository yet."""
        from huggingface_hub.constants import HF_HUB_ETAG_TIMEOUT
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            found = self.api.repo_info(self.name, revision="main", repo_type=self.kind, timeout=HF_HUB_ETAG_TIMEOUT)
        except RepositoryNotFoundError as error:
            # The client takes every 401 for a missing repository: that is right only if no token was sent.
            if error.response.status_code != NOT_FOUND and self.access.token is not None:
                raise
            return None
        return found.sha

    def tags(self) -> dict[Version, str]:
        """Return the commit of every tagged version; none if there is no repository."""
        if self.head() is None:
            return {}
        refs = self.api.list_repo_refs(self.name, repo_type=self.kind)
        return {version: ref.target_commit for ref in refs.tags if (version := tagged(ref.name))}

    def commit(self, name: str) -> str:
        """Return the commit of a version by its number, tag or full commit hash.

        Raises:
            UserError: a name of another kind, or no such version.
        """
        if is_commit(name):
            return name
        try:
            version = Version.parse(name)
        except UserError as error:
            raise UserError(f"{error}, a full commit hash, or a folder that is there") from error
        tags = self.tags()
        if version not in tags:
            raise no_version(self.name, name, tags)
        return tags[version]

    def tree(self, commit: str) -> dict[str, str]:
        """Return the git id of every file at a commit, by path."""
        from huggingface_hub.hf_api import RepoFile

        entries = self.api.list_repo_tree(self.name, recursive=True, revision=commit, repo_type=self.kind)
        return {entry.path: entry.blob_id for entry in entries if isinstance(entry, RepoFile)}

    def contents(self, commit: str) -> dict[str, str]:
        """Return the SHA-256 of every large file at a commit, by path, as the Hub lists them."""
        from huggingface_hub.hf_api import RepoFile

        entries = self.api.list_repo_tree(self.name, recursive=True, revision=commit, repo_type=self.kind)
        return {entry.path: entry.lfs.sha256 for entry in entries if isinstance(entry, RepoFile) and entry.lfs}

    def text(self, commit: str, path: str) -> str | None:
        """Return a small text file at a commit; None if there is none."""
        from huggingface_hub.errors import EntryNotFoundError

        access = self.access
        with tempfile.TemporaryDirectory(prefix="globmed-") as folder:
            try:
                local = download(self.name, path, commit, self.kind, access.endpoint, access.token, Path(folder))
            except EntryNotFoundError:
                return None
            return local.read_text("utf-8")

    def manifest(self, commit: str) -> Manifest | None:
        """Return the manifest of a dataset version at a commit; None in a repository without a release.

        Raises:
            UserError: the repository holds something other than GlobMed.
        """
        return self._manifest(Manifest, commit)

    def version(self, commit: str) -> Version | None:
        """Return the version that the manifest of a dataset or model states; None in a repository without a release.

        Raises:
            UserError: as `manifest`.
        """
        found = self._manifest(AnyManifest, commit)
        return None if found is None else found.number

    def _manifest(self, kind: type[Kind], commit: str) -> Kind | None:
        text = self.text(commit, MANIFEST)
        if text is None:
            if others := self.tree(commit).keys() - BLANK:
                raise UserError(
                    f"{self.name} holds {min(others)!r} and no {MANIFEST}: it is not a GlobMed repository, and a "
                    "release would replace its files; name another --repository"
                )
            return None
        place = f"{MANIFEST} of {self.name} at {commit[:12]}"
        return read_record(kind, text, place, "it is not GlobMed's: name another --repository")

    def check_access(self, *, private: bool, write: bool = True) -> None:
        """Check before anything is made that the Hub will not refuse it.

        Args:
            private: the required visibility of the repository, if it exists.
            write: whether something is to be written.

        Raises:
            UserError: the repository has the other visibility, or there is no token, or it may not write.
        """
        if self.head() is None:
            if write and self._role() == "read":
                where = self.access.endpoint
                raise UserError(f"the token for {where} may read only: set HF_TOKEN to one that may write")
            return
        self.check_visibility(private=private)
        if write:
            self._check_writable()

    def _check_writable(self) -> None:
        from huggingface_hub.errors import HfHubHTTPError

        try:
            self.api.auth_check(self.name, repo_type=self.kind, write=True)
        except HfHubHTTPError as error:
            # If the Hub cannot be asked now, the error comes later.
            if error.response.status_code != NOT_FOUND:
                raise

    def _role(self) -> str:
        """Return the general role of the token: ``read``, ``write``, ``fineGrained`` or another one of the Hub's."""
        user = self.api.whoami()
        return str(user.get("auth", {}).get("accessToken", {}).get("role"))

    def private(self) -> bool:
        """Return whether the repository is private."""
        return bool(self.api.repo_info(self.name, repo_type=self.kind).private)

    def check_visibility(self, *, private: bool) -> None:
        """Refuse a repository that does not have the given visibility.

        Raises:
            UserError: it is public and should be private, or the other way round.
        """
        if self.private() != private:
            found, wanted = ("public", "private") if private else ("private", "public")
            raise UserError(
                f"{self.name} is {found} and this release is {wanted}: "
                f"{'name another repository' if private else 'pass --private, or name another repository'}"
            )


@contextmanager
def open_repository(name: str, access: HubAccess, kind: str = DATASET) -> Iterator[HubRepository]:
    """Open a repository; errors of the Hub inside the block become one-line errors.

    Raises:
        UserError: a wrong address or name, or a Hub that refuses or cannot be reached.
    """
    from huggingface_hub import HfApi

    check_repository(name)
    check_endpoint(access.endpoint)
    try:
        with hub_errors(name):
            yield HubRepository(HfApi(endpoint=access.endpoint, token=access.token), name, access, kind)
    except OSError as error:
        raise UserError(f"{error}; run the same command again") from error
