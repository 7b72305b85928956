"""Facts about a run's model, from the run.json beside its results; its size, if not recorded there, from its name."""

import re
from pathlib import Path
from typing import Any

import polars as pl

from globmed.cli.console import visible
from globmed.records.evaluation import RUN, EvaluationRun, StartedRun, read_run
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
        {"run": run, **_about(_beside(Path(file)), model), "results_sha256": sha256(Path(file))}
        for run, model, file in runs.select("run", "model", "file").iter_rows()
    ]
    joined = runs.join(pl.DataFrame(found, schema=SCHEMA), on="run", how="left", maintain_order="left")
    return joined.drop("file")


def signatures(runs: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the signatures of the scores of long answers, by score, over all runs."""
    records = [_beside(Path(file)) for file in runs["file"]]
    complete = [record for record in records if isinstance(record, EvaluationRun)]
    return sorted({(visible(name), visible(text)) for record in complete for name, text in record.scores.items()})


def size_in(name: str) -> float | None:
    """Return the billions of parameters in a model's name; for a mixture of experts, the total."""
    sizes = [float(size) for size in SIZE.findall(name)]
    return max(sizes, default=None)


def _beside(results: Path) -> StartedRun | None:
    """Return the record of the run beside a file of results; None if there is none.

    Raises:
        UserError: as `globmed.records.evaluation.read_run`.
    """
    path = results.with_name(RUN)
    return read_run(path, "run `globmed bench run` again, or remove the file") if path.is_file() else None


def _about(record: StartedRun | None, name: str) -> dict[str, Any]:
    """Return the facts in a record; without one, only the size in the model's name."""
    if record is None:
        return {"size": size_in(name), "medical": False}
    model = record.model
    on_hub = model.provider == "hub" and REPOSITORY.fullmatch(model.id)
    complete = record if isinstance(record, EvaluationRun) else None
    packages = complete.packages.items() if complete else ()
    return {
        "size": size_in(name) if model.size is None else model.size,
        "medical": model.medical,
        "hub": model.id if on_hub else None,
        "finished": visible(complete.finished) if complete else None,
        "packages": ", ".join(f"{visible(name)} {visible(text)}" for name, text in packages) or None,
    }
