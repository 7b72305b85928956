"""The tasks for lm-evaluation-harness against our own, with the harness itself."""

import json
import os
from pathlib import Path

import polars as pl
import pytest
import yaml

from bench_recipes.ask.letters import load_scorer, score
from bench_recipes.lm_eval_tasks import FUNCTIONS, write_tasks
from bench_recipes.tasks import Definition, benchmark
from globmed.errors import UserError
from globmed.prompts import Style
from globmed.versions.client import HubAccess
from tests.bench_recipes.tiny import write_model
from tests.conftest import DemoRelease
from tests.support.programs import run_python

LANGUAGES = ["english", "japanese", "yoruba"]


@pytest.fixture(scope="module")
def hub(demo_hub: HubAccess, demo_release: DemoRelease) -> str:
    return demo_hub.endpoint


def by_harness(folder: Path, model: Path, hub: str, place: Path) -> pl.DataFrame:
    """What lm-evaluation-harness makes of the tasks in a folder."""
    out = place / "samples.json"
    done = run_python(
        ["-m", "tests.bench_recipes.harness", folder, model, out],
        {**os.environ, "HF_ENDPOINT": hub, "HF_HOME": str(place / "home")},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return pl.DataFrame(json.loads(out.read_text("utf-8")))


@pytest.mark.slow
@pytest.mark.parametrize(("style", "shots", "letters"), [("native", 0, "ABCDE"), ("english", 2, "")])
@pytest.mark.model
def test_both_harnesses_ask_the_same_and_find_the_same(
    hub: str, tmp_path: Path, style: Style, shots: int, letters: str
) -> None:
    """The one difference: of a letter in two tokens the harness counts the space as well, the same for all choices."""
    wanted = Definition("0.1.0", languages=LANGUAGES, method="likelihood", style=style, shots=shots)
    folder, model = tmp_path / "tasks", write_model(tmp_path / "model", letters)
    assert len(write_tasks(wanted, folder, hub)) == 9
    theirs = by_harness(folder, model, hub, tmp_path)
    items = benchmark(wanted, hub).items
    scored = items.with_columns(score(load_scorer(str(model), dtype="float32"), items))
    ending = "" if style == "native" else f"_{style}"
    named = scored.with_columns(task=pl.format("globmed_{}_{}{}", "language", "task", pl.lit(ending)))
    both = named.join(theirs, on=["task", "id"], suffix="_theirs")
    assert both.height == items.height == theirs.height
    assert both["prompt"].to_list() == both["prompt_theirs"].to_list()
    said = [[row["delimiter"] + each for each in row["says"]] for row in both.to_dicts()]
    assert said == both["says_theirs"].to_list()
    space = pl.col("log_likelihoods") - pl.col("log_likelihoods_theirs")
    apart = both.with_columns(space=space, spread=space.list.max() - space.list.min())
    assert apart["spread"].max() == pytest.approx(0, abs=1e-3)
    shifted = apart.filter(pl.col("space").list.max() > 1e-3)
    assert set(shifted["delimiter"]) == (set() if letters else {" "})
    best = both.with_columns(ours=pl.col("log_likelihoods").list.arg_max())
    right = best.select(pl.col("choices").list.get(pl.col("ours")) == pl.col("answer")).to_series()
    assert right.cast(pl.Float64).to_list() == both["acc"].to_list()
    assert best["ours"].n_unique() > 1


def test_a_task_names_commit_and_version_and_needs_nothing_of_ours(hub: str, tmp_path: Path) -> None:
    wanted = Definition("0.1.0", languages=["zulu"])
    names = write_tasks(wanted, tmp_path / "tasks", hub)
    assert names == ["globmed_zulu_mcqa", "globmed_zulu_yesno", "globmed_zulu_nli"], "a long answer has no letter"
    text = (tmp_path / "tasks" / "globmed_zulu_mcqa.yaml").read_text("utf-8")
    task = yaml.safe_load(text.replace("!function", ""))
    assert task["dataset_kwargs"]["revision"] == benchmark(wanted, hub).published.commit
    assert task["metadata"] == {"version": "0.1.0", "reviewed_prompts": False}
    assert "import globmed" not in (tmp_path / "tasks" / FUNCTIONS).read_text("utf-8")
    assert write_tasks(Definition("0.1.0", languages=["wolof"]), tmp_path / "tasks", hub)
    assert not list((tmp_path / "tasks").glob("*zulu*")), "the folder holds what was asked for last"


def test_a_folder_with_other_files_is_left_alone(hub: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(UserError, match=r"with thesis\.txt; name a new folder"):
        write_tasks(Definition("0.1.0"), tmp_path, hub)
    assert (tmp_path / "thesis.txt").exists()
