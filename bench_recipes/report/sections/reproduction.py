"""The inputs, packages and seed of a comparison: everything needed to reproduce it."""

from collections.abc import Sequence
from importlib.metadata import version

import polars as pl

from bench_recipes.compare.grid import ASKED_AS, Grid
from bench_recipes.compare.model_facts import signatures
from bench_recipes.compare.paired import ALPHA
from bench_recipes.compare.resample import RESAMPLES, SEED
from globmed.cli.console import visible
from globmed.records.comparison import ComparedVersion, Pins

PACKAGES = ("globmed", "duckdb", "matplotlib", "numpy", "polars", "scipy", "statsmodels")
_RUN = ("name", "model", "served", *ASKED_AS, "hub", "finished", "packages", "results_sha256")


def pins(grid: Grid, runs: pl.DataFrame, resamples: int = RESAMPLES) -> Pins:
    """Return the pins of a comparison; ``runs`` is that of the statistics."""
    named = {name: visible(grid.runs[name][0]) for name in ("repository", "version", "commit")}
    counts = grid.items["task"].value_counts().sort("task")
    return Pins(
        dataset=ComparedVersion(**named),
        languages=list(grid.languages),
        items=dict(counts.iter_rows()),
        answers=int(grid.asked.sum()),
        statistics={"level": 1 - ALPHA, "alpha": ALPHA, "resamples": resamples, "seed": SEED},
        packages={name: version(name) for name in PACKAGES},
        signatures=[list(pair) for pair in signatures(grid.runs)],
        runs=runs.select(_RUN).to_dicts(),
    )


def pinned_rows(pinned: Pins) -> Sequence[tuple[str, str]]:
    """Return the same as rows for readers, without the runs."""
    dataset, made = pinned.dataset, pinned.statistics
    return [
        ("Dataset", f"{dataset.repository} {dataset.version}"),
        ("Commit", dataset.commit),
        ("Items", ", ".join(f"{task} {count:,}" for task, count in pinned.items.items())),
        ("Languages", ", ".join(pinned.languages)),
        ("Answers", f"{pinned.answers:,}"),
        (
            "Intervals",
            f"{100 * made['level']:.0f} %, {made['resamples']:,} resamples of the items, seed {made['seed']}",
        ),
        ("Packages", ", ".join(f"{name} {each}" for name, each in pinned.packages.items())),
        *((f"Score {name}", signature) for name, signature in pinned.signatures),
    ]
