"""The libraries that read and write a Hub, unchanged, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from globmed.hub.process import RunningHub
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from tests.conftest import DemoRelease
from tests.globmed.hub.conftest import NewRepository
from tests.support.clients import run_client

pytestmark = pytest.mark.slow

STREAM = f"""
import datasets, json
rows = datasets.load_dataset("{REPOSITORY}", "yoruba", revision="{{revision}}", split="test", streaming={{streaming}})
print(json.dumps([row["id"] for row in rows]))
"""
# polars' own reader of hf:// paths knows the public Hub alone, whatever HF_ENDPOINT says.
POLARS = f"""
import json, polars as pl
from huggingface_hub import HfFileSystem
hub = HfFileSystem()
(path,) = hub.glob("hf://datasets/{REPOSITORY}@v0.1.0/data/yoruba/test-*.parquet")
with hub.open(path) as file:
    print(json.dumps(pl.read_parquet(file)["id"].to_list()))
"""
DUCKDB = f"""
import duckdb, json
from huggingface_hub import HfFileSystem
database = duckdb.connect()
database.register_filesystem(HfFileSystem())
rows = database.sql("SELECT id FROM 'hf://datasets/{REPOSITORY}@v0.1.0/data/yoruba/test-*.parquet' ORDER BY id")
print(json.dumps([row[0] for row in rows.fetchall()]))
database.close()
"""
PUSH_DATASET = """
import datasets, json
rows = datasets.Dataset.from_dict({"text": ["homa", "kikohozi"], "label": [0, 1]})
rows.push_to_hub("NAME", config_name="swahili", split="train")
rows.select([0]).push_to_hub("NAME", config_name="zulu", split="train")
again = datasets.load_dataset("NAME", "swahili", split="train")
print(json.dumps([again.to_list() == rows.to_list(), datasets.get_dataset_config_names("NAME")]))
"""
PUSH_MODEL = """
import json, torch
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3ForCausalLM
torch.manual_seed(0)
sizes = dict(vocab_size=64, hidden_size=16, intermediate_size=32, num_hidden_layers=1)
heads = dict(num_attention_heads=2, num_key_value_heads=1, head_dim=8)
model = Qwen3ForCausalLM(Qwen3Config(**sizes, **heads)).eval()
pushed = model.push_to_hub("NAME")
again = AutoModelForCausalLM.from_pretrained("NAME", revision=pushed.oid).eval()
tokens = torch.arange(10)[None]
print(json.dumps(bool(torch.equal(model(tokens).logits, again(tokens).logits))))
"""


@pytest.fixture(scope="session")
def test_ids(demo_release: DemoRelease) -> list[str]:
    import polars as pl

    ids: list[str] = pl.read_parquet(demo_release.candidate / "data" / "yoruba" / "test-*.parquet")["id"].to_list()
    return ids


@pytest.mark.parametrize("streaming", [False, True])
def test_load_dataset_at_a_tag_and_a_commit(
    demo_release: DemoRelease, demo_hub: HubAccess, test_ids: list[str], tmp_path: Path, streaming: bool
) -> None:
    for revision in ("v0.1.0", demo_release.commit):
        script = STREAM.format(revision=revision, streaming=streaming)
        assert run_client(demo_hub, tmp_path, script) == test_ids


@pytest.mark.parametrize("script", [POLARS, DUCKDB], ids=["polars", "duckdb"])
def test_hf_paths(demo_hub: HubAccess, test_ids: list[str], tmp_path: Path, script: str) -> None:
    assert run_client(demo_hub, tmp_path, script) == test_ids


def test_datasets_push_to_hub(server: RunningHub, tmp_path: Path) -> None:
    access = HubAccess(server.url, server.token)
    pushed = run_client(access, tmp_path, PUSH_DATASET.replace("NAME", "globmed/pushed-dataset"))
    assert pushed == [True, ["swahili", "zulu"]]


@pytest.mark.model
def test_a_model_is_pushed_and_loaded_with_the_same_logits(server: RunningHub, tmp_path: Path) -> None:
    access = HubAccess(server.url, server.token)
    assert run_client(access, tmp_path, PUSH_MODEL.replace("NAME", "globmed/pushed-model")) is True


def test_the_hf_command(server: RunningHub, api: HfApi, new_repository: NewRepository, tmp_path: Path) -> None:
    name = new_repository()
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "a.txt").write_text("one")
    (tmp_path / "up" / "b.parquet").write_bytes(b"PAR1" * 50)
    environment = os.environ | HubAccess(server.url, server.token).environment(tmp_path / "home")

    def hf(*arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("hf")), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "globmed" in hf("auth", "whoami")
    hf("upload", name, str(tmp_path / "up"), ".", "--repo-type", "dataset")
    hf("repos", "tag", "create", name, "v1", "--repo-type", "dataset")
    hf("download", name, "--repo-type", "dataset", "--revision", "v1", "--local-dir", str(tmp_path / "down"))
    assert (tmp_path / "down" / "b.parquet").read_bytes() == b"PAR1" * 50
    assert api.dataset_info(name, revision="v1").sha == api.dataset_info(name).sha
