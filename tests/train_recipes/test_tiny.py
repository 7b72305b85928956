"""From a published version to a tiny model that is released and loaded back, as `make train-tiny` does it."""

import json
import os
from pathlib import Path

import pytest

from globmed.storage.files import sha256
from globmed.versions.client import HubAccess
from tests.conftest import DemoRelease
from tests.support.programs import run_python
from train_recipes.fitting import RECORD

pytestmark = [pytest.mark.slow, pytest.mark.model]

# In one process, since the libraries take their time to import.
TRAIN = """
import os, sys
from pathlib import Path
from builders.release.model.candidate import ModelPlan
from builders.release.model.release import release_model
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from train_recipes import load_back, runs, sft, tiny
flags = ["tiny", "--config", "train_recipes/recipes/tiny.yaml", "--model_name_or_path", "{0}/start", "--output_dir",
         "{0}/run", "--languages", "english", "sw", "--mix_weights", "1", "3"]
sys.argv = flags
runs.run(tiny.make, (tiny.Shape, tiny.TrainingData, tiny.SFTConfig, tiny.ModelConfig))
sys.argv = flags + ["--max_steps", "2", "--disable_tqdm", "true"]
runs.run(sft.main, (sft.TrainingData, sft.SFTConfig, sft.ModelConfig))
load_back.load_back("{0}/run")
access = HubAccess(os.environ["HF_ENDPOINT"], os.environ["HF_TOKEN"])
release_model(ModelPlan(Path("{0}/run"), Version(0, 1, 0), "globmed/made", private=False), access)
load_back.load_back("globmed/made", "v0.1.0")
"""


def test_a_model_is_made_trained_released_and_loaded_back(
    demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    environment = os.environ | demo_hub.environment(tmp_path / "hf-home") | {"OMP_NUM_THREADS": "1"}
    done = run_python(["-c", TRAIN.format(tmp_path)], environment)
    assert done.returncode == 0, done.stderr
    assert f"globmed/GlobMed 0.1.0 ({demo_release.commit}), instructions: native" in done.stdout
    assert "swahili: 27 rows, 75.0%, each 1.50 times; prompts unreviewed" in done.stdout
    assert "parameters, from globmed/GlobMed 0.1.0" in done.stdout
    before, after = done.stdout.split("globmed/made v0.1.0: ")
    assert before.endswith(after.partition("\n")[2]), "the same answers"
    record = json.loads((tmp_path / "run" / RECORD).read_text("utf-8"))
    assert record["data"]["commit"] == demo_release.commit
    assert record["data"]["mix"]["rows"] == {"english": 9, "swahili": 27}
    assert record["weights"] == {"model.safetensors": sha256(tmp_path / "run" / "model.safetensors")}
