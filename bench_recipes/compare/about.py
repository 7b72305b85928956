"""What is known of a run's model: from run.json beside its results; its size, where that says none, from its name."""

import json
import re
from pathlib import Path
from typing import Any

import polars as pl

from bench_recipes.results import RUN

#: "Qwen3-1.7B", "llama_70b"; billions of parameters.
SIZE = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])", re.I)
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
SCHEMA = pl.Schema(
    {"run": pl.UInt32, "size": pl.Float64, "medical": pl.Boolean, "hub": pl.String, "finished": pl.String}
)


def with_models(runs: pl.DataFrame) -> pl.DataFrame:
    """The runs with ``size`` (billions of parameters), ``medical``, ``hub`` (repository of weights), ``finished``."""
    found = [
        {"run": run, **_about(Path(file).with_name(RUN), model)}
        for run, model, file in runs.select("run", "model", "file").iter_rows()
    ]
    return runs.join(pl.DataFrame(found, schema=SCHEMA), on="run", how="left", maintain_order="left")


def size_in(name: str) -> float | None:
    """Billions of parameters that a name tells; of a mixture of experts, all of them."""
    sizes = [float(size) for size in SIZE.findall(name)]
    return max(sizes, default=None)


def _about(file: Path, name: str) -> dict[str, Any]:
    """Whatever the record holds, each value is of its type or none."""
    record = _read(file)
    model = record.get("model")
    model = model if isinstance(model, dict) else {}
    size, identity, finished = model.get("size"), model.get("id"), record.get("finished")
    on_hub = model.get("provider") == "hub" and isinstance(identity, str) and REPOSITORY.fullmatch(identity)
    return {
        "size": float(size) if isinstance(size, int | float) and not isinstance(size, bool) else size_in(name),
        "medical": model.get("medical") is True,
        "hub": identity if on_hub else None,
        "finished": finished if isinstance(finished, str) else None,
    }


def _read(file: Path) -> dict[str, Any]:
    try:
        record = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
