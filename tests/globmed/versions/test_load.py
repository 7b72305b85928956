"""The rows of a version: all of them, a split or some columns, at once or one after the other."""

from pathlib import Path

import datasets
import polars as pl
import pytest
from huggingface_hub import HfApi

from globmed import load
from globmed.errors import UserError
from globmed.schema import features
from globmed.versions.client import HubAccess
from tests.conftest import DemoRelease

COLUMNS = ["answer", "id"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The client's cache, so that what was downloaded can be counted."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.file_download.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path


def released(release: DemoRelease, split: str) -> pl.DataFrame:
    return pl.concat(
        [pl.read_parquet(file) for file in sorted((release.candidate / "data" / "swahili").glob(f"{split}-*"))]
    )


def test_a_split_with_some_columns(demo_release: DemoRelease, demo_hub: HubAccess, cache: Path) -> None:
    rows = load(
        "swahili", "0.1.0", endpoint=demo_hub.endpoint, cache_dir=cache / "arrow", split="test", columns=COLUMNS
    )
    assert isinstance(rows, datasets.Dataset)
    assert rows.column_names == COLUMNS
    assert rows.to_polars().equals(released(demo_release, "test").select(COLUMNS))
    assert not [*cache.rglob("train-*.parquet")], "no other split is downloaded"


def test_streamed_rows_are_those_that_are_loaded(demo_release: DemoRelease, demo_hub: HubAccess, cache: Path) -> None:
    streamed = load("swahili", "0.1.0", endpoint=demo_hub.endpoint, streaming=True)
    assert not [*cache.rglob("*.parquet")], "nothing is downloaded before it is asked for"
    loaded = load("swahili", "0.1.0", endpoint=demo_hub.endpoint, cache_dir=cache / "arrow")
    assert {split: list(rows) for split, rows in streamed.items()} == {
        split: list(rows) for split, rows in loaded.items()
    }
    assert {split: rows.features for split, rows in streamed.items()} == dict.fromkeys(loaded, features())
    some = load("swahili", "0.1.0", endpoint=demo_hub.endpoint, streaming=True, split="test", columns=COLUMNS)
    assert list(some) == list(loaded["test"].select_columns(COLUMNS))


def test_a_streamed_file_that_was_changed_is_found_when_its_turn_comes(
    demo_release: DemoRelease, demo_hub: HubAccess, cache: Path
) -> None:
    rows = load("swahili", "0.1.0", endpoint=demo_hub.endpoint, streaming=True, split="test")
    assert len(list(rows)) > 0
    (cached,) = cache.rglob("swahili/test-*.parquet")
    content = bytearray(cached.read_bytes())
    content[len(content) // 2] ^= 1
    cached.resolve().write_bytes(content)
    with pytest.raises(UserError, match="is not the"):
        list(rows)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"split": "tset"}, r"unknown split of swahili 0.1.0 'tset'; known: .*did you mean test\?"),
        ({"columns": ["id", "anwser"]}, r"unknown column 'anwser'; .*did you mean answer\?"),
    ],
)
def test_an_unknown_split_or_column_is_said(
    demo_release: DemoRelease, demo_hub: HubAccess, given: dict[str, str], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        load("swahili", "0.1.0", endpoint=demo_hub.endpoint, **given)  # type: ignore[call-overload]


def test_a_private_repository_is_read_with_its_token(
    demo_release: DemoRelease, demo_hub: HubAccess, cache: Path
) -> None:
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    api.create_repo("clinic/private", repo_type="dataset", private=True)
    try:
        made = api.upload_folder(folder_path=demo_release.candidate, repo_id="clinic/private", repo_type="dataset")
        place = {"repository": "clinic/private", "endpoint": demo_hub.endpoint, "split": "test"}
        with pytest.raises(UserError):
            load("swahili", made.oid, **place)  # type: ignore[call-overload]
        rows = load("swahili", made.oid, **place, cache_dir=cache / "arrow", token=demo_hub.token)  # type: ignore[call-overload]
        assert rows.num_rows > 0
    finally:
        api.delete_repo("clinic/private", repo_type="dataset", missing_ok=True)
