"""Rounds to rate: wrong translations, and sheets as raters fill them."""

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import load_workbook

from builders.review.round import DIMENSIONS, Round
from builders.review.sheets import COLUMNS, write_sheets
from builders.rows.artifacts.folder import BuildFolder
from tests.builders.translate.test_memory import tmx, unit

Row = dict[str, Any]


def with_wrong_doses(build: BuildFolder, path: Path) -> Path:
    """Write translations into Swahili, of a build of the sample, with ten times a dose."""
    segments = pl.read_parquet(build.segments)
    memory = pl.read_parquet(build.memory).filter(language="sw")
    dosed = (
        segments.join(memory, on="memory_key", suffix="_sw")
        .filter(pl.col("text_sw").str.contains(r"\b\d\d\b"), ~pl.col("text").str.contains("[<&]"), field="question")
        .sort("id")
        .head(3)
        .select("text", pl.col("text_sw").str.replace(r"\b(\d\d)\b", "${1}0"))
    )
    assert dosed.height == 3, "the sample has questions with such a number"
    return tmx(path, *(unit(english, wrong, origin="machine") for english, wrong in dosed.iter_rows()))


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[Row], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, quoting=csv.QUOTE_ALL, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def fill(row: Row, seed: object = 0) -> None:
    """Ratings that depend on the source, so that two raters agree in part."""
    for name in DIMENSIONS:
        true, slip = _chance(f"{name}{row['source']}", 4) + 2, _chance(f"{seed}{name}{row['source']}", 5) - 2
        row[name] = str(min(5, max(1, true + (slip if abs(slip) == 1 else 0))))


def _chance(text: str, below: int) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % below


def fill_csv(path: Path, change: Callable[[Row], None] = lambda row: None) -> Path:
    rows = read_rows(path)
    for row in rows:
        fill(row, path.stem)
        change(row)
    return write_rows(path, rows)


def fill_xlsx(path: Path, change: Callable[[Row], None] = lambda row: None) -> Path:
    book = load_workbook(path)
    for cells in list(book["review"].iter_rows(min_row=2)):
        row = {name: cell.value for name, cell in zip(COLUMNS, cells, strict=True)}
        fill(row, path.stem)
        change(row)
        for name, cell in zip(COLUMNS, cells, strict=True):
            cell.value = int(row[name]) if name in DIMENSIONS and str(row[name]).isdigit() else row[name]
    book.save(path)
    return path


def returned(round_: Round) -> list[Path]:
    """Return every sheet of a round, filled: the first of each pair of raters as CSV, the other one as XLSX."""
    written = write_sheets(round_)
    first = [path for path in written if path.stem.endswith(("amina", "ade"))]
    by_csv = [fill_csv(path) for path in first if path.suffix == ".csv"]
    return [*by_csv, *(fill_xlsx(path) for path in written if path not in first and path.suffix == ".xlsx")]
