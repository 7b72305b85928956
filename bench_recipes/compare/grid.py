"""The results of several runs as one dense grid, runs x languages x items, so that no statistic loops over items.

Parallel items have the same id in every language: an item of the grid is that item in all languages, so that sampling
and counting by item are clustered by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import polars as pl
from duckdb import DuckDBPyConnection

from globmed.cli.console import visible
from globmed.errors import UserError
from globmed.languages import languages
from globmed.records.results import RESULTS, Outcome, check_columns
from globmed.schema import TASKS
from globmed.storage.queries import connect, query

OUTCOMES: tuple[str, ...] = get_args(Outcome)
#: The two outcomes that are answers.
CORRECT, WRONG = OUTCOMES.index("correct"), OUTCOMES.index("wrong")
NOT_ASKED = 255
OPEN = ("lfqa",)
CLOSED = tuple(task for task in TASKS if task not in OPEN)
#: The columns that distinguish two runs of one model.
ASKED_AS = ("revision", "method", "style", "shots")
_ITEM = ("language", "id", "task", "choices", "answer", "parsed", "outcome", "scores", "judge")
READ = ("model", "served", *ASKED_AS, "repository", "version", "commit", *_ITEM)
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """The outcome of every item.

    Attributes:
        runs: one row per run: ``run`` (its index), ``name`` (unique), model, settings, ``file``.
        languages: config names, in the order of the list.
        items: ``item`` (its index), id, task, specialty, answer, options (their number); sorted by task.
        answers: every answer that occurs.
        outcome: by run, language and item, an index into `OUTCOMES`, or `NOT_ASKED`.
        letter: by run, language and item, an index into ``answers``, or -1.
        files: the files that it was read from.
    """

    runs: pl.DataFrame
    languages: tuple[str, ...]
    items: pl.DataFrame
    answers: tuple[str, ...]
    outcome: npt.NDArray[np.uint8]
    letter: npt.NDArray[np.int16]
    files: tuple[Path, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the runs."""
        return self.runs["name"].to_list()

    @cached_property
    def asked(self) -> Bools:
        """Return whether the model was asked the item."""
        return np.not_equal(self.outcome, NOT_ASKED)

    @cached_property
    def correct(self) -> Bools:
        """Return whether the answer was the key."""
        return np.equal(self.outcome, CORRECT)

    @cached_property
    def answered(self) -> Bools:
        """Return whether there was an answer: correct or wrong."""
        return np.isin(self.outcome, (CORRECT, WRONG))

    def tasks(self) -> list[str]:
        """Return the closed tasks of the grid."""
        there = set(self.items["task"])
        return [task for task in CLOSED if task in there]

    def part(self, tasks: Sequence[str]) -> "Grid":
        """Return the items of some tasks."""
        return self.where(self.items["task"].is_in(list(tasks)))

    def pick(self, runs: Sequence[int]) -> "Grid":
        """Return some of the runs by their index, in the given order."""
        chosen = self.runs[list(runs)].with_columns(run=pl.int_range(len(runs), dtype=pl.UInt32))
        return replace(self, runs=chosen, outcome=self.outcome[list(runs)], letter=self.letter[list(runs)])

    def where(self, wanted: pl.Series) -> "Grid":
        """Return the items for which a Boolean column is true."""
        chosen = wanted.fill_null(False).to_numpy()
        items = self.items.filter(pl.Series(chosen)).with_columns(item=pl.int_range(int(chosen.sum())))
        return replace(self, items=items, outcome=self.outcome[..., chosen], letter=self.letter[..., chosen])


def find_results(paths: Sequence[Path]) -> list[Path]:
    """Return every results.parquet that is named, or anywhere below a named folder.

    Raises:
        UserError: there is none.
    """
    found = []
    for path in paths:
        files = sorted(path.rglob(RESULTS)) if path.is_dir() else [path] * path.is_file()
        if not files:
            raise UserError(f"{path}: no {RESULTS} in it; name the folder of a run, or one that contains runs")
        found += files
    return list(dict.fromkeys(file.resolve() for file in found))


def read_grid(paths: Sequence[Path], tasks: Sequence[str] = TASKS) -> Grid:
    """Read and check the runs.

    Raises:
        UserError: no results, an unknown task, missing columns, several commits of the dataset, an item that occurs
            twice or with two keys, an unknown language or outcome.
    """
    if unknown := [task for task in tasks if task not in TASKS]:
        raise UserError(f"--tasks {unknown[0]!r}; known: {', '.join(TASKS)}")
    files = find_results(paths)
    for file in files:
        check_columns(file, READ)
    asked: dict[str, Any] = {"files": [str(file) for file in files], "tasks": list(tasks)}
    with connect() as database:
        runs = _named(_checked_runs(query(database, "bench/runs", **asked), tasks))
        items = _checked_items(query(database, "bench/items", **asked)).with_row_index("item")
        return _filled(database, asked, runs, items, tuple(files))


