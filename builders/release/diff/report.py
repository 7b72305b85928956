"""Reports of a difference between versions: a table for people, Markdown for the change log."""

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from builders.release.diff.against import Against
from builders.release.diff.diff import Diff
from globmed.cli.console import visible
from globmed.render.markdown import code, table

KINDS = ("added", "removed", "moved", "changed")
#: Lines of a table for people.
SHOWN = 20
NO_ROWS = "No row differs."


def print_diff(diff: Diff, console: Console) -> None:
    """Print the rows by language, source and kind of change, then examples."""
    console.print(f"{diff.older} to {diff.newer}: {diff.level} change", highlight=False, markup=False)
    for config, (added, removed) in diff.columns.items():
        console.print(f"{config}: columns added {list(added)}, removed {list(removed)}", highlight=False, markup=False)
    if diff.other_files:
        console.print(f"other files: {', '.join(diff.other_files)}", highlight=False, markup=False)
    if diff.rows.is_empty():
        console.print(NO_ROWS)
        return
    counts = Table("language", "source", *KINDS, "columns")
    for cells in _summary(diff):
        counts.add_row(*(Text(visible(cell)) for cell in cells))
    for column in counts.columns[2:6]:
        column.justify = "right"
    console.print(counts)
    examples = Table("language", "id", "what", "old", "new", title="Examples")
    for row in diff.examples.iter_rows(named=True):
        what = row["column"] or row["kind"]
        examples.add_row(
            *(Text(visible(value or "")) for value in (row["config"], row["id"], what, row["old"], row["new"]))
        )
    console.print(examples)


def to_markdown(diff: Diff, examples: bool = False) -> str:
    """Return the same as Markdown for the change log, with all data escaped."""
    parts = [f"Compared with {_code(diff.older)}: {diff.level} change."]
    for config, (added, removed) in diff.columns.items():
        named = [f"{word} {', '.join(map(_code, names))}" for word, names in (("added", added), ("removed", removed))]
        parts.append(f"- {_code(config)}: columns {'; '.join(named)}")
    if diff.rows.is_empty():
        return "\n\n".join([*parts, NO_ROWS])
    rows = [[_code(config), _code(source), *rest] for config, source, *rest in _summary(diff)]
    parts.append(table(["language", "source", *KINDS, "changed columns"], rows))
    if examples:
        shown = diff.examples.filter(pl.col("column").is_not_null()).iter_rows(named=True)
        names, values = ("config", "id", "column"), ("old", "new")
        cells = [[*(_code(e[n]) for n in names), *(visible(e[v] or "") for v in values)] for e in shown]
        parts.append(table([*names, *values], cells))
    return "\n\n".join(parts)


def _code(text: str) -> str:
    return code(visible(text))


def _summary(diff: Diff) -> list[list[str]]:
    """Return ``config, source``, rows of each kind and changed columns; in the order of the languages."""
    counts = diff.rows.pivot("kind", index=["config", "source"], values="rows", maintain_order=True)
    absent = [pl.lit(0).alias(kind) for kind in KINDS if kind not in counts.columns]
    columns = diff.counts.filter(pl.col("column").is_not_null()).group_by("config", "source", maintain_order=True)
    named = columns.agg(pl.col("column").unique(maintain_order=True).str.join(", "))
    rows = counts.with_columns(*absent).join(named, on=["config", "source"], how="left", maintain_order="left")
    shown = rows.select(
        "config", "source", *(pl.col(kind).fill_null(0) for kind in KINDS), pl.col("column").fill_null("")
    )
    return [
        [config, source, *(f"{n:,}" for n in numbers), last] for config, source, *numbers, last in shown.iter_rows()
    ]


def print_against(found: Against, console: Console) -> None:
    """Print how a version compares with what others published."""
    named = (f"{name}@{commit}" if commit else name for name, commit in found.repositories.items())
    console.print(f"{found.version} against {', '.join(named)}", highlight=False, markup=False, soft_wrap=True)
    counts = Table("language", "their records", "our rows", "rows in both")
    for language, *numbers in found.languages.iter_rows():
        counts.add_row(Text(visible(language)), *(f"{number:,}" for number in numbers))
    for column in counts.columns[1:]:
        column.justify = "right"
    console.print(counts)
    lines = (
        f"{found.matched['text']:,} English rows found by their texts, {found.matched['id']:,} more by their id",
        f"{found.answers['id'].n_unique():,} of {found.compared:,} rows with an answer in both have another one",
        f"{found.leaks['id'].n_unique():,} rows of our validation and test are among their records for training",
    )
    for line in lines:
        console.print(line, highlight=False)
    for title, frame in (("Answers that differ", found.answers), ("Leaks", found.leaks)):
        if frame.height:
            table_ = Table(*frame.columns, title=title)
            for row in frame.head(SHOWN).iter_rows():
                table_.add_row(*(Text(visible(value)) for value in row))
            console.print(table_)
            if frame.height > SHOWN:
                console.print(f"and {frame.height - SHOWN:,} more; --json lists all", highlight=False)
