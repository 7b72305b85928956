"""Runs of models that are served, and of weights in a folder."""

import dataclasses
import math
import random
import shutil
from pathlib import Path

import polars as pl
import pytest
from safetensors.torch import load_file, save_file

from bench_recipes.ask.run import PARTS, SECONDS, Options, chosen, plan, run
from bench_recipes.models import HUB, Model
from bench_recipes.tasks import Benchmark, Definition, benchmark
from globmed.errors import UserError
from globmed.records.evaluation import RUN
from globmed.records.record import write_record
from globmed.records.results import RESULTS, SCHEMA
from globmed.training.precision import Dtype, fast_dtype
from tests.bench_recipes.ask import openai_server
from tests.bench_recipes.ask.kill_run import Bench, kill_runs
from tests.bench_recipes.ask.openai_server import Behaviour, billed
from tests.support.holding import held

OPTIONS = Options(max_connections=8, part=7)


def test_every_item_has_a_row_and_none_is_asked_twice(asked: Benchmark, model: Model, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    with openai_server.running(log, Behaviour(refuse=0.2, filter=0.2)) as url:
        options = dataclasses.replace(OPTIONS, base_url=url)
        record = run(plan(asked, model, options, out), out)
        assert run(plan(asked, model, options, out), out) == record
        with pytest.raises(UserError, match="contains a run with another max_tokens: choose another --out"):
            run(plan(asked, model, dataclasses.replace(options, max_tokens=5), out), out)
    rows = pl.read_parquet(out / RESULTS)
    assert rows.schema == SCHEMA
    assert rows.select("language", "id").equals(asked.items.select("language", "id"))
    assert billed(log).total() == rows.height
    counts = dict(rows["outcome"].value_counts().rows())
    assert counts == record.outcomes
    assert counts["filtered"] and counts["refusal"]
    assert rows.filter(pl.col("outcome").is_in(["filtered", "refusal"]))["parsed"].is_null().all()
    assert rows.filter(pl.col("outcome") == "correct").select((pl.col("parsed") == pl.col("answer")).all()).item()
    tokens = (int(rows["input_tokens"].sum()), int(rows["output_tokens"].sum()))
    assert record.dollars == pytest.approx(model.cost(*tokens))


def test_items_that_failed_are_asked_again_and_the_others_not(asked: Benchmark, model: Model, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    with openai_server.running(log, Behaviour(reject=0.3)) as url:
        options = dataclasses.replace(OPTIONS, base_url=url)
        record = run(plan(asked, model, options, out), out)
        failed = record.outcomes["error"]
        assert sum(record.errors.values()) == failed
        assert run(plan(asked, model, options, out), out).outcomes == record.outcomes
    assert sorted(billed(log).values()) == [1] * (asked.items.height - failed) + [2] * failed


def test_a_judge_marks_long_answers(asked: Benchmark, model: Model, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    judge = Model("judge", HUB, "maker/judge", price_in=1.0, price_out=1.0)
    with openai_server.running(log) as url:
        options = dataclasses.replace(OPTIONS, base_url=url, judge=judge, judge_base_url=url)
        record = run(plan(asked, model, options, out), out)
    rows = pl.read_parquet(out / RESULTS)
    scored = rows.filter(pl.col("scores").is_not_null())
    assert set(scored["task"]) == {"lfqa"}
    assert set(scored["judge"]) == {"judge (maker/judge-served)"}
    assert billed(log).total() == rows.height + scored.height
    marks = scored["scores"].struct.field("judge")
    assert marks.null_count() < scored.height
    assert marks.drop_nulls().is_in([0.0, 0.25, 0.5, 0.75, 1.0]).all()
    assert record.judge and len(record.judge.rubric_sha256) == 64
    assert scored["scores"].struct.field("chrf").is_between(0, 100).all()


@pytest.mark.parametrize("method", ["likelihood", "generation"])
@pytest.mark.model
def test_weights_in_a_folder_are_known_by_their_hashes(hub: str, tiny: Path, tmp_path: Path, method: str) -> None:
    definition = Definition("0.1.0", languages=["english"], tasks=["mcqa", "nli"], method=method, limit=2)  # type: ignore[arg-type]
    weights = Model("tiny", HUB, str(tiny))
    options = Options(max_tokens=3, device="cpu")
    record = run(plan(benchmark(definition, hub), weights, options, tmp_path), tmp_path)
    rows = pl.read_parquet(tmp_path / RESULTS)
    assert rows.height == 4
    assert list(record.weights) == ["model.safetensors"]
    assert rows["input_tokens"].is_not_null().all()
    if method == "likelihood":
        assert set(rows["outcome"]) <= {"correct", "wrong"}
        assert rows["log_likelihoods"].list.len().to_list() == rows["choices"].list.len().to_list()
    else:
        assert rows["raw"].is_not_null().all()
        assert rows["output_tokens"].max() == 3
    assert record.dtype == fast_dtype("cpu")
    other: Dtype = "bfloat16" if record.dtype == "float32" else "float32"
    named = dataclasses.replace(options, dtype=other)
    with pytest.raises(UserError, match="contains a run with another dtype: choose another --out"):
        run(plan(benchmark(definition, hub), weights, named, tmp_path), tmp_path)
    there = tmp_path / "other"
    assert run(plan(benchmark(definition, hub), weights, named, there), there).dtype == other


@pytest.mark.model
def test_the_seconds_of_a_part_are_counted_after_a_kill(hub: str, tiny: Path, tmp_path: Path) -> None:
    definition = Definition("0.1.0", languages=["english"], tasks=["mcqa", "nli"], method="likelihood", limit=2)
    options = Options(device="cpu", part=2)
    planned = plan(benchmark(definition, hub), Model("tiny", HUB, str(tiny)), options, tmp_path)
    whole = run(planned, tmp_path)
    assert whole.device == "cpu"
    assert whole.seconds is not None and 0 < whole.seconds < 1000
    # As after a kill behind the first part.
    (tmp_path / PARTS).mkdir()
    part = pl.read_parquet(tmp_path / RESULTS).head(2)
    part.write_parquet(tmp_path / PARTS / "0000000.parquet", metadata={SECONDS: "1000.0"})
    write_record(tmp_path / RUN, planned.started(whole.started))
    resumed = run(planned, tmp_path)
    assert resumed.items == 4
    assert resumed.seconds is not None and 1000 < resumed.seconds < 2000


@pytest.mark.parametrize(
    ("likelihoods", "parsed", "outcome"),
    [
        ([-3.0, -1.0, -2.0], "B", "correct"),
        ([-1.0, -3.0, -2.0], "A", "wrong"),
        ([-3.0, -1.0, -1.0], "B", "correct"),
        ([-1.0, -1.0, -1.0], "A", "wrong"),
        ([-2.0, -1.0, math.nan], None, "no_likelihood"),
        ([math.nan, math.nan, math.nan], None, "no_likelihood"),
        ([math.nan, -1.0, -2.0], None, "no_likelihood"),
        ([-2.0, -1.0, -math.inf], None, "no_likelihood"),
        ([-2.0, math.inf, -1.0], None, "no_likelihood"),
    ],
)
def test_the_first_of_the_likeliest_choices_is_the_answer(
    likelihoods: list[float], parsed: str | None, outcome: str
) -> None:
    row = {"choices": ["A", "B", "C"], "answer": "B", "log_likelihoods": likelihoods, "input_tokens": 4}
    (found,) = chosen(pl.DataFrame([row])).select("parsed", "outcome").rows()
    assert found == (parsed, outcome)


@pytest.mark.model
def test_weights_that_are_no_numbers_have_no_answer(hub: str, tiny: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tiny, broken)
    weights = load_file(broken / "model.safetensors")
    weights["model.norm.weight"].fill_(math.nan)
    save_file(weights, broken / "model.safetensors", {"format": "pt"})
    definition = Definition("0.1.0", languages=["english"], tasks=["mcqa", "nli"], method="likelihood", limit=2)
    out = tmp_path / "out"
    record = run(plan(benchmark(definition, hub), Model("broken", HUB, str(broken)), Options(device="cpu"), out), out)
    assert record.outcomes == {"no_likelihood": 4}
    assert pl.read_parquet(out / RESULTS)["parsed"].null_count() == 4


def test_what_cannot_be_run_is_said_before_anything_is_asked(hub: str, asked: Benchmark, tmp_path: Path) -> None:
    letters = benchmark(Definition("0.1.0", languages=["english"], method="likelihood"), hub)
    model = Model("tested", HUB, "maker/tested")
    for benchmarked, options, message in (
        (letters, Options("http://localhost/v1"), "is served: the likelihood of letters needs its weights"),
        (asked, Options("http://localhost/v1", budget=1.0), "no price of tested is known"),
        (asked, Options("http://localhost/v1", judge=model), "serve it, and name --judge-base-url"),
    ):
        with pytest.raises(UserError, match=message):
            plan(benchmarked, model, options, tmp_path)
    with pytest.raises(UserError, match="no weights in safetensors"):
        plan(letters, Model("empty", HUB, str(tmp_path)), Options(), tmp_path)


def test_a_folder_has_one_run_at_a_time(asked: Benchmark, model: Model, tmp_path: Path) -> None:
    wanted = plan(asked, model, Options("http://localhost/v1"), tmp_path)
    with held(tmp_path), pytest.raises(UserError, match="is using it"):
        run(wanted, tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(UserError, match=r"run\.json: it is \[\], expected an object; choose another --out"):
        run(wanted, tmp_path)


@pytest.mark.slow
def test_a_killed_run_pays_nothing_twice(hub: str, tmp_path: Path) -> None:
    bench = Bench(
        {"HF_ENDPOINT": hub},
        options=["--languages", "english,zulu"],
        behaviour=Behaviour(latency=0.3, limit=0.05),
    )
    seen = kill_runs(bench, 2, tmp_path, random.Random(0))  # noqa: S311
    assert (seen.kills, seen.paid_twice) == (2, 0)
