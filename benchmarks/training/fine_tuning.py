"""Measure a small model's gain from fine-tuning on a published version: test accuracy before and after.

    globmed hub run --root build/hub -- python -m benchmarks.fine_tuning --version 0.2.0

The model has the shape of Qwen3 in small, random weights and a tokenizer trained on the train split. Both are asked by
the likelihood of the letters, on the same items. Intervals are of 95 %, clustered by item; differences are of the same
items, their p-values corrected after Holm for all rows of a task. Every step goes on where it was stopped.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import polars as pl

from bench_recipes.compare.accuracy import accuracies
from bench_recipes.compare.grid import read_grid
from bench_recipes.compare.paired import between_runs, corrected
from bench_recipes.compare.shared import shared

FOLDER = Path("build/fine_tuning")
BEFORE, AFTER = "before", "after"
RECIPE = Path(__file__).with_suffix(".yaml")
RESULTS = FOLDER / "bench"


def main() -> None:
    """Make the model, evaluate it, train it, evaluate it again, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", default="0.2.0")
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--vocabulary", type=int, default=8_000)
    parser.add_argument("--limit", type=int, default=0, help="items a language and task, at most")
    parser.add_argument("--steps", type=int, default=-1, help="of training; as the recipe has it by default")
    options = parser.parse_args()
    recipe = ["--config", str(RECIPE), "--version", options.version]
    shape = [f"--{name}={getattr(options, name)}" for name in ("width", "layers", "vocabulary")]
    if not (FOLDER / BEFORE / "model.safetensors").is_file():
        run("train_recipes.tiny", *recipe, *shape)
    evaluate(BEFORE, options.version, options.limit)
    run("train_recipes.sft", *recipe, f"--max_steps={options.steps}")
    evaluate(AFTER, options.version, options.limit)
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, float_precision=3):
        print(compared(RESULTS))


def run(module: str, *arguments: str) -> None:
    """A command of the project, in a process of its own."""
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)


def evaluate(name: str, version: str, limit: int) -> None:
    """Ask a model the closed tasks of the recipe's languages."""
    asked = ["--version", version, "--languages", "en,es,fr,sw", "--tasks", "mcqa,yesno", "--limit", str(limit)]
    run("globmed", "bench", "run", str(FOLDER / name), "--method", "likelihood", *asked, "--out", str(RESULTS))


def compared(results: Path) -> pl.DataFrame:
    """By task and scope: both accuracies with their intervals, chance, and the difference."""
    grid, keys = read_grid([results]), ["task", "scope"]
    shares = accuracies(grid).select(*keys, "run", "items", "chance", "accuracy", "low", "high")
    before, after = (shares.filter(run=name).drop("run") for name in (BEFORE, AFTER))
    pairs = between_runs(shared(grid)).filter(first=AFTER, second=BEFORE).drop("p_holm", "p_bh", "significant")
    gains = corrected(pairs, ["task"]).select(*keys, pl.col("difference", "low", "high").name.prefix("gain_"), "p_holm")
    return before.join(after.drop("items", "chance"), on=keys, suffix="_after").join(gains, on=keys)


if __name__ == "__main__":
    main()
