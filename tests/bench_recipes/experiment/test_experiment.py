"""Experiments on the sample's version: real runs of a tiny model, and their tables against what was answered."""

import os
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest
import torch
import typer

from bench_recipes.experiment.plan import Tuning, check_names, plan, split_words
from bench_recipes.experiment.processes import globmed_words
from bench_recipes.experiment.run import Experiment, publish, run
from bench_recipes.experiment.stages import Publication, Stage, do
from globmed.errors import UserError
from globmed.records.results import RESULTS
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from tests.conftest import DemoRelease, Globmed

CLOSED = ["mcqa", "yesno", "nli"]


@pytest.fixture
def environment(demo_hub: HubAccess, demo_release: DemoRelease, tmp_path: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return inherited | demo_hub.environment(tmp_path / "hf-home")


def settings(start: Path) -> list[str]:
    return [
        *("--model_name_or_path", str(start), "--languages", "english", "swahili"),
        *("--max_steps", "4", "--save_steps", "2", "--eval_strategy", "no", "--disable_tqdm", "true"),
    ]


def prepared(
    start: Path, folder: Path, hub: HubAccess, environment: dict[str, str], release: str | None = None
) -> Experiment:
    how = ["--version", "0.1.0", "--languages", "en,sw", "--tasks", ",".join(CLOSED), "--method", "likelihood"]
    tunings = plan(["tiny"], settings(start), "0.1.0", REPOSITORY, folder, environment)
    publication = Publication("experiments", release, ["--hub", hub.endpoint])
    return Experiment(tunings, "0.1.0", REPOSITORY, folder, how, CLOSED, "", publication)


@pytest.mark.slow
@pytest.mark.model
def test_an_experiment_ends_in_its_table_and_cards_and_goes_on_where_it_stopped(
    start: Path, demo_hub: HubAccess, environment: dict[str, str], forked: None, tmp_path: Path
) -> None:
    folder = tmp_path / "experiment"
    whole = prepared(start, folder, demo_hub, environment)
    found = run(whole, environment)
    before, after = (
        pl.read_parquet(folder / kind / name / RESULTS) for kind, name in (("baseline", "start"), ("tuned", "tiny"))
    )
    right = (pl.col("outcome") == "correct").mean()
    told = found.tables.gains.filter(task="all", scope="all").row(0, named=True)
    assert (told["before"], told["after"]) == pytest.approx((before.select(right).item(), after.select(right).item()))
    assert told["gain"] == pytest.approx(told["after"] - told["before"])
    by_cell = [
        frame.group_by("language", "task").agg(right.alias("share"))["share"].mean() for frame in (before, after)
    ]
    (lead,) = found.tables.headline.to_dicts()
    if lead["relative"] is not None:
        assert lead["relative"] == pytest.approx(by_cell[1] / by_cell[0] - 1)  # type: ignore[operator]
    cost = found.tables.cost
    assert cost.select("stage", "work", "unit", "device").rows() == [
        ("baseline", before.height, "items", "cpu"),
        ("training", 4, "steps", "cpu"),
        ("tuned", after.height, "items", "cpu"),
    ]
    assert found.tables.device_hours() == pytest.approx(cost["device_hours"].sum())
    publish(whole, environment)
    card = (folder / "models" / "tiny" / "candidate" / "README.md").read_text("utf-8")
    assert "experiments/tiny" in card
    assert str(start.parent) not in card + (folder / "gains" / "gains.md").read_text("utf-8"), "a private path"
    assert (folder / "report" / "report.html").is_file()
    _goes_on(whole, environment)


def _goes_on(whole: Experiment, environment: dict[str, str]) -> None:
    """Without the last run and the report, as after a kill, these are made again, and nothing else is."""
    folder = whole.folder
    table = pl.read_parquet(folder / "gains" / "tables" / "gains.parquet")
    kept = [folder / "baseline" / "start" / RESULTS, folder / "models" / "tiny" / "model.safetensors"]
    times = [path.stat().st_mtime_ns for path in kept]
    shutil.rmtree(folder / "gains")
    shutil.rmtree(folder / "tuned")
    again = run(whole, environment)
    assert again.tables.gains.equals(table)
    assert [path.stat().st_mtime_ns for path in kept] == times


@pytest.mark.skipif(torch.accelerator.is_available(), reason="there is a GPU")
@pytest.mark.slow
def test_a_recipe_that_cannot_be_trained_here_is_one_line_before_anything_is_asked(
    globmed: Globmed, demo_hub: HubAccess, demo_release: DemoRelease, tmp_path: Path
) -> None:
    words = ("gemma-3-270m", "--version", "0.1.0", "--hub", demo_hub.endpoint, "--out", tmp_path / "out")
    done = globmed("experiment", *words)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: recipe gemma-3-270m: no GPU was found: add --use_cpu to train on the processor, which takes far longer"
    ]
    assert not (tmp_path / "out").exists()


def test_settings_follow_the_recipes() -> None:
    assert split_words(["tiny", "own.yaml", "--max_steps", "3"]) == (["tiny", "own.yaml"], ["--max_steps", "3"])
    for word in ("--output_dir=x", "--version"):
        with pytest.raises(UserError, match="is set by the experiment itself: leave it out"):
            split_words(["tiny", word])


def tuning(recipe: str, model: str, folder: Path, revision: str | None = None) -> Tuning:
    return Tuning(Path(recipe).stem, recipe, [], model, revision, folder)


def test_two_things_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name / "base").mkdir(parents=True)
    one, other = str(tmp_path / "one" / "base"), str(tmp_path / "other" / "base")
    cases = [
        (("a/x.yaml", one), ("b/x.yaml", one), "both are called x: rename a file"),
        (("x.yaml", one), ("y.yaml", other), "which have one name"),
        (("x.yaml", one), ("base.yaml", one), "is called base too: rename one"),
    ]
    for first, second, said in cases:
        with pytest.raises(UserError, match=said):
            check_names([tuning(*first, tmp_path), tuning(*second, tmp_path)])
    check_names([tuning("x.yaml", one, tmp_path), tuning("y.yaml", one, tmp_path)])


def test_a_pinned_model_is_asked_at_its_revision_and_a_folder_is_told_without_its_path(tmp_path: Path) -> None:
    pinned = tuning("x.yaml", "owner/name", tmp_path, "v1")
    assert (pinned.asked_as, pinned.baseline, pinned.starts_from) == (
        "owner/name@v1",
        tmp_path / "baseline" / "owner--name",
        "owner/name",
    )
    assert tuning("x.yaml", str(tmp_path), tmp_path).starts_from == tmp_path.name


def test_a_stage_that_fails_has_said_why_and_one_that_is_killed_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as stopped:
        do(Stage("ask nobody", globmed_words("bench", "run", "nobody", "--version", "0.1.0")), os.environ)
    assert stopped.value.exit_code == 2
    assert capfd.readouterr().err.count("error: ") == 1
    killed = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    with pytest.raises(UserError, match="train x: ended by SIGKILL; the same command resumes it"):
        do(Stage("train x", killed), os.environ)
    with pytest.raises(UserError, match="--launcher nothing-of-this-name: No such file or directory"):
        do(Stage("train x", ["nothing-of-this-name"]), os.environ)
