"""Dataset repositories on the Hub, through its own client: address, token, cache and mirror are the user's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builders.fetch.upstream import Advance, Got, Listing, TermsError, no_revision, none_wanted, sound_path
from builders.sources.places import Place
from globmed.versions.client import DATASET, check_endpoint, client_token, download
from globmed.versions.faults import hub_errors


def look(place: Place, revision: str | None, work: Path) -> Listing:
    """List a repository at a commit, main's by default; as `Upstream`."""
    from huggingface_hub import HfApi
    from huggingface_hub.constants import HF_HUB_ETAG_TIMEOUT
    from huggingface_hub.hf_api import RepoFile

    with _one_line(place, revision):
        api = HfApi(token=_token())
        info = api.dataset_info(place.address, revision=revision, timeout=HF_HUB_ETAG_TIMEOUT)
        entries = api.list_repo_tree(place.address, recursive=True, revision=info.sha, repo_type=DATASET)
        files = {each.path: each.size for each in entries if isinstance(each, RepoFile) and place.wants(each.path)}
    if not files:
        raise none_wanted(f"{place.address} at {info.sha}", place)
    licence = info.card_data.get("license") if info.card_data else None
    named = ", ".join(map(str, licence)) if isinstance(licence, list) else licence
    return Listing(info.sha, named, {sound_path(place.address, path): size for path, size in sorted(files.items())})


def get(place: Place, revision: str | None, path: str, work: Path, advance: Advance) -> Got:
    """Download one file into the client's cache; as `Upstream`."""
    from huggingface_hub import try_to_load_from_cache

    assert revision is not None  # noqa: S101 -- a listing of the Hub has one
    cached = try_to_load_from_cache(place.address, path, revision=revision, repo_type=DATASET)
    with _one_line(place, revision):
        local = download(place.address, path, revision, DATASET, token=_token(), bar=_bar(advance))
    return Got(local, isinstance(cached, str))


def _token() -> str | None:
    from huggingface_hub.constants import ENDPOINT

    check_endpoint(ENDPOINT)
    return client_token()


@contextmanager
def _one_line(place: Place, revision: str | None) -> Iterator[None]:
    """Turn the Hub's refusals and network faults into one line with the next step."""
    from huggingface_hub.constants import ENDPOINT
    from huggingface_hub.errors import GatedRepoError, RevisionNotFoundError

    with hub_errors(place.address):
        try:
            yield
        except GatedRepoError as error:
            page = f"{ENDPOINT}/datasets/{place.address}"
            raise TermsError(
                f"{place.address} is gated: accept its terms at {page}, set HF_TOKEN, and fetch again"
            ) from error
        except RevisionNotFoundError as error:
            raise no_revision(f"{place.address} on {ENDPOINT}", revision) from error


def _bar(advance: Advance) -> type:
    """Return a progress bar class for the client that reports the received bytes."""

    class Bar:
        def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
            advance(initial)

        def __enter__(self) -> "Bar":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def update(self, n: float | None = 1) -> None:
            advance(int(n or 0))

    return Bar
