"""Returned files as they are: XLSX and CSV to rows of cells, with nothing believed."""

import csv
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from openpyxl import load_workbook

from builders.review.round import DIMENSIONS
from builders.review.sheets import COLUMNS, unguarded
from globmed.cli.console import visible

SHEET = "review"
#: What a sheet cannot do without; the others are for the rater's eyes.
NEEDED = ("item", "source", "translation", *DIMENSIONS, "edit")
#: A file that unpacks to more, or has more elements, is not one of ours: small files can unpack to gigabytes.
UNPACKED = 100_000_000
ELEMENTS = 1_000_000
#: What a spreadsheet has at most.
LAST_ROW = 1_048_576
EMPTY = (None, "")
SHOWN = 80

Outcome = Literal["refused", "repaired", "noted"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sent: ``row`` is the line of the file, 0 for the file itself."""

    file: str
    row: int
    field: str
    reason: str
    found: str
    expected: str
    outcome: Outcome = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a returned file: the cells of `COLUMNS`, and those of them that hold a formula."""

    file: str
    row: int
    cells: dict[str, Any]
    formulas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number in the file, its cells, and the places of those that hold a formula."""

    number: int
    cells: Sequence[Any]
    formulas: frozenset[int] = frozenset()


def read_return(path: Path) -> tuple[list[Line], list[Finding]]:
    """The rows of a returned file, and what is wrong with it as a whole (then there may be no rows)."""
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _read_xlsx(path)
    if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        return _read_csv(path)
    return [], [Finding(path.name, 0, "", "format", path.suffix or "no suffix", "an .xlsx or a .csv file")]


def shown(value: object) -> str:
    """A value as a finding tells it: short, on one line."""
    text = visible(str(value))
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _read_xlsx(path: Path) -> tuple[list[Line], list[Finding]]:
    try:
        _check_size(path)
        with (
            warnings.catch_warnings(action="ignore"),
            closing(load_workbook(path, read_only=True, keep_links=False)) as book,
        ):
            if SHEET not in book.sheetnames:
                found = ", ".join(book.sheetnames)
                return [], [Finding(path.name, 0, "", "sheet", shown(found), f"a sheet named {SHEET}")]
            rows = list(_xlsx_rows(book[SHEET]))
    # A parser of archives, XML and dates raises whatever it meets in a damaged file, and none of it is ours.
    except Exception as error:
        return [], [Finding(path.name, 0, "", "unreadable", shown(error), "the .xlsx file as a spreadsheet saves it")]
    return _lines(path.name, rows)


def _check_size(path: Path) -> None:
    """Nothing is parsed that could fill the memory."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
            raise ValueError(f"it unpacks to more than {UNPACKED:,} bytes")
        if sum(archive.read(entry).count(b"<") for entry in archive.infolist()) > ELEMENTS:
            raise ValueError(f"more than {ELEMENTS:,} elements")


def _xlsx_rows(sheet: Any) -> Iterator[Row]:
    # What a file says of its own size may be wrong, and then rows would be passed over.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > LAST_ROW:
            raise ValueError(f"a row after {LAST_ROW:,}")
        if any(cell.value not in EMPTY for cell in cells):
            formulas = frozenset(place for place, cell in enumerate(cells) if cell.data_type == "f")
            yield Row(number, [cell.value for cell in cells], formulas)


def _read_csv(path: Path) -> tuple[list[Line], list[Finding]]:
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
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    if delimiter != ",":
        findings.append(Finding(path.name, 0, "", "delimiter", shown(repr(delimiter)), "a comma", "repaired"))
    try:
        records = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return [], [*findings, Finding(path.name, 0, "", "unreadable", shown(error), "CSV with quotes doubled")]
    rows = [Row(number, [unguarded(cell) for cell in cells]) for number, cells in enumerate(records, 1) if any(cells)]
    lines, more = _lines(path.name, rows)
    return lines, findings + more


def _lines(file: str, rows: Sequence[Row]) -> tuple[list[Line], list[Finding]]:
    first = rows[0].cells if rows else []
    header = [unicodedata.normalize("NFKC", str("" if cell is None else cell)).strip().lower() for cell in first]
    while header and not header[-1]:
        header.pop()
    findings = list(_columns(file, header))
    if any(finding.outcome == "refused" for finding in findings):
        return [], findings
    lines = []
    for row in rows[1:]:
        if any(cell not in EMPTY for cell in row.cells[len(header) :]):
            expected = f"{len(header)}, as in the first row"
            findings.append(Finding(file, row.number, "", "cells", f"{len(row.cells)} cells", expected))
            continue
        places = {name: place for place, name in enumerate(header) if name in COLUMNS and place < len(row.cells)}
        cells = {name: row.cells[place] for name, place in places.items()}
        formulas = frozenset(name for name, place in places.items() if place in row.formulas)
        lines.append(Line(file, row.number, dict.fromkeys(COLUMNS) | cells, formulas))
    if not lines and not findings:
        findings.append(Finding(file, 0, "", "no_rows", "a header alone", "a row for every item"))
    return lines, findings


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
