"""The report of an experiment, on models that do not exist."""

import json
from pathlib import Path

import polars as pl
import pytest

from bench_recipes.experiment.gains import gains, headline, read_pair, specialty_gains
from bench_recipes.experiment.report import write_report
from bench_recipes.experiment.tables import Tables
from benchmarks.evaluation.simulated_results import Items, by_tier, run_frame, write_run
from globmed.records.comparison import ComparedVersion

DATASET = ComparedVersion("globmed/GlobMed", "1.0.0", "0" * 40)
HOSTILE = "<b>|`x`*"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Two recipes from one baseline: one learns, the other forgets; and one from a baseline that guesses."""
    folder, items = tmp_path_factory.mktemp("runs"), Items(300, ("mcqa", "nli"))
    write_run(folder / "base", run_frame("base", by_tier(0.5, 0.4), items, 1))
    write_run(folder / "guesses", run_frame("guesses", by_tier(0.25, 0.25), items, 2))
    pairs = {}
    for place, (name, baseline, true) in enumerate(
        (("learns", "base", (0.7, 0.6)), (HOSTILE, "base", (0.3, 0.2)), ("late", "guesses", (0.5, 0.4)))
    ):
        write_run(folder / str(place), run_frame(f"tuned {place}", by_tier(*true), items, place + 3))
        pairs[name] = read_pair(folder / baseline, folder / str(place))
    costs = [
        *((name, "baseline", model, 0.5) for name, model in zip(pairs, ("base", "base", "guesses"), strict=True)),
        *((name, "training", name, 2.0) for name in pairs),
    ]
    return Tables(
        models=pl.DataFrame(
            {"recipe": list(pairs), "baseline": ["base", "base", "guesses"], "commit": [None, None, None]}
        ),
        gains=gains(pairs, 200),
        specialties=specialty_gains(pairs, 200),
        headline=headline(pairs, 200),
        cost=pl.DataFrame(
            [
                {"recipe": name, "stage": stage, "model": model, "device": "cpu", "devices": 1, "work": 9,
                 "unit": "items", "device_hours": hours}
                for name, stage, model, hours in costs
            ]
        ),
    )  # fmt: skip


def test_the_report_tells_gains_losses_and_what_cannot_be_told(tables: Tables, tmp_path: Path) -> None:
    summary = write_report(tables, DATASET, tmp_path / "gains")
    learns, loses, late, noise, *figures, hours = summary
    assert learns.startswith("learns, fine-tuned from base, answers ")
    assert "a change of +" in learns and learns.endswith("significant.")
    assert "a change of -" in loses
    assert "a change of +" in late
    assert noise == "guesses is hardly better than guessing: a gain relative to it would mostly be noise."
    assert figures[-1].startswith("In the paper's figures, the mean of the recipes: ")
    assert hours == "Everything took 7 device-hours.", "the shared baseline counts once"
    text = (tmp_path / "gains" / "gains.md").read_text("utf-8")
    for title in ("Gains", "The paper's figures", "Languages", "Tasks", "Fields of medicine", "Cost"):
        assert f"\n## {title}\n" in text
    page = (tmp_path / "gains" / "gains.html").read_text("utf-8")
    assert HOSTILE not in page
    found = json.loads((tmp_path / "gains" / "gains.json").read_text("utf-8"))
    assert found["gains"] == tables.gains.to_dicts()
    assert pl.read_parquet(tmp_path / "gains" / "tables" / "headline.parquet").equals(tables.headline)


def test_an_unknown_cost_has_no_sum(tables: Tables) -> None:
    unknown = pl.lit(None, pl.Float64).alias("device_hours")
    without = Tables(
        tables.models, tables.gains, tables.specialties, tables.headline, tables.cost.with_columns(unknown)
    )
    assert without.device_hours() is None
