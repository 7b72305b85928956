"""The dataset of results: a folder ready to be pushed to the Hub.

    README.md                       the card; one config per table
    data/<table>.parquet            aggregated results; no questions or answers
    results.json                    their inputs, packages and seed
    benchmark/eval.yaml             for the benchmark's own dataset: the names of its tasks
    models/<owner>/<model>/.eval_results/*.yaml
                                    for each model of the Hub: the results on its page

The last two are the Hub's own format (https://huggingface.co/docs/hub/eval-results): a model's page shows the results
in ``.eval_results`` of its repository, under a task that ``eval.yaml`` of the benchmark's dataset names.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from bench_recipes.report.comparison import Statistics
from bench_recipes.report.write import Comparison
from globmed.languages import languages
from globmed.records.comparison import RESULTS, ComparedVersion, ResultsRecord
from globmed.records.record import record_text
from globmed.render.page import render
from globmed.storage.folders import check_replaceable, replaced_folder

KIND = (RESULTS, "README.md", "data", "models", "benchmark")
SPLIT = "results"
#: Not `inspect-ai`: that would require a task definition for it.
FRAMEWORK = "globmed-bench"
FOLDER = Path(__file__).parent / "templates"
#: The content of each config of the dataset.
SAYS = {
    "runs": "how each model was asked",
    "accuracy": "accuracy and outcomes by task, model and scope (a language, all, high- or low-resource)",
    "specialties": "the same by field of medicine",
    "ranks": "ranks with their intervals",
    "runs_compared": "paired differences between models, with corrected p-values",
    "languages_compared": "paired differences between the languages of a model",
    "gaps": "each language less English",
    "disparity": "worst language, ratio of low- to high-resource languages, raw and chance-corrected",
    "agreement": "consistency of answers over languages",
    "bias": "answers given too often",
    "memorised": "hints that English questions were learnt by heart",
    "long_answers": "scores of long answers",
}


def check_place(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier dataset of results.

    Raises:
        UserError: it does.
    """
    check_replaceable(folder, *KIND)


def write_results(made: Comparison, folder: Path) -> None:
    """Write the folder, whole or not at all.

    Raises:
        UserError: as `check_place`.
    """
    with replaced_folder(folder, *KIND) as place:
        tables = {name: table for name, table in made.found.tables().items() if table.height}
        (place / "data").mkdir()
        for name, table in tables.items():
            table.write_parquet(place / "data" / f"{name}.parquet", compression="zstd")
        (place / "README.md").write_text(_readme(made, tables), "utf-8")
        lead = {"task": made.lead.task, "scope": made.lead.scope}
        record = ResultsRecord(title=made.title, lead=lead, **vars(made.pinned))
        (place / RESULTS).write_text(record_text(record, indent=2), "utf-8")
        _write_yaml(place / "benchmark" / "eval.yaml", benchmark_tasks(made.found))
        for path, entries in model_results(made.found, made.pinned.dataset).items():
            _write_yaml(place / "models" / path, eval_result_entries_to_yaml(entries))


def benchmark_tasks(found: Statistics) -> dict[str, Any]:
    """Return ``eval.yaml`` of the benchmark's dataset: a task for every language and task."""
    pairs = _alone(found).select("task", "scope").unique(maintain_order=True).rows()
    return {
        "name": "GlobMed-Bench",
        "description": "Medical questions in twelve languages, the same in each of them. Accuracy in per cent.",
        "evaluation_framework": FRAMEWORK,
        "tasks": [{"id": _task_id(task, scope), "config": scope, "split": "test"} for task, scope in pairs],
    }


def model_results(found: Statistics, dataset: ComparedVersion) -> dict[str, list[EvalResultEntry]]:
    """Return the files for the models' repositories, by path: one for each run of a commit on the Hub."""
    files: dict[str, list[EvalResultEntry]] = {}
    known = found.runs.filter(pl.col("hub").is_not_null(), pl.col("revision").is_not_null())
    for run in known.iter_rows(named=True):
        asked = "-".join(_plain(str(run[name])) for name in ("method", "style", "shots", "revision"))
        entries = [
            EvalResultEntry(
                dataset_id=dataset.repository,
                task_id=_task_id(row["task"], row["scope"]),
                value=round(100 * row["accuracy"], 2),
                dataset_revision=dataset.commit,
                date=run["finished"],
                notes=_notes(run, row),
            )
            for row in _alone(found).filter(run=run["name"]).iter_rows(named=True)
        ]
        if entries:
            files[f"{run['hub']}/.eval_results/globmed-{asked}.yaml"] = entries
    return files


def _alone(found: Statistics) -> pl.DataFrame:
    """Return the accuracies of one task in one language."""
    tasks = pl.col("task") != "all"
    return found.accuracy.filter(tasks, pl.col("scope").is_in(list(languages())))


def _task_id(task: str, language: str) -> str:
    return f"{task}_{language}"


def _notes(run: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    how = f"{_plain(run['method'])}, {_plain(run['style'])} instruction, {run['shots']} examples"
    between = f"{100 * row['low']:.1f} to {100 * row['high']:.1f}"
    return f"{how}; {row['asked']} questions, 95 % interval {between}; revision {_plain(run['revision'])}"


def _plain(text: str) -> str:
    """Return the text with letters and digits only, for the name of a file."""
    return re.sub(r"[^A-Za-z0-9]+", "", text)[:40] or "none"


def _readme(made: Comparison, tables: Mapping[str, pl.DataFrame]) -> str:
    dataset = made.pinned.dataset
    front = {
        "pretty_name": "GlobMed-Bench results",
        "tags": ["medical", "multilingual", "evaluation-results"],
        "configs": [
            {
                "config_name": name,
                **({"default": True} if name == "accuracy" else {}),
                "data_files": [{"split": SPLIT, "path": f"data/{name}.parquet"}],
            }
            for name in tables
        ],
    }
    page = render(
        "results.md.jinja",
        {
            "title": made.title,
            "rows": [(name, f"{table.height:,}", SAYS[name]) for name, table in tables.items()],
            "dataset": dataset,
            "split": SPLIT,
        },
        FOLDER,
    )
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n\n{page}"


def _write_yaml(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(value, sort_keys=False, allow_unicode=True), "utf-8")
