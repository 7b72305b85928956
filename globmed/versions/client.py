"""The Hub's ordinary client with a single first attempt, so that an unreachable Hub is reported soon.

`huggingface_hub` retries a download from a Hub that is unreachable or answers with a server error six times in 23
seconds. Here the headers of a file are requested once, with the cache as the fallback. Only further downloads, from a
Hub that has answered, use the client's retries.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from globmed.errors import UserError
from globmed.versions.faults import hub_fault
from globmed.versions.numbers import is_commit

DATASET, MODEL = "dataset", "model"
_TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class HubAccess:
    """A Hub's address and the token that may write to it."""

    endpoint: str
    token: str | None = field(repr=False)

    def environment(self, cache: Path) -> dict[str, str]:
        """Return the variables of a client process: this Hub, its own cache, no requests to other hosts."""
        return {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(cache),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        } | ({"HF_TOKEN": self.token} if self.token else {})


@dataclass(frozen=True, slots=True)
class ReadAccess:
    """The Hub's address and the token to read with; None is what the client has by itself."""

    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)


def download(
    repository: str,
    path: str,
    revision: str,
    kind: str = DATASET,
    endpoint: str | None = None,
    token: str | None = None,
    folder: Path | None = None,
    bar: type | None = None,
) -> Path:
    """Download a file of a repository, with the cache as the fallback; the Hub is asked once.

    Args:
        repository: ``owner/name``.
        path: the file's.
        revision: branch, tag or commit.
        kind: `DATASET` or `MODEL`.
        endpoint: the Hub's address; ``HF_ENDPOINT`` or the public Hub by default.
        token: the client's own by default.
        folder: where to, in place of the cache.
        bar: what is told of the progress, as `hf_hub_download` takes it in ``tqdm_class``.

    Raises:
        EntryNotFoundError, RevisionNotFoundError: there is no such file or revision.
        HfHubHTTPError, FileMetadataError, OfflineModeIsEnabled, TransportError: what the Hub or the way to it did
            wrong; `globmed.versions.faults` tells it in a line.
    """
    from huggingface_hub import hf_hub_download, try_to_load_from_cache

    if folder is None and is_commit(revision):
        cached = try_to_load_from_cache(repository, path, revision=revision, repo_type=kind)
        if isinstance(cached, str):
            return Path(cached)
    place: dict[str, Any] = {"repo_type": kind, "revision": revision, "endpoint": endpoint, "token": token}
    fetch = partial(hf_hub_download, repository, path, local_dir=folder, tqdm_class=bar, **place)
    return _fetched(partial(_ask_for_file, repository, path, **place), fetch)


def download_model(
    repository: str,
    revision: str | None,
    patterns: Sequence[str],
    endpoint: str | None = None,
    token: str | None = None,
) -> Path:
    """Download the files of a model that patterns name, or find them in the cache, as `download` does.

    Returns:
        The folder that they are in.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.constants import HF_HUB_ETAG_TIMEOUT

    api = HfApi(endpoint=endpoint, token=token)
    ask = partial(api.model_info, repository, revision=revision, timeout=HF_HUB_ETAG_TIMEOUT)
    place: dict[str, Any] = {"revision": revision, "endpoint": endpoint, "token": token}
    return _fetched(ask, partial(snapshot_download, repository, allow_patterns=list(patterns), **place))


def _fetched(ask: Callable[[], object], fetch: Callable[..., str]) -> Path:
    """Ask the Hub once; fetch from it if it answers, else from the cache."""
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError, RevisionNotFoundError

    try:
        ask()
    except (EntryNotFoundError, RevisionNotFoundError):
        raise
    except Exception as error:
        if hub_fault(error):
            with suppress(LocalEntryNotFoundError):
                return Path(fetch(local_files_only=True))
        raise
    return Path(fetch())


def check_repository(name: str) -> None:
    """Refuse what is no name of a repository, before the Hub is asked.

    Raises:
        UserError: not ``owner/name`` in the letters that the Hub takes.
    """
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise UserError(f"repository {name!r}: expected owner/name") from error


def check_endpoint(address: str) -> None:
    """Refuse what is no address of a Hub, before a client stumbles over it.

    Raises:
        UserError: not ``http://host[:port]`` or ``https://...``. A user, password or query is a secret, and every
            message about the Hub would tell it.
    """
    if any(mark in address for mark in "@?#"):
        raise UserError("the Hub's address has a user, password or query: name http://host[:port] and set HF_TOKEN")
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise UserError(
            f"the Hub's address is {address!r}; expected http://host[:port] or https://...: see HF_ENDPOINT"
        )


def client_token() -> str | None:
    """Return the token that the clients send: ``HF_TOKEN``, or their login.

    Raises:
        UserError: it cannot stand in a header; the client's own message would tell it.
    """
    from huggingface_hub import get_token

    token = get_token()
    if token is not None and _TOKEN.fullmatch(token) is None:
        raise UserError("HF_TOKEN, or the saved login, has a character that no token has: set it again")
    return token


def _ask_for_file(
    repository: str, path: str, repo_type: str, revision: str, endpoint: str | None, token: str | None
) -> None:
    """Ask the Hub for the headers of a file; they have to be those of a Hub."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import FileMetadataError

    address = hf_hub_url(repository, path, repo_type=repo_type, revision=revision, endpoint=endpoint)
    if get_hf_file_metadata(address, token=token, endpoint=endpoint).commit_hash is None:
        raise FileMetadataError(f"{address} has no commit")
