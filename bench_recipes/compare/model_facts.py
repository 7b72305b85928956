"""Facts about a run's model, from the run.json beside its results; its size, if not recorded there, from its name."""

import json
import re
from pathlib import Path
from typing import Any

import polars as pl

from bench_recipes.results import RUN
from globmed.cli.console import visible
from globmed.storage.files import sha256

#: "Qwen3-1.7B", "llama_70b"; billions of parameters.
SIZE = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])", re.I)
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
SCHEMA = pl.Schema(
    {
        "run": pl.UInt32,
        "size": pl.Float64,
        "medical": pl.Boolean,
        "hub": pl.String,
        "finished": pl.String,
        "packages": pl.String,
        "results_sha256": pl.String,
    }
)


def with_models(runs: pl.DataFrame) -> pl.DataFrame:
    """Add the facts in the runs' records to the runs.

    ``size`` is in billions of parameters, ``hub`` is the repository of the weights, ``packages`` are those of the run,
    and ``results_sha256`` is the hash of the file of results, which identifies it without its local path.
    """
    found = [
        {"run": run, **_about(Path(file).with_name(RUN), model), "results_sha256": sha256(Path(file))}
        for run, model, file in runs.select("run", "model", "file").iter_rows()
    ]
    joined = runs.join(pl.DataFrame(found, schema=SCHEMA), on="run", how="left", maintain_order="left")
    return joined.drop("file")


def signatures(runs: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the signatures of the scores of long answers, by score, over all runs."""
    found = [_texts(_read(Path(file).with_name(RUN)).get("scores")) for file in runs["file"]]
    return sorted({pair for each in found for pair in each.items()})


def size_in(name: str) -> float | None:
    """Return the billions of parameters in a model's name; for a mixture of experts, the total."""
    sizes = [float(size) for size in SIZE.findall(name)]
    return max(sizes, default=None)


def _about(file: Path, name: str) -> dict[str, Any]:
    """Return the facts in a record; a value of another type than expected is None."""
    record = _read(file)
    model = record.get("model")
    model = model if isinstance(model, dict) else {}
    size, identity, finished = model.get("size"), model.get("id"), record.get("finished")
    on_hub = model.get("provider") == "hub" and isinstance(identity, str) and REPOSITORY.fullmatch(identity)
    return {
        "size": float(size) if isinstance(size, int | float) and not isinstance(size, bool) else size_in(name),
        "medical": model.get("medical") is True,
        "hub": identity if on_hub else None,
        "finished": visible(finished) if isinstance(finished, str) else None,
        "packages": ", ".join(f"{name} {value}" for name, value in _texts(record.get("packages")).items()) or None,
    }


def _texts(found: object) -> dict[str, str]:
    """Return the text values of a mapping, each on one line."""
    pairs = found.items() if isinstance(found, dict) else ()
    return {visible(str(name)): visible(value) for name, value in pairs if isinstance(value, str)}


def _read(file: Path) -> dict[str, Any]:
    try:
        record = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
