"""What is not released, and why: one line each, and nothing on the Hub."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from builders.release.hub.repository import open_repository
from builders.release.model.candidate import ModelPlan, make_candidate, published
from cards.runs import Dataset
from globmed.errors import UserError
from globmed.storage.files import sha256
from globmed.versions.client import DATASET, MODEL, HubAccess
from globmed.versions.numbers import Version
from tests.builders.release.model.conftest import V1, Edit, rewrite
from train_recipes.fitting import RECORD

pytestmark = pytest.mark.slow

NOWHERE = "globmed/nowhere"
Spoil = Callable[[Path], object]


def refused(folder: Path, access: HubAccess, message: str, **changed: Any) -> None:
    plan = replace(ModelPlan(folder, V1, NOWHERE, private=False), **changed)
    with open_repository(NOWHERE, access, MODEL) as repository:
        with pytest.raises(UserError, match=message):
            make_candidate(plan, repository)
        assert repository.head() is None
    assert not (folder / "candidate").exists()


def in_record(edit: Edit) -> Spoil:
    return lambda folder: rewrite(folder / RECORD, edit)


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def damaged(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    rewrite(folder / RECORD, lambda record: record.update(weights={path.name: sha256(path)}))


def two_models(folder: Path) -> None:
    shutil.copyfile(folder / "model.safetensors", folder / "model-00001-of-00002.safetensors")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / RECORD).unlink(), "No such file or directory; name the --output_dir of a finished"),
        (
            lambda folder: (folder / RECORD).write_text("[1"),
            r"it is not JSON \(EOF.*\); name the --output_dir",
        ),
        (in_record(lambda record: record.pop("weights")), "names no weights: the run was not finished"),
        (in_record(lambda record: record.pop("data")), r"run\.json: field data is missing; name the --output_dir"),
        (in_record(lambda record: record["data"].update(languages=["klingon"])), "klingon"),
        (in_record(lambda record: record["data"].update(commit="0" * 40)), "0000 is not a published version on http"),
        (in_record(lambda record: record["data"].update(commit="main")), "hash 'main': expected 40 or 64 hex digits"),
        (in_record(lambda record: record["data"].update(version="9.9.9")), r"9\.9\.9 at commit .* is not a published"),
        (in_record(lambda record: record["data"].update(manifest_sha256="0" * 64)), "expected 000000000000"),
        (in_record(lambda record: record["base_model"].update(name="a/b](x)\n#", commit="0" * 40)), "owner/name"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"other"), "is not what the run recorded"),
        (pickled, "no weights in safetensors; pytorch_model.bin is a pickle, which is not published"),
        (damaged, "is not a complete safetensors file"),
        (two_models, "is missing, or of another model"),
        (lambda folder: (folder / "tokenizer_config.json").unlink(), "has no tokenizer_config.json: save the whole"),
        (lambda folder: rewrite(folder / "config.json", lambda c: c.update(auto_map={"AutoModel": "x.X"})), "auto_map"),
    ],
)
def test_a_folder_that_is_no_finished_run_is_refused(
    copy: Path, demo_hub: HubAccess, spoil: Spoil, message: str
) -> None:
    spoil(copy)
    refused(copy, demo_hub, message)


def test_an_adapter_of_a_folder_is_refused(adapter: Path, demo_hub: HubAccess) -> None:
    rewrite(adapter / RECORD, lambda record: record["base_model"].update(name="build/start", commit=None))
    refused(adapter, demo_hub, "base model 'start' is a local folder, which others do not have: release it first")


def fewer_rows(folder: Path) -> None:
    path = folder / "results.parquet"
    pl.read_parquet(path)[1:].write_parquet(path)


def other_columns(folder: Path) -> None:
    pl.DataFrame({"model": ["x"]}).write_parquet(folder / "results.parquet")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "run.json").unlink(), "name a folder of `globmed bench run`"),
        (lambda folder: (folder / "results.parquet").write_bytes(b"PAR1"), "run `globmed bench run` again"),
        (in_record(lambda record: record.update(state="running")), "the run is 'running', expected complete"),
        (in_record(lambda record: record["outcomes"].update(error=3)), "3 items failed"),
        (in_record(lambda record: record["weights"].update({"model.safetensors": "0" * 64})), "are of another model"),
        (in_record(lambda record: record.update(weights={}, revision="0" * 40)), "are of another model"),
        (in_record(lambda record: record["dataset"].update(commit="0" * 40)), "0000 is not a published version"),
        (in_record(lambda record: record["definition"].update(shots=5)), "its rows are not those of the run.json"),
        (fewer_rows, "its rows are not those of the run.json beside it"),
        (other_columns, "run `globmed bench run` again"),
    ],
)
def test_results_of_something_else_are_refused(
    copy: Path, results: Path, demo_hub: HubAccess, tmp_path: Path, spoil: Spoil, message: str
) -> None:
    folder = shutil.copytree(results, tmp_path / "results")
    spoil(folder)
    refused(copy, demo_hub, message, results=[folder])


def test_names_that_are_none_are_refused(copy: Path, demo_hub: HubAccess) -> None:
    refused(copy, demo_hub, "expected an identifier of the Hub", licence="mit\nx: y")
    refused(copy, demo_hub, "expected owner/name", repository='a/b"); import os')


@pytest.fixture
def other(demo_hub: HubAccess) -> Dataset:
    """A version that is private and was withdrawn."""
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    api.create_repo("globmed/Other", repo_type=DATASET, exist_ok=True)
    manifest = json.dumps({"version": "0.1.0", "private": True, "configs": {}, "files": {}})
    files = {"manifest.json": manifest, "yanked.json": json.dumps({"0.1.0": "a wrong dose"})}
    operations = [CommitOperationAdd(path, text.encode()) for path, text in files.items()]
    made = api.create_commit("globmed/Other", operations, commit_message="x", repo_type=DATASET)
    api.create_tag("globmed/Other", tag="v0.1.0", repo_type=DATASET, revision=made.oid, exist_ok=True)
    commit = api.dataset_info("globmed/Other", revision="v0.1.0").sha
    return Dataset("globmed/Other", Version(0, 1, 0), str(commit), hashlib.sha256(manifest.encode()).hexdigest())


def test_a_private_dataset_makes_a_private_model(copy: Path, other: Dataset, demo_hub: HubAccess) -> None:
    found = published(other, demo_hub)
    assert (found.private, found.yanked) == (True, "a wrong dose")
    named = {"repository": other.repository, "commit": other.commit, "manifest_sha256": other.manifest_sha256}
    rewrite(copy / RECORD, lambda record: record["data"].update(named))
    refused(copy, demo_hub, r"globmed/Other 0\.1\.0, which is private .*: pass --private")
    with open_repository(NOWHERE, demo_hub, MODEL) as repository:
        made = make_candidate(ModelPlan(copy, V1, NOWHERE, private=True), repository)
    card = (made.folder / "README.md").read_text("utf-8")
    assert "which is private: it contains texts whose licence does not permit" in card
    assert "which was withdrawn: a wrong dose" in card


def test_a_run_on_a_runs_weights_tells_of_both(copy: Path, trained: Path, demo_hub: HubAccess) -> None:
    before = json.loads((trained / RECORD).read_text("utf-8"))

    def edit(record: dict[str, Any]) -> None:
        record["base_model"] |= {
            "name": "/home/me/first",
            "run": {name: before[name] for name in ("data", "base_model")},
        }

    rewrite(copy / RECORD, edit)
    with open_repository(NOWHERE, demo_hub, MODEL) as repository:
        made = make_candidate(ModelPlan(copy, V1, NOWHERE, private=False), repository)
    assert len(made.card.trainings) == 2
    assert made.card.base.name == "tiny-start"


def test_results_of_the_released_weights_are_of_this_model(
    copy: Path, results: Path, released: Any, demo_hub: HubAccess, tmp_path: Path
) -> None:
    """The benchmark may have loaded them from the Hub: then it recorded the commit, and no hashes."""
    folder = shutil.copytree(results, tmp_path / "results")

    def edit(record: dict[str, Any]) -> None:
        record |= {"weights": {}, "revision": released.commit}
        record["model"]["id"] = released.plan.repository

    rewrite(folder / "run.json", edit)
    path = folder / "results.parquet"
    pl.read_parquet(path).with_columns(revision=pl.lit(released.commit)).write_parquet(path)
    plan = ModelPlan(copy, Version(0, 2, 0), released.plan.repository, private=False, results=[folder])
    with open_repository(plan.repository, demo_hub, MODEL) as repository:
        assert make_candidate(plan, repository).card.evaluations
