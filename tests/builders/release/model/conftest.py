"""A model of random weights, trained for two steps on the sample, benchmarked, and released once a session."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM
from trl import ModelConfig, SFTConfig

from bench_recipes.ask.run import Options
from bench_recipes.ask.run import plan as plan_run
from bench_recipes.ask.run import run as run_benchmark
from bench_recipes.models import find
from bench_recipes.tasks import Definition, benchmark
from builders.release.model.candidate import CANDIDATE, ModelPlan
from builders.release.model.release import ReleasedModel, release_model
from globmed.storage.files import sha256
from globmed.training.rows import Prepared, TrainingData, prepare
from globmed.versions.client import MODEL, HubAccess
from globmed.versions.numbers import Version
from tests.conftest import DemoRelease
from train_recipes.fitting import RECORD, fit
from train_recipes.sft import make_trainer
from train_recipes.tiny import Shape, make_model

V1 = Version(0, 1, 0)
NAME = "globmed/tiny"
LANGUAGES = ["english", "swahili"]
BASE_CARD = "---\nlicense: other\nlicense_name: own-terms\nlicense_link: TERMS.md\n---\n# Base\n"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def rows(demo_release: DemoRelease, demo_hub: HubAccess) -> Prepared:
    """Rows of the sample's version in two languages."""
    return prepare(TrainingData("0.1.0", languages=LANGUAGES), demo_hub.endpoint)


@pytest.fixture(scope="session")
def start(rows: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the training starts from."""
    folder = tmp_path_factory.mktemp("model") / "tiny-start"
    make_model(Shape(vocabulary=400, width=64, layers=1), rows.train, folder, positions=1024, seed=0)
    return folder


@pytest.fixture(scope="session")
def trained(rows: Prepared, start: Path) -> Path:
    """What two steps left, with all that a release must not publish."""
    folder = start.with_name("tiny")
    arguments = SFTConfig(
        output_dir=str(folder),
        use_cpu=True,
        bf16=False,
        report_to="none",
        max_steps=2,
        per_device_train_batch_size=1,
        save_steps=2,
        disable_tqdm=True,
    )
    model = ModelConfig(model_name_or_path=str(start), dtype="float32")
    fit(make_trainer(rows, arguments, model), rows.record, model)
    (folder / "training_args.bin").write_bytes(b"pickle")
    return folder


@pytest.fixture(scope="session")
def results(trained: Path, demo_hub: HubAccess) -> Path:
    """The benchmark's files of that model."""
    asked = benchmark(Definition("0.1.0", languages=LANGUAGES, method="likelihood"), demo_hub.endpoint)
    out = trained.with_name("bench")
    run_benchmark(plan_run(asked, find(str(trained)), Options(device="cpu"), out), out)
    return out


@pytest.fixture(scope="session")
def released(trained: Path, results: Path, demo_hub: HubAccess) -> ReleasedModel:
    """Version 0.1.0 of it on the session's Hub."""
    return release_model(ModelPlan(trained, V1, NAME, private=False, results=[results]), demo_hub)


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    """A copy of the run's folder to spoil, without the candidate of a release before."""
    return shutil.copytree(trained, tmp_path / "copy", ignore=shutil.ignore_patterns(CANDIDATE))


@pytest.fixture
def adapter(trained: Path, start: Path, demo_hub: HubAccess, tmp_path: Path) -> Path:
    """What a LoRA run leaves whose base model is on the Hub."""
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    api.create_repo("globmed/base", repo_type=MODEL, exist_ok=True)
    (start / "README.md").write_text(BASE_CARD)
    commit = api.upload_folder(repo_id="globmed/base", folder_path=start, repo_type=MODEL).oid
    folder = shutil.copytree(
        trained, tmp_path / "adapter", ignore=shutil.ignore_patterns("model*", "config.json", CANDIDATE)
    )
    model: Any = AutoModelForCausalLM.from_pretrained(start)
    adapted = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False))
    adapted.peft_config["default"].base_model_name_or_path = "globmed/base"
    adapted.save_pretrained(str(folder))
    (folder / "README.md").unlink()

    def edit(record: dict[str, Any]) -> None:
        record["base_model"] = {"name": "globmed/base", "revision": "main", "commit": commit, "run": None}
        record["weights"] = {"adapter_model.safetensors": sha256(folder / "adapter_model.safetensors")}

    rewrite(folder / RECORD, edit)
    return folder


def rewrite(path: Path, edit: Edit) -> None:
    """Change a JSON file."""
    content = json.loads(path.read_text("utf-8"))
    edit(content)
    path.write_text(json.dumps(content), "utf-8")
