"""Output of the pipeline's commands: tables for people, JSON for scripts."""

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from rich.table import Table

from globmed.cli.console import stdout
from globmed.cli.hub import LOCAL
from globmed.hub.serving.joining import serving
from globmed.schema import SPLITS, TASKS

if TYPE_CHECKING:
    from builders.release.candidate import Plan
    from builders.release.draft import Drafted
    from builders.release.release import Released

PORT = 8734


def print_coverage(coverage: pl.DataFrame, *, as_json: bool) -> None:
    """Print the rows by language and task, and the English items that are missing in each language."""
    if as_json:
        stdout.print_json(json.dumps(coverage.to_dicts()))
        return
    table = Table("language", *TASKS, "rows", "absent", title="Rows that were built")
    for (config,), part in coverage.group_by("config", maintain_order=True):
        by_task = dict(part.group_by("task").agg(pl.col("rows").sum()).iter_rows())
        counts = [*(by_task.get(task, 0) for task in TASKS), part["rows"].sum(), part["absent"].sum()]
        table.add_row(str(config), *(f"{count:,}" for count in counts))
    _right_align(table)
    stdout.print(table)


def print_released(released: "Released", hub: str, hub_root: Path, space: str | None = None, *, as_json: bool) -> None:
    """Print the released rows by language and task, where they and their Space are, and the code that loads them."""
    plan = released.plan
    if as_json:
        fields = {"repository": plan.repository, "version": str(plan.version), "tag": plan.version.tag}
        more = {"commit": released.commit, "already": released.already, "candidate": str(released.candidate)}
        stdout.print_json(json.dumps(fields | more | {"space": space, "plan": released.told.to_dict()}))
        return
    if released.commit is None:
        stdout.print(f"Nothing was written; the candidate is {released.candidate}", highlight=False)
        return
    stdout.print(_released_table(released))
    state = "was there already" if released.already else "is published, loaded back, compared and tagged"
    stdout.print(f"{plan.repository} {plan.version.tag} {state}: commit {released.commit}", highlight=False)
    if space is not None:
        stdout.print(f"The page to explore it is pushed: {space}", highlight=False)
    configs = [path.name for path in sorted((released.candidate / "data").iterdir())]
    _print_load(plan, "swahili" if "swahili" in configs else configs[0], plan.version.tag, hub, hub_root)


def print_drafted(drafted: "Drafted", plan: "Plan", hub: str, hub_root: Path, *, as_json: bool) -> None:
    """Print where a draft is, and the code that loads it."""
    draft = drafted.draft
    if as_json:
        fields = {"repository": plan.repository, "language": draft.language, "branch": draft.branch}
        more = {"commit": drafted.commit, "rows": drafted.rows, "limit": draft.limit}
        stdout.print_json(json.dumps(fields | more | {"candidate": str(drafted.candidate)}))
        return
    part = f", of the first {draft.limit:,} items" if draft.limit else ""
    stdout.print(
        f"{plan.repository} {draft.branch}: {drafted.rows:,} rows of {draft.language}{part}, loaded back and compared: "
        f"commit {drafted.commit}",
        highlight=False,
        soft_wrap=True,
    )
    _print_load(plan, draft.language, draft.branch, hub, hub_root)


def _print_load(plan: "Plan", config: str, revision: str, hub: str, hub_root: Path) -> None:
    joined = serving(hub_root) if hub == LOCAL else None
    address = joined.url if joined else f"http://127.0.0.1:{PORT}" if hub == LOCAL else hub
    load = f'load_dataset("{plan.repository}", "{config}", revision="{revision}")'
    lines = [
        f"export HF_ENDPOINT={address}",
        f"{_program('python')} -c 'from datasets import load_dataset; print({load})'",
    ]
    if plan.private:
        stdout.print("It is private: set HF_TOKEN to a token that may read it.", highlight=False)
    if hub == LOCAL:
        stdout.print(f"The Hub's storage is {hub_root}. Load it from there:", highlight=False)
        if joined is None:
            lines.insert(0, f"{_program('globmed')} hub serve --root {hub_root} --port {PORT} &")
    for line in lines:
        stdout.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def _released_table(released: "Released") -> Table:
    files = sorted((released.candidate / "data").glob("*/*.parquet"))
    rows = pl.scan_parquet(files, glob=False, include_file_paths="path").select(
        pl.col("path").str.extract(r"([^/\\]+)[/\\][^/\\]+$").alias("config"),
        "task",
        pl.col("path").str.extract(r"([a-z]+)-[^/\\]+$").alias("split"),
    )
    counts = rows.group_by("config", "task", "split").len().collect()
    table = Table(
        "language",
        *TASKS,
        *SPLITS,
        "rows",
        title=f"Rows of {released.plan.repository} {released.plan.version}",
    )
    for (config,), part in counts.sort("config").group_by("config", maintain_order=True):
        sums = [part.filter(pl.col("task") == task)["len"].sum() for task in TASKS]
        sums += [part.filter(pl.col("split") == split)["len"].sum() for split in SPLITS]
        table.add_row(str(config), *(f"{count:,}" for count in [*sums, part["len"].sum()]))
    _right_align(table)
    return table


def _program(name: str) -> str:
    """Return how to call a program of this environment from a shell here: by name, or by its path below this folder."""
    beside = Path(sys.executable).parent / name
    found = shutil.which(name)
    if found is not None and Path(found) == beside:
        return name
    return str(beside.relative_to(Path.cwd())) if beside.is_relative_to(Path.cwd()) else str(beside)


def _right_align(table: Table) -> None:
    for column in table.columns[1:]:
        column.justify = "right"