def _checked_runs(runs: pl.DataFrame, tasks: Sequence[str]) -> pl.DataFrame:
    if runs.is_empty():
        raise UserError(f"no results of the tasks {', '.join(tasks)}; ask for others with --tasks")
    versions = runs.unique(["repository", "commit"], keep="first", maintain_order=True)
    if versions.height > 1:
        first, second = versions.head(2).to_dicts()
        raise UserError(
            f"{second['file']}: on commit {second['commit']} of {second['repository']}, but {first['file']} on "
            f"{first['commit']} of {first['repository']}; a comparison needs one: evaluate again, or leave one out"
        )
    return runs.unique(["model", *ASKED_AS], keep="first", maintain_order=True)


def _named(runs: pl.DataFrame) -> pl.DataFrame:
    """Return a name for each run: the model's, and what distinguishes its runs if it has several."""
    differ = [
        pl.when(pl.col(column).n_unique().over("model") > 1)
        .then(pl.col(column).cast(pl.String).fill_null("none").str.slice(0, 12))
        .alias(column)
        for column in ASKED_AS
    ]
    told = runs.select(pl.concat_str(differ, separator=" ", ignore_nulls=True).alias("told"))["told"]
    shown = pl.col("model").map_elements(_shown, return_dtype=pl.String)
    named = runs.with_columns(name=pl.when(told == "").then(shown).otherwise(pl.format("{} ({})", shown, told)))
    # Names that look the same without invisible characters stay distinct.
    copy = pl.col("name").cum_count().over("name")
    name = pl.when(copy > 1).then(pl.format("{} #{}", "name", copy)).otherwise("name")
    return named.with_columns(name=name).with_row_index("run")


def _shown(model: str) -> str:
    return visible(model) or "(no name)"


def _checked_items(items: pl.DataFrame) -> pl.DataFrame:
    if (wrong := items.filter("disagree")).height:
        raise UserError(
            f"item {visible(wrong['id'][0])}: its task or key is not the same in every run and language "
            f"({wrong.height:,} such items); these results are not of parallel items: evaluate again on one version"
        )
    return items.drop("disagree")


def _filled(
    database: DuckDBPyConnection,
    asked: dict[str, Any],
    runs: pl.DataFrame,
    items: pl.DataFrame,
    files: tuple[Path, ...],
) -> Grid:
    answers = tuple(items["answer"].drop_nulls().unique().sort())
    known = pl.DataFrame({"language": list(languages())}).with_row_index("place")
    frames = {
        "runs": runs.select("run", "model", *ASKED_AS),
        "places": known,
        "items": items.select("id", "item"),
        "outcomes": pl.DataFrame({"outcome": OUTCOMES}).with_row_index("code"),
        "answers": pl.DataFrame({"answer": answers}, schema={"answer": pl.String}).with_row_index("letter"),
    }
    cells = query(database, "bench/cells", frames, **asked)
    _check_cells(cells)
    shape = (runs.height, known.height, items.height)
    outcome, letter = np.full(shape, NOT_ASKED, np.uint8), np.full(shape, -1, np.int16)
    at = tuple(cells[name].to_numpy() for name in ("run", "place", "item"))
    outcome[at], letter[at] = cells["code"].to_numpy(), cells["letter"].to_numpy()
    if np.count_nonzero(outcome != NOT_ASKED) != cells.height:
        raise _repeated(query(database, "bench/repeated", **asked))
    there = (outcome != NOT_ASKED).any(axis=(0, 2))
    names = tuple(name for name, is_there in zip(known["language"], there, strict=True) if is_there)
    return Grid(runs, names, items, answers, outcome[:, there], letter[:, there], files)


def _check_cells(cells: pl.DataFrame) -> None:
    if cells["place"].null_count():
        raise UserError(f"a language of the results is none of the dataset's: {', '.join(languages())}")
    if cells["code"].null_count():
        raise UserError(f"an outcome of the results is unknown; known: {', '.join(OUTCOMES)}")


def _repeated(found: pl.DataFrame) -> UserError:
    row = found.row(0, named=True)
    files = " and ".join(dict.fromkeys((row["file"], row["other"])))
    return UserError(
        f"{files}: {visible(row['model'])} has the item {visible(row['id'])} {row['times']} times in "
        f"{visible(row['language'])}; expected once: leave one run out"
    )
