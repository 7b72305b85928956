"""The dataset of results: what the Hub's own client makes of it."""

from pathlib import Path

import polars as pl
import pytest
import yaml
from huggingface_hub import DatasetCard, HfApi, parse_eval_result_entries

from bench_recipes.report.results import FRAMEWORK, write_results
from bench_recipes.report.write import Comparison, compared
from benchmarks.evaluation.simulated_results import COMMIT, Items, run_frame, write_run
from globmed.prompts import asked
from globmed.versions.client import HubAccess
from tests.bench_recipes.report.conftest import HOSTILE, MODELS
from tests.support.clients import run_client

LOAD = """
import datasets, json
names = datasets.get_dataset_config_names("globmed/results")
tables = {name: datasets.load_dataset("globmed/results", name, split="results") for name in names}
rows = {name: table.num_rows for name, table in tables.items()}
print(json.dumps({"rows": rows, "runs": sorted(set(tables["accuracy"]["run"]))}))
"""


def entries(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = yaml.safe_load(path.read_text("utf-8"))
    return found


def test_the_clients_own_parser_reads_what_a_models_page_shows(results: Path, comparison: Comparison) -> None:
    tasks = {task["id"] for task in yaml.safe_load((results / "benchmark" / "eval.yaml").read_text("utf-8"))["tasks"]}
    assert tasks == {f"{task}_{name}" for task in ("mcqa", "yesno") for name in asked()}
    files = sorted(results.glob("models/*/*/.eval_results/*.yaml"))
    assert len(files) == len(MODELS)
    for place, path in enumerate(files):
        found = parse_eval_result_entries(entries(path))
        assert {entry.task_id for entry in found} == tasks
        assert {(entry.dataset_id, entry.dataset_revision) for entry in found} == {("globmed/GlobMed", COMMIT)}
        zulu = next(entry for entry in found if entry.task_id == "mcqa_zulu")
        own = comparison.found.accuracy.filter(task="mcqa", scope="zulu", run=list(MODELS)[place])
        assert zulu.value == pytest.approx(100 * own["accuracy"].item(), abs=0.006)
        assert zulu.notes is not None
        assert "generation, native instruction, 0 examples; 120 questions" in zulu.notes


def test_a_folder_of_weights_is_no_model_of_the_hub(tmp_path: Path) -> None:
    frame = run_frame("mine", {"english": 0.5}, Items(60), 1).with_columns(revision=pl.lit(None, pl.String))
    write_run(tmp_path / "run", frame)
    write_results(compared([tmp_path / "run"]), tmp_path / "results")
    assert not (tmp_path / "results" / "models").exists()


def test_two_ways_of_asking_one_model_are_two_files(tmp_path: Path) -> None:
    frame = run_frame("one", {"english": 0.5}, Items(60), 1)
    write_run(tmp_path / "runs" / "same", frame)
    (tmp_path / "more").mkdir()
    write_run(tmp_path / "more" / "same", frame.with_columns(shots=pl.lit(5, pl.Int32), style=pl.lit("../../x")))
    write_results(compared([tmp_path / "runs", tmp_path / "more"]), tmp_path / "results")
    names = [path.name for path in (tmp_path / "results").glob("models/made-up/same/.eval_results/*")]
    assert sorted(names) == [f"globmed-generation-{how}-{'f' * 40}.yaml" for how in ("native-0", "x-5")]


def test_the_card_names_every_table(results: Path) -> None:
    card = DatasetCard.load(results / "README.md")
    configs = {config["config_name"]: config["data_files"] for config in card.data.to_dict()["configs"]}
    assert {path.stem for path in (results / "data").iterdir()} == configs.keys()
    assert all((results / files[0]["path"]).is_file() for files in configs.values())
    assert HOSTILE not in card.text
    assert yaml.safe_load((results / "benchmark" / "eval.yaml").read_text("utf-8"))["evaluation_framework"] == FRAMEWORK


def test_it_is_pushed_and_loaded_with_the_stock_client(
    results: Path, comparison: Comparison, demo_hub: HubAccess, tmp_path: Path
) -> None:
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    api.create_repo("globmed/results", repo_type="dataset")
    api.upload_folder(repo_id="globmed/results", repo_type="dataset", folder_path=results)
    loaded = run_client(demo_hub, tmp_path, LOAD)
    tables = {name: table for name, table in comparison.found.tables().items() if table.height}
    assert loaded["rows"] == {name: table.height for name, table in tables.items()}
    assert loaded["runs"] == sorted(MODELS)


def test_a_models_folder_is_that_of_its_repository(results: Path, demo_hub: HubAccess) -> None:
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    api.create_repo("made-up/run-0")
    api.upload_folder(repo_id="made-up/run-0", folder_path=results / "models" / "made-up" / "run-0")
    (path,) = [name for name in api.list_repo_files("made-up/run-0") if name.startswith(".eval_results/")]
    assert entries(Path(api.hf_hub_download("made-up/run-0", path)))
