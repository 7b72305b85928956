"""The tasks for inspect-ai, found by its own command, against our own run of the same server."""

import math
import os
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.log import EvalLog, read_eval_log

from bench_recipes.ask.run import Options, plan, run
from bench_recipes.models import Model
from bench_recipes.tasks import Definition, benchmark
from globmed.records.results import RESULTS
from tests.bench_recipes.ask import openai_server
from tests.bench_recipes.ask.openai_server import KEY, Behaviour
from tests.support.programs import run_python

SERVER = Behaviour(refuse=0.2)


def evaluated(task: str, model: Model, url: str, hub: str, folder: Path, *settings: str) -> EvalLog:
    """Return the log of ``inspect eval globmed/TASK`` in Swahili."""
    logs = folder / "logs"
    command = ["eval", f"globmed/{task}", "--model", f"openai-api/served/{model.id}", "--log-dir", str(logs)]
    for setting in ("language=swahili", "version=0.1.0", *settings):
        command += ["-T", setting]
    environment = {"SERVED_API_KEY": KEY, "SERVED_BASE_URL": url, "HF_ENDPOINT": hub, "HF_HOME": str(folder / "home")}
    done = run_python(["-m", "inspect_ai", *command, "--display", "plain"], {**os.environ, **environment}, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (log,) = logs.glob("*.eval")
    return read_eval_log(str(log))


@pytest.mark.slow
@pytest.mark.parametrize("task", ["mcqa", "lfqa"])
def test_inspect_scores_each_item_as_our_own_run_does(task: str, model: Model, hub: str, tmp_path: Path) -> None:
    made = benchmark(Definition("0.1.0", languages=["swahili"], tasks=[task]), hub)
    with openai_server.running(tmp_path / "billed", SERVER) as url:
        run(plan(made, model, Options(base_url=url), tmp_path / "out"), tmp_path / "out")
        log = evaluated(task, model, url, hub, tmp_path)
    assert log.status == "success"
    assert (log.eval.metadata or {})["commit"] == made.published.commit
    rows = {row["id"]: row for row in pl.read_parquet(tmp_path / "out" / RESULTS).to_dicts()}
    samples = {sample.id: sample for sample in log.samples or ()}
    assert samples.keys() == rows.keys()
    assert {name: sample.input for name, sample in samples.items()} == dict(made.items.select("id", "prompt").rows())
    for name, sample in samples.items():
        (score,) = (sample.scores or {}).values()
        assert score.explanation == rows[name]["outcome"]
        if task == "lfqa":
            own = rows[name]["scores"] or {}
            expected = {key: math.nan if own.get(key) is None else own[key] for key in score.as_dict()}
            assert score.as_dict() == pytest.approx(expected, nan_ok=True)
        else:
            assert score.answer == rows[name]["parsed"]
    assert len({row["outcome"] for row in rows.values()}) > 1


@pytest.mark.slow
def test_another_style_and_examples_are_asked_for_by_name(model: Model, hub: str, tmp_path: Path) -> None:
    wanted = Definition("0.1.0", languages=["swahili"], tasks=["yesno"], style="english", shots=1)
    with openai_server.running(tmp_path / "billed", SERVER) as url:
        log = evaluated("yesno", model, url, hub, tmp_path, "style=english", "shots=1")
    assert {s.id: s.input for s in log.samples or ()} == dict(
        benchmark(wanted, hub).items.select("id", "prompt").rows()
    )
