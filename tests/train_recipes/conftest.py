"""The sample's English rows, rendered, and a tiny model to train on them; no Hub is needed for either."""

import json
import shutil
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from transformers import AutoTokenizer
from trl import ModelConfig

from globmed.prompts import prompts
from globmed.records.training import DataRecord
from globmed.schema import TASKS
from globmed.training.mixing import draw
from globmed.training.rows import CHAT_TEMPLATE, Prepared
from globmed.versions import REPOSITORY
from tests.conftest import SAMPLE
from train_recipes.tiny import Shape, make_model

BLANK = {"language": "en", "style": "native", "chat_template_kwargs": CHAT_TEMPLATE}


def row(item: dict[str, Any]) -> dict[str, Any]:
    options = [{"label": label, "text": text} for label, text in (item["options"] or {}).items()] or None
    made = BLANK | item | {"options": options}
    return made | prompts("english", "native").render(made)


def split(name: str) -> Dataset:
    items = [json.loads(line) for line in (SAMPLE / "items.jsonl").read_text("utf-8").splitlines()]
    return Dataset.from_list([row(item) for item in items if item["split"] == name])


def data_record(train: Dataset, validation: Dataset) -> DataRecord:
    """Return the record of the sample's English rows."""
    mix, _ = draw({"english": train.num_rows}, 1.0, [], 0, 0)
    return DataRecord(
        repository=REPOSITORY,
        version="0.1.0",
        commit="0" * 40,
        manifest_sha256="0" * 64,
        languages=["english"],
        tasks=list(TASKS),
        style="native",
        prompts_reviewed={"english": True},
        rows={"english": {"train": train.num_rows, "validation": validation.num_rows}},
        dropped_as_contaminated={"english": 0},
        dropped_as_too_long={"english": 0},
        mix=mix.as_record(),
    )


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """More only wait for each other over a model this small."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def rows() -> Prepared:
    """Rows as `prepare` gives them."""
    train, validation = split("train"), split("validation")
    return Prepared(train, validation, data_record(train, validation))


@pytest.fixture(scope="session")
def start(rows: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model."""
    folder = tmp_path_factory.mktemp("tiny")
    make_model(Shape(vocabulary=600, width=64, layers=2), rows.train, folder, positions=512, seed=0)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """What every run of the tests is given."""
    return {"output_dir": str(tmp_path / "run"), "use_cpu": True, "bf16": False, "report_to": "none", "seed": 1}


@pytest.fixture
def model(start: Path) -> ModelConfig:
    return ModelConfig(model_name_or_path=str(start))


def trained_answers(trainer: Any, model: ModelConfig) -> list[str]:
    """What the loss is on: the text of every run of labelled tokens."""
    tokenizer: Any = AutoTokenizer.from_pretrained(model.model_name_or_path)
    return [
        tokenizer.decode([label for _, label in run])
        for batch in trainer.get_train_dataloader()
        for labels in batch["labels"].tolist()
        for answers, run in groupby(enumerate(labels), key=lambda place: place[1] != -100)
        if answers
    ]


def base_model(start: Path, folder: Path) -> ModelConfig:
    """Return a copy of a model without what a base model lacks."""
    shutil.copytree(start, folder)
    (folder / "chat_template.jinja").unlink()
    settings = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    del settings["pad_token"]
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    return ModelConfig(model_name_or_path=str(folder))
