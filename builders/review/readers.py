"""Read returned XLSX and CSV files into lines of named cells, without trusting their contents."""

import csv
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from builders.review.characters import without_invisible
from builders.review.formatting import Meant
from builders.review.round import DIMENSIONS
from builders.review.sheets import COLUMNS, OPEN, unguarded
from builders.review.workbook import UNPACKED, Cell, Row, read_sheets
from globmed.cli.console import visible

SHEET = "review"
#: Required columns of a sheet; the others are only shown to the rater.
NEEDED = ("item", "source", "translation", *DIMENSIONS, "edit")
SHOWN = 80

Outcome = Literal["refused", "repaired", "noted"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A deviation from what was sent; ``row`` is the line of the file, 0 for the file itself."""

    file: str
    row: int
    field: str
    reason: str
    found: str
    expected: str
    outcome: Outcome = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a returned file.

    Attributes:
        cells: `COLUMNS`; those that a rater fills in have their formatting applied.
        formulas: the columns that hold a formula.
        formatted: what the formatting of a cell means, by column, if it has any.
        notes: notes and comments on the row's cells, each after its column in brackets.
    """

    file: str
    row: int
    cells: dict[str, Any]
    formulas: frozenset[str] = frozenset()
    formatted: Mapping[str, Meant] = field(default_factory=dict)
    notes: Sequence[str] = ()


def read_return(path: Path) -> tuple[list[Line], list[Finding]]:
    """Return the rows of a returned file, and findings on the file as a whole (then there may be no rows)."""
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _read_xlsx(path)
    if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        rows, findings = read_csv(path)
        is_refused = any(finding.outcome == "refused" for finding in findings)
        lines, more = ([], []) if is_refused else _lines(path.name, rows)
        return lines, findings + more
    return [], [
        Finding(path.name, 0, "", "format", path.suffix or "no suffix", "an .xlsx or a .csv file: save it as one")
    ]


def shown(value: object) -> str:
    """Return a value as shown in a finding: short, on one line."""
    text = visible(str(value))
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _read_xlsx(path: Path) -> tuple[list[Line], list[Finding]]:
    try:
        with warnings.catch_warnings(action="ignore"):
            sheets = read_sheets(path, SHEET)
    # Parsers of archives, XML and dates raise any exception on a damaged file.
    except Exception as error:
        return [], [Finding(path.name, 0, "", "unreadable", shown(error), "the .xlsx file as a spreadsheet saves it")]
    if SHEET not in sheets:
        return [], [Finding(path.name, 0, "", "sheet", shown(", ".join(sheets)), f"a sheet named {SHEET}")]
    lines, findings = _lines(path.name, [row for row in sheets[SHEET] if row.cells])
    astray = [row for name, rows in sheets.items() for row in rows if name != SHEET or not row.cells]
    return lines, [*findings, *(found for row in astray for found in _astray(path.name, row))]


def _astray(file: str, row: Row) -> Iterator[Finding]:
    """Yield the notes that stand at no item."""
    for text in (text for texts in row.notes.values() for text in texts):
        yield Finding(file, row.number, "", "note_astray", visible(text), "a note in the row of an item", "noted")


def read_csv(path: Path) -> tuple[list[Row], list[Finding]]:
    """Read the rows of a CSV file as spreadsheets save it, without the guards before formulas, and what was odd in it.

    UTF-8 or UTF-16, commas, semicolons or tabs, and Excel's first line that names the delimiter.
    """
    try:
        if path.stat().st_size > UNPACKED:
            return [], [Finding(path.name, 0, "", "size", "more", f"{UNPACKED:,} bytes at most")]
        data = path.read_bytes()
    except OSError as error:
        return [], [Finding(path.name, 0, "", "unreadable", shown(error.strerror), "a file that can be read")]
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {data[error.start : error.start + 1].hex()} at {error.start}"
        return [], [Finding(path.name, 0, "", "encoding", found, "UTF-8: save as `CSV UTF-8`, or return the .xlsx")]
    findings = [Finding(path.name, 0, "", "encoding", "UTF-16", "UTF-8", "repaired")] if wide else []
    hint = re.match(r"sep=(.)\r?(?=\n)", text)
    text = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint else max(",;\t", key=text.partition("\n")[0].count)
    if delimiter != ",":
        findings.append(Finding(path.name, 0, "", "delimiter", shown(repr(delimiter)), "a comma", "repaired"))
    try:
        records = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return [], [*findings, Finding(path.name, 0, "", "unreadable", shown(error), "CSV with quotes doubled")]
    rows = [
        Row(number, {place: Cell(unguarded(cell)) for place, cell in enumerate(cells) if cell})
        for number, cells in enumerate(records, 1)
        if any(cells)
    ]
    return rows, findings


def _lines(file: str, rows: Sequence[Row]) -> tuple[list[Line], list[Finding]]:
    header = read_header(rows[0]) if rows else []
    findings = [*_columns(file, header), *(_astray(file, rows[0]) if rows else ())]
    if any(finding.outcome == "refused" for finding in findings):
        return [], findings
    lines = []
    for row in rows[1:]:
        last = max(row.cells)
        if last >= len(header):
            expected = f"{len(header)}, as in the first row"
            findings.append(Finding(file, row.number, "", "cells", f"{last + 1} cells", expected))
        else:
            lines.append(_line(file, header, row))
    if not lines and not findings:
        findings.append(Finding(file, 0, "", "no_rows", "only a header", "a row for every item"))
    return lines, findings


def read_header(row: Row) -> list[str]:
    """Read the names of the columns as they are meant."""
    values = [row.cells[place].value if place in row.cells else "" for place in range(max(row.cells) + 1)]
    header = [unicodedata.normalize("NFKC", without_invisible(str(value))).strip().lower() for value in values]
    while header and not header[-1]:
        header.pop()
    return header


def _line(file: str, header: Sequence[str], row: Row) -> Line:
    cells = {header[place]: cell for place, cell in row.cells.items() if header[place] in COLUMNS}
    formatted = {name: cell.meant for name, cell in cells.items() if cell.meant is not None}
    meant = {name: found.text for name, found in formatted.items() if name in OPEN}
    return Line(
        file,
        row.number,
        dict.fromkeys(COLUMNS) | {name: cell.value for name, cell in cells.items()} | meant,
        frozenset(name for name, cell in cells.items() if cell.is_formula),
        formatted,
        [f"[{_name(header, place)}] {text}" for place, texts in sorted(row.notes.items()) for text in texts],
    )


def _name(header: Sequence[str], place: int) -> str:
    return header[place] if place < len(header) else f"column {place + 1}"


def _columns(file: str, header: Sequence[str]) -> Iterator[Finding]:
    expected = ", ".join(COLUMNS)
    for name in COLUMNS:
        if header.count(name) > 1:
            yield Finding(file, 1, name, "column_repeated", f"{header.count(name)} times", "once")
        elif name not in header:
            outcome: Outcome = "refused" if name in NEEDED else "repaired"
            yield Finding(file, 1, name, "column_missing", shown(", ".join(header)), expected, outcome)
    if list(header) != list(COLUMNS) and sorted(header) == sorted(COLUMNS):
        yield Finding(file, 1, "", "columns_moved", shown(", ".join(header)), expected, "repaired")
    for name in _unknown(header):
        yield Finding(file, 1, shown(name), "column_unknown", shown(name), expected, "repaired")


def _unknown(header: Iterable[str]) -> list[str]:
    return [name for name in header if name and name not in COLUMNS]
