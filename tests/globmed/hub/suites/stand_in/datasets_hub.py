"""What the tests of datasets take from ``fixtures/hub.py``, which its sdist does not have; written for them here."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

CI_HUB_ENDPOINT = os.environ["HF_ENDPOINT"]
CI_HUB_USER = "somebody"
CI_HUB_USER_TOKEN = "hf_of_nobody_elsewhere"  # noqa: S105 -- of a Hub that ends with the tests
Named = Callable[..., Any]


@pytest.fixture
def ci_hub_config(monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the library at the Hub; ``HF_ENDPOINT`` has done that, but for its own template."""
    template = CI_HUB_ENDPOINT + "/datasets/{repo_id}/resolve/{revision}/{path}"
    monkeypatch.setattr("datasets.config.HF_ENDPOINT", CI_HUB_ENDPOINT)
    monkeypatch.setattr("datasets.config.HUB_DATASETS_URL", template)


@pytest.fixture
def set_ci_hub_access_token(ci_hub_config: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be logged in."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_IMPLICIT_TOKEN", False)
    monkeypatch.setenv("HF_TOKEN", CI_HUB_USER_TOKEN)


@pytest.fixture(scope="session")
def hf_api() -> HfApi:
    """A client without a token."""
    return HfApi(endpoint=CI_HUB_ENDPOINT)


@pytest.fixture
def cleanup_repo(hf_api: HfApi) -> Named:
    """Delete a repository."""
    return lambda name: hf_api.delete_repo(name, token=CI_HUB_USER_TOKEN, repo_type="dataset")


@pytest.fixture
def temporary_repo(cleanup_repo: Named) -> Named:
    """Name a repository that goes with the block."""

    @contextmanager
    def named(repo_id: str | None = None) -> Iterator[str]:
        name = repo_id or f"{CI_HUB_USER}/repository-{uuid4().hex[:12]}"
        try:
            yield name
        finally:
            with suppress(HfHubHTTPError):
                cleanup_repo(name)

    return named


@pytest.fixture
def temporary_bucket(hf_api: HfApi) -> Named:
    """Name a bucket that goes with the block."""

    @contextmanager
    def named(bucket_id: str | None = None) -> Iterator[str]:
        name = bucket_id or f"{CI_HUB_USER}/bucket-{uuid4().hex[:12]}"
        try:
            yield name
        finally:
            with suppress(HfHubHTTPError):
                hf_api.delete_bucket(name, token=CI_HUB_USER_TOKEN)

    return named


@pytest.fixture(scope="session")
def text_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short text."""
    file = tmp_path_factory.mktemp("data") / "file.txt"
    file.write_text("one\ntwo\nthree\n", "utf-8")
    return file


@pytest.fixture
def hf_private_dataset_repo_txt_data(hf_api: HfApi, temporary_repo: Named, ci_hub_config: None) -> Iterator[str]:
    """A private dataset."""
    with temporary_repo() as name:
        hf_api.create_repo(name, token=CI_HUB_USER_TOKEN, repo_type="dataset", private=True)
        yield name


@pytest.fixture
def hf_gated_dataset_repo_txt_data(hf_api: HfApi, temporary_repo: Named, ci_hub_config: None) -> Iterator[str]:
    """A gated dataset with a text."""
    with temporary_repo() as name:
        where: dict[str, Any] = {"repo_id": name, "repo_type": "dataset", "token": CI_HUB_USER_TOKEN}
        hf_api.create_repo(**where)
        hf_api.upload_file(path_or_fileobj=b"one\n", path_in_repo="data/text_data.txt", **where)
        hf_api.update_repo_settings(**where, gated="auto")
        yield name
