"""Read a benchmark run's files into the figures of a card, and check that they are of this model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import duckdb

from builders.release.hub.repository import HubRepository
from cards.runs import Dataset, Evaluation, Score
from globmed.errors import UserError
from globmed.languages import language
from globmed.metrics import AVERAGED, METRICS, NORMAL_95
from globmed.records.evaluation import RUN, EvaluationRun, read_run
from globmed.records.results import RESULTS, SCHEMA, check_columns
from globmed.schema import TASKS
from globmed.storage.files import sha256
from globmed.storage.queries import connect, query
from globmed.versions.numbers import Version, is_commit


@dataclass(frozen=True, slots=True)
class Results:
    """A run of the benchmark, and the SHA-256 of its rows, to identify it."""

    evaluation: Evaluation
    sha256: str


def read_results(
    folder: Path, weights: Mapping[str, str], model: HubRepository, published: Callable[[Dataset], Dataset]
) -> Results:
    """Return the figures of a run of the benchmark.

    Args:
        folder: the run's folder.
        weights: the SHA-256 of every weights file of the model, by name.
        model: the model's repository: a run may have loaded the same weights from there.
        published: returns the named version of a dataset, or raises.

    Raises:
        UserError: no finished run, one with failed items or of another model, or rows that do not match the record.
    """
    path = folder / RUN
    record = read_run(path, "name a folder of `globmed bench run`")
    if not isinstance(record, EvaluationRun):
        raise UserError(f"{path}: the run is {record.state!r}, expected complete: run the same command again")
    if failed := record.outcomes.get("error"):
        raise UserError(f"{path}: {failed} items failed: run the same command again to retry them")
    _check_weights(path, record, weights, model)
    pin = record.dataset
    dataset = Dataset(pin.repository, Version.parse(pin.version), pin.commit, pin.manifest_sha256)
    check_columns(folder / RESULTS, SCHEMA)
    try:
        return Results(_evaluation(folder / RESULTS, record, published(dataset)), sha256(folder / RESULTS))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{folder / RESULTS}: {reason}; run `globmed bench run` again") from error


def _check_weights(path: Path, record: EvaluationRun, weights: Mapping[str, str], model: HubRepository) -> None:
    """Check that the run used these weights: from a folder, or from the model's repository at a commit."""
    asked, commit = record.weights, record.revision
    if commit is not None and record.model.id == model.name and is_commit(commit):
        asked = {name: found for name, found in model.contents(commit).items() if name in weights}
    if asked != dict(weights):
        name = next((name for name in sorted({*asked, *weights}) if asked.get(name) != weights.get(name)), "")
        raise UserError(
            f"{path}: the results are of another model: SHA-256 of {name} is {str(asked.get(name))[:12]}, expected "
            f"{str(weights.get(name))[:12]}; run `globmed bench run` on this folder"
        )


def _evaluation(file: Path, record: EvaluationRun, dataset: Dataset) -> Evaluation:
    definition = record.definition
    with connect() as connection:
        runs = query(connection, "bench/runs", files=[str(file)], tasks=list(TASKS)).to_dicts()
        outcomes = query(connection, "bench/outcomes", files=[str(file)]).to_dicts()
        long_answers = query(connection, "bench/long_answers", files=[str(file)], metrics=list(AVERAGED)).to_dicts()
    asked: dict[str, Any] = {name: getattr(definition, name) for name in ("method", "style", "shots")}
    expected = {
        "model": record.model.name,
        "revision": record.revision,
        "repository": dataset.repository,
        "version": str(dataset.version),
        "commit": dataset.commit,
        "rows": record.items,
        **asked,
    }
    if len(runs) != 1 or {name: runs[0][name] for name in expected} != expected:
        raise UserError(f"{file}: its rows are not those of the {RUN} beside it: run `globmed bench run` again")
    return Evaluation(
        dataset,
        split=definition.split,
        **asked,
        limit=definition.limit,
        packages=record.packages,
        scores=[*_accuracies(outcomes), *_means(long_answers, outcomes)],
    )


def _accuracies(outcomes: Sequence[Mapping[str, Any]]) -> list[Score]:
    from scipy.stats import binomtest

    found = []
    for row in outcomes:
        if row["task"] != "lfqa":
            interval = binomtest(row["correct"], row["items"]).proportion_ci(0.95, method="wilson")
            share = row["correct"] / row["items"]
            figures = (row["items"], share, float(interval.low), float(interval.high))
            found.append(
                Score(language(row["language"]), row["task"], "accuracy", *figures, row["chance"], row["unanswered"])
            )
    return found


def _means(long_answers: Sequence[Mapping[str, Any]], outcomes: Sequence[Mapping[str, Any]]) -> list[Score]:
    """Return means of the scores of long answers; a single score has no interval, and is left out."""
    unanswered = {row["language"]: row["unanswered"] for row in outcomes if row["task"] == "lfqa"}
    found = []
    for row in long_answers:
        if row["items"] > 1:
            margin = NORMAL_95 * row["deviation"] / sqrt(row["items"])
            most = float(METRICS[row["score"]].most)
            figures = (row["mean"], max(0.0, row["mean"] - margin), min(most, row["mean"] + margin))
            missing = unanswered.get(row["language"], 0)
            found.append(
                Score(language(row["language"]), "lfqa", row["score"], row["items"], *figures, unanswered=missing)
            )
    return found
