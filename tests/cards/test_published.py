"""Cards on a Hub: what they say to do works, exactly as they say it."""

from pathlib import Path

import polars as pl
import pytest
from huggingface_hub import HfApi, hf_hub_download

from cards.dataset import DatasetCard
from cards.figures import count_configs
from globmed.schema import SPLITS
from globmed.storage.files import write_text
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.cards.reading import by_name, fences, number, tables
from tests.cards.test_dataset import EXPERTQA, SAMPLE
from tests.conftest import DemoRelease
from tests.support.clients import run_client

pytestmark = pytest.mark.slow

#: Every snippet as it stands, in a namespace of its own.
RUN = """
import json
load, checked = {{}}, {{}}
exec({0!r}, load)
exec({1!r}, checked)
rows = {{split: part.to_list() for split, part in load["rows"].items()}}
assert rows == {{split: part.to_list() for split, part in checked["rows"].items()}}
assert next(iter(load["stream"])) == rows["test"][0]
print(json.dumps({{split: len(part) for split, part in rows.items()}}))
"""
LOAD = """
import datasets, json
names = datasets.get_dataset_config_names("globmed/several", revision="v0.1.0")
loaded = {name: datasets.load_dataset("globmed/several", name, revision="v0.1.0") for name in names}
print(json.dumps({name: {split: list(part["id"]) for split, part in rows.items()} for name, rows in loaded.items()}))
"""


def test_the_snippets_of_the_published_card_run_as_they_stand(
    demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    readme = hf_hub_download(
        REPOSITORY,
        "README.md",
        repo_type="dataset",
        revision="v0.1.0",
        endpoint=demo_hub.endpoint,
        local_dir=tmp_path / "readme",
    )
    card = Path(readme).read_text("utf-8")
    snippets = fences(card, "python")
    assert len(snippets) == 2
    loaded = run_client(demo_hub, tmp_path / "cache", RUN.format(*snippets))
    stated = by_name(tables(card)["Languages"][0])["swahili"]
    assert loaded == {split: number(stated[split]) for split in SPLITS}


def test_stock_datasets_finds_the_splits_of_several_files(varied: Path, demo_hub: HubAccess, tmp_path: Path) -> None:
    folder = tmp_path / "test" / "train-dev"
    for path in varied.glob("*/*.parquet"):
        target = folder / "data" / path.relative_to(varied)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    card = DatasetCard(
        "globmed/several", Version(0, 1, 0), count_configs(varied), [SAMPLE, EXPERTQA], [], private=False
    )
    write_text(folder / "README.md", card.render())
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    api.create_repo("globmed/several", repo_type="dataset")
    api.upload_folder(repo_id="globmed/several", folder_path=folder, repo_type="dataset")
    api.create_tag("globmed/several", tag="v0.1.0", repo_type="dataset")
    assert run_client(demo_hub, tmp_path / "cache", LOAD) == {
        config: {split: ids(sorted((varied / config).glob(f"{split}-*.parquet"))) for split in SPLITS}
        for config in ("english", "swahili", "wolof")
    }


def ids(files: list[Path]) -> list[str]:
    assert len(files) == 2
    found: list[str] = pl.concat([pl.read_parquet(path, columns=["id"]) for path in files])["id"].to_list()
    return found
