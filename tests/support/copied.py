"""A copy of the checkout to write into, and programs that run in it."""

import os
import shutil
from pathlib import Path

from tests.support.programs import ROOT, run_python

FOLDERS = ("globmed", "builders", "validation", "cards", "sql", "train_recipes", "bench_recipes", "benchmarks", "tests")


def copy_checkout(root: Path) -> Path:
    """Copy the packages with what Python has compiled of them, the queries and the tests."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("data"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def insert(file: Path, before: str, text: str) -> None:
    """Put a text before the first place where another one stands."""
    kept = file.read_text("utf-8")
    assert before in kept, (file, before)
    file.write_text(kept.replace(before, text + before, 1), "utf-8")


def run_in(copy: Path, *arguments: str | Path) -> str:
    """Run Python in a copy of the checkout, without anybody's Hub settings, and return what it prints."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    settings = {"PYTHONPATH": str(copy), "HF_HOME": str(copy / "hf-home"), "COLUMNS": "120"}
    done = run_python(arguments, inherited | settings, copy)
    assert done.returncode == 0, f"{arguments}: {done.stdout} {done.stderr}"
    return done.stdout
