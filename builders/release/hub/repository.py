"""A dataset or model repository on a Hub: what stands there, at which commit, under which tag."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from globmed.errors import UserError
from globmed.versions.numbers import Version, tagged
from globmed.versions.published import MANIFEST, check_endpoint

if TYPE_CHECKING:
    from huggingface_hub import HfApi

DATASET, MODEL = "dataset", "model"
#: What a repository may hold before its first release.
BLANK = frozenset({".gitattributes", "README.md"})


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
class HubRepository:
    """One repository, asked and changed through the stock client; ``kind`` is `DATASET` or `MODEL`."""

    api: "HfApi"
    name: str
    access: HubAccess
    kind: str = DATASET

    def head(self) -> str | None:
        """Main's commit, or None where there is no repository yet."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            return self.api.repo_info(self.name, revision="main", repo_type=self.kind).sha
        except RepositoryNotFoundError:
            return None

    def tags(self) -> dict[Version, str]:
        """The commit of every version that is tagged; none where there is no repository."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            refs = self.api.list_repo_refs(self.name, repo_type=self.kind)
        except RepositoryNotFoundError:
            return {}
        return {version: ref.target_commit for ref in refs.tags if (version := tagged(ref.name))}

    def tree(self, commit: str) -> dict[str, str]:
        """The git id of every file at a commit, by path."""
        from huggingface_hub.hf_api import RepoFile

        entries = self.api.list_repo_tree(self.name, recursive=True, revision=commit, repo_type=self.kind)
        return {entry.path: entry.blob_id for entry in entries if isinstance(entry, RepoFile)}

    def contents(self, commit: str) -> dict[str, str]:
        """The SHA-256 of every large file at a commit, by path, as the Hub lists them."""
        from huggingface_hub.hf_api import RepoFile

        entries = self.api.list_repo_tree(self.name, recursive=True, revision=commit, repo_type=self.kind)
        return {entry.path: entry.lfs.sha256 for entry in entries if isinstance(entry, RepoFile) and entry.lfs}

    def text(self, commit: str, path: str) -> str | None:
        """A small text file at a commit, or None where there is none."""
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

        with tempfile.TemporaryDirectory(prefix="globmed-") as folder:
            try:
                local = self.api.hf_hub_download(
                    self.name, path, repo_type=self.kind, revision=commit, local_dir=folder
                )
            except LocalEntryNotFoundError as error:
                raise UserError(
                    f"{self.name}: {path} at {commit} cannot be read; run the same command again"
                ) from error
            except EntryNotFoundError:
                return None
            return Path(local).read_text("utf-8")

    def manifest(self, commit: str) -> Mapping[str, Any] | None:
        """The manifest at a commit; None in a repository that has had no release.

        Raises:
            UserError: the repository holds something else.
        """
        text = self.text(commit, MANIFEST)
        if text is None:
            if others := self.tree(commit).keys() - BLANK:
                raise UserError(
                    f"{self.name} holds {min(others)!r} and no {MANIFEST}: it is not a GlobMed repository, and a "
                    "release would replace its files; name another --repository"
                )
            return None
        try:
            manifest: Mapping[str, Any] = json.loads(text)
            Version.parse(manifest["version"])
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{self.name}: its {MANIFEST} is not GlobMed's; name another --repository") from error
        return manifest

    def private(self) -> bool:
        """Whether only those who may see it see it."""
        return bool(self.api.repo_info(self.name, repo_type=self.kind).private)

    def check_visibility(self, *, private: bool) -> None:
        """Refuse a repository of the other visibility.

        Raises:
            UserError: it is public and should be private, or the other way round.
        """
        if self.private() != private:
            found, wanted = ("public", "private") if private else ("private", "public")
            raise UserError(
                f"{self.name} is {found} and this release is {wanted}: "
                f"{'name another repository' if private else 'say --private, or name another repository'}"
            )


@contextmanager
def open_repository(name: str, access: HubAccess, kind: str = DATASET) -> Iterator[HubRepository]:
    """A repository; what the Hub answers wrongly inside the block is one line.

    Raises:
        UserError: a wrong address or name, a Hub that refuses or cannot be reached.
    """
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    check_endpoint(access.endpoint)
    try:
        yield HubRepository(HfApi(endpoint=access.endpoint, token=access.token), name, access, kind)
    except HfHubHTTPError as error:
        status = error.response.status_code
        reason = error.server_message or type(error).__name__
        raise UserError(
            f"{access.endpoint} answered {status}: {reason}; mend that and run the same command again"
        ) from error
    except HFValidationError as error:
        raise UserError(f"--repository {name!r}: expected owner/name") from error
    except (httpx2.TransportError, OSError) as error:
        raise UserError(f"{access.endpoint}: {error}; run the same command again") from error
