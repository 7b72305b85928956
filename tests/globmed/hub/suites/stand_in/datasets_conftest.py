"""What the tests of datasets take from a ``conftest.py``, which its sdist does not have; written for them here."""

import pytest

pytest_plugins = ["tests.fixtures.hub"]


@pytest.fixture(autouse=True)
def settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep caches with the tests, and use no token but those that are given."""
    cache = tmp_path_factory.getbasetemp() / "cache"
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(cache))
    monkeypatch.setattr("datasets.config.DOWNLOADED_DATASETS_PATH", str(cache / "downloads"))
    monkeypatch.setattr("datasets.config.EXTRACTED_DATASETS_PATH", str(cache / "downloads" / "extracted"))
    monkeypatch.setattr("datasets.config.HF_UPDATE_DOWNLOAD_COUNTS", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_IMPLICIT_TOKEN", True)
