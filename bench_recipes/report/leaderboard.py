"""``globmed bench leaderboard``: a static page from the dataset of results, which becomes a Space when pushed.

The page contains its data and script, and its content security policy forbids loading anything else.
"""

from pathlib import Path
from typing import Any

import polars as pl
import yaml
from markupsafe import Markup

from bench_recipes.compare.scopes import ALL, TIERS
from bench_recipes.report.pages import FOLDER, html_page
from globmed.cli.console import visible
from globmed.errors import UserError
from globmed.languages import languages
from globmed.records.comparison import RESULTS, ResultsRecord
from globmed.records.record import read_file
from globmed.render.html import asset, digest
from globmed.render.page import render
from globmed.schema import TASKS
from globmed.storage.files import json_text
from globmed.storage.folders import check_replaceable, replaced_folder

PAGE = "index.html"
KIND = (PAGE, "README.md")
_DIGITS = 4
_NEEDED = {
    "runs": ("name", "size", "medical", "hub", "method"),
    "accuracy": ("task", "run", "scope", "asked", "accuracy", "low", "high", "above_chance"),
    "ranks": ("task", "run", "scope", "rank", "rank_low", "rank_high"),
}


def write_leaderboard(results: Path, folder: Path) -> int:
    """Write the page and its card, whole or not at all, and return its number of models.

    Raises:
        UserError: not a dataset of results, or a folder that holds something else.
    """
    check_replaceable(folder, *KIND)
    data = board(results)
    script = asset(FOLDER / "leaderboard.js")
    inline = json_text(data, separators=(",", ":")).replace("<", "\\u003c")
    page = html_page(
        "leaderboard.html.jinja",
        {
            "data": Markup(inline),  # noqa: S704 -- JSON in which nothing ends the element
            "script": script,
            "digest": digest(script),
            **{name: data[name] for name in ("title", "tasks", "languages", "pinned")},
        },
    )
    front = {"title": "GlobMed-Bench", "sdk": "static", "app_file": PAGE, "pinned": False}
    card = render("leaderboard.md.jinja", {"title": data["title"]}, FOLDER)
    with replaced_folder(folder, *KIND) as place:
        (place / PAGE).write_text(page, "utf-8")
        (place / "README.md").write_text(f"---\n{yaml.safe_dump(front, sort_keys=False)}---\n\n{card}", "utf-8")
    return len(data["models"])


def board(results: Path) -> dict[str, Any]:
    """Return the data of the page: models, and a cell for each model, task and scope.

    Raises:
        UserError: not a dataset of results.
    """
    about = read_file(ResultsRecord, results / RESULTS, "name a folder of `globmed bench report --results`")
    tables = {name: _table(results, name) for name in _NEEDED}
    runs, accuracy = tables["runs"], tables["accuracy"]
    cells = accuracy.join(tables["ranks"], on=["task", "run", "scope"], how="left").with_columns(
        pl.col("accuracy", "low", "high").round(_DIGITS)
    )
    places = {name: place for place, name in enumerate(runs["name"])}
    scopes = [name for name in (ALL, *TIERS, *languages()) if name in set(cells["scope"])]
    tasks = [name for name in (ALL, *TASKS) if name in set(cells["task"])]
    values = ("accuracy", "low", "high", "rank", "rank_low", "rank_high", "asked", "above_chance")
    shown: dict[str, dict[str, dict[int, list[Any]]]] = {task: {scope: {} for scope in scopes} for task in tasks}
    for task, scope, run, *cell in cells.select("task", "scope", "run", *values).iter_rows():
        if task in shown and scope in shown[task] and run in places:
            shown[task][scope][places[run]] = cell
    dataset = about.dataset
    return {
        "title": visible(about.title),
        "pinned": " ".join(visible(text) for text in (dataset.repository, dataset.version, dataset.commit)),
        "tasks": tasks,
        "languages": [[name, languages()[name].tier] for name in scopes if name in languages()],
        "models": [
            {
                "name": visible(row["name"]),
                "size": row["size"],
                "medical": row["medical"],
                "open": row["hub"] is not None,
            }
            for row in runs.iter_rows(named=True)
        ],
        "cells": shown,
    }


def _table(results: Path, name: str) -> pl.DataFrame:
    path = results / "data" / f"{name}.parquet"
    if name == "ranks" and not path.is_file():  # a single model has no rank
        return pl.DataFrame(
            schema={column: pl.String if column in ("task", "run", "scope") else pl.Int64 for column in _NEEDED[name]}
        )
    try:
        frame = pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UserError(f"{path}: cannot be read ({type(error).__name__}); write the results again") from error
    if missing := [column for column in _NEEDED[name] if column not in frame.columns]:
        raise UserError(f"{path}: no column {', '.join(missing)}; write the results again")
    return frame
