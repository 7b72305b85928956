"""The formats of the records: files that earlier versions wrote are read, and written again byte for byte."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from globmed.errors import UserError
from globmed.records.build import BuildInputs, BuildReport
from globmed.records.comparison import ComparisonReport, ResultsRecord
from globmed.records.evaluation import EvaluationRun, StartedRun, read_run
from globmed.records.manifest import Manifest, ModelManifest
from globmed.records.record import Record, read_file, read_record, record_text
from globmed.records.results import SCHEMA, check_columns
from globmed.records.training import TrainingRun

HASH, COMMIT = "0" * 64, "1" * 40
PIN = {"repository": "globmed/GlobMed", "version": "1.0.0", "commit": COMMIT, "manifest_sha256": HASH}
MODEL = {"name": "tiny", "provider": "hub", "id": "made/up", "size": 1.7, "medical": False, "reasoning": False}
STARTED: dict[str, Any] = {
    "state": "running",
    "model": MODEL,
    "served_at": None,
    "revision": COMMIT,
    "weights": {},
    "dataset": PIN,
    "definition": {
        "languages": ["english"],
        "tasks": ["mcqa"],
        "method": "likelihood",
        "style": "native",
        "shots": 0,
        "seed": 1,
        "split": "test",
        "limit": 0,
    },
    "max_tokens": {"short": 256, "long": 1024},
    "judge": {**MODEL, "rubric_sha256": HASH},
    "started": "2026-01-02T03:04:05+00:00",
}
COMPLETE = {
    **STARTED,
    "state": "complete",
    "finished": "2026-01-02T03:05:05+00:00",
    "packages": {"globmed": "0.1.0"},
    "scores": {},
    "items": 3,
    "outcomes": {"correct": 2, "wrong": 1},
    "tokens": {"input": 10, "output": 3},
    "dollars": None,
    "errors": {},
}
DATA: dict[str, Any] = {
    **PIN,
    "languages": ["english"],
    "tasks": ["mcqa"],
    "specialties": [],
    "style": "native",
    "prompts_reviewed": {"english": True},
    "rows": {"english": {"train": 3, "validation": 1}},
    "dropped_as_contaminated": {"english": 0},
    "dropped_as_too_long": {"english": 1},
    "mix": {
        "temperature": 1.0,
        "weights": [],
        "seed": 0,
        "rows": {"english": 3},
        "share": {"english": 1.0},
        "repeats": {"english": 1.0},
    },
}
BASE = {"name": "made/up", "revision": "main", "commit": COMMIT, "run": None}
TRAINING: dict[str, Any] = {
    "data": DATA,
    "base_model": {"name": "build/first", "revision": None, "commit": None, "run": {"data": DATA, "base_model": BASE}},
    "trainer": "SFTTrainer",
    "model": {"dtype": "float32", "lora_r": 16},
    "arguments": {"learning_rate": 5e-05, "world_size": 1},
    "packages": {"trl": "1.16.0"},
}
FILES = {
    "README.md": {"sha256": HASH, "size": 3},
    "data/english/train-sample.parquet": {"rows": 1, "sha256": HASH, "size": 9},
}
MANIFEST: dict[str, Any] = {
    "configs": {"english": {"train": 1}},
    "files": FILES,
    "inputs": {"languages": ["english"]},
    "packages": {"polars": "2.1"},
    "previous": None,
    "private": False,
    "repository": "globmed/GlobMed",
    "sources": {
        "sample": {"files": {"a.json": HASH}, "licences": {"CC0-1.0": ["en"]}, "revision": None, "upstream": "x"}
    },
    "version": "1.0.0",
}
OF_MODEL: dict[str, Any] = {
    "adapter": False,
    "base_model": {"commit": None, "name": "tiny-start"},
    "data": DATA,
    "datasets": [PIN],
    "files": {"model.safetensors": {"sha256": HASH, "size": 3}},
    "packages": {"trl": "1.16.0"},
    "private": False,
    "repository": "globmed/tiny",
    "results": [{"dataset": PIN, "scores": [{"language": "english", "score": 0.5}], "sha256": HASH}],
    "settings": {"learning_rate": 5e-05},
    "version": "0.1.0",
}
INPUTS: dict[str, Any] = {
    "code": {"commit": None, "plugins": {"clinic-triage": "1.0"}, "sha256": HASH, "version": "0.1.0"},
    "engines": {"sw": HASH},
    "estimator": None,
    "glossaries": {},
    "languages": ["english"],
    "limit": None,
    "memory": [HASH],
    "memory_origin": None,
    "reviews": [],
    "round_trip": False,
    "search": {"alternatives": 4, "beam": 4},
    "sources": {"sample": {"a.json": HASH}},
}
REPORT: dict[str, Any] = {
    "coverage": [{"rows": 1}],
    "provenance": [],
    "memory": {"units": 7},
    "leaks": [],
    "withheld": [],
    "pivot": [],
}
PINS: dict[str, Any] = {
    "dataset": {"repository": "globmed/GlobMed", "version": "1.0.0", "commit": COMMIT},
    "languages": ["english"],
    "items": {"mcqa": 3},
    "answers": 3,
    "statistics": {"level": 0.95, "seed": 1},
    "packages": {"scipy": "1.16"},
    "signatures": [["chrf", "chrF2++"]],
    "runs": [{"name": "tiny"}],
}
COMPARED = {"title": "One model", "summary": ["tiny answers most right."], "ranking": [{"run": "tiny"}], **PINS}
RESULTS = {"title": "One model", "lead": {"task": "all", "scope": "all"}, **PINS}


@pytest.mark.parametrize(
    ("kind", "content", "sort_keys"),
    [
        (StartedRun, STARTED, False),
        (EvaluationRun, COMPLETE, False),
        (EvaluationRun, {**COMPLETE, "device": "cpu", "seconds": 9.5}, False),
        (TrainingRun, TRAINING, False),
        (TrainingRun, {**TRAINING, "steps": 8, "weights": {"model.safetensors": HASH}}, False),
        (
            TrainingRun,
            {**TRAINING, "steps": 8, "weights": {"model.safetensors": HASH}, "device": "cpu", "seconds": 9.5},
            False,
        ),
        (Manifest, MANIFEST, True),
        (Manifest, {**MANIFEST, "draft": "draft-hausa"}, True),
        (ModelManifest, OF_MODEL, True),
        (BuildInputs, INPUTS, True),
        (BuildReport, REPORT, False),
        (ComparisonReport, COMPARED, False),
        (ResultsRecord, RESULTS, False),
    ],
)
def test_a_file_is_read_and_written_byte_for_byte(kind: type[Record], content: dict[str, Any], sort_keys: bool) -> None:
    text = json.dumps(content, indent=1, sort_keys=sort_keys, ensure_ascii=False) + "\n"
    assert record_text(read_record(kind, text, "file", "step"), sort_keys=sort_keys) == text


def test_a_record_from_before_long_rows_were_counted_is_read() -> None:
    later = ("dropped_as_too_long", "specialties")
    earlier = {name: value for name, value in DATA.items() if name not in later}
    run = read_record(TrainingRun, json.dumps({**TRAINING, "data": earlier}), "run.json", "step")
    assert (run.data.dropped_as_too_long, run.data.specialties) == ({}, [])


def test_inputs_from_before_packages_added_sources_are_read() -> None:
    code = {name: value for name, value in INPUTS["code"].items() if name != "plugins"}
    inputs = read_record(BuildInputs, json.dumps({**INPUTS, "code": code}), "inputs.json", "step")
    assert inputs.code.plugins == {}


def test_a_run_is_complete_or_running_and_another_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(STARTED), "utf-8")
    started = read_run(path, "step")
    assert type(started) is StartedRun
    path.write_text(json.dumps(COMPLETE), "utf-8")
    complete = read_run(path, "step")
    assert isinstance(complete, EvaluationRun)
    assert started.other_setting(complete) is None
    asked = {**STARTED, "definition": {**STARTED["definition"], "shots": 5}}
    assert read_record(StartedRun, json.dumps(asked), "run.json", "step").other_setting(complete) == "definition"


def test_rows_without_a_column_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "results.parquet"
    pl.DataFrame(schema=SCHEMA).write_parquet(file)
    check_columns(file, SCHEMA)
    pl.DataFrame(schema=SCHEMA).drop("outcome").write_parquet(file)
    with pytest.raises(UserError, match=r"results\.parquet: no column outcome; expected those of globmed/records"):
        check_columns(file, SCHEMA)


def test_a_damaged_build_report_is_named(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**REPORT, "leaks": {}}), "utf-8")
    with pytest.raises(UserError, match=r"report\.json: field leaks is \{\}, expected a valid array; build again"):
        read_file(BuildReport, path, "build again")
