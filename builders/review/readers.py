"""Returned files as they are: XLSX and CSV to rows of cells, with nothing believed."""

import csv
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from builders.review.round import DIMENSIONS
from builders.review.sheets import COLUMNS, unguarded
from globmed.console import visible

SHEET = "review"
#: What a sheet cannot do without; the others are for the rater's eyes.
NEEDED = ("item", "source", "translation", *DIMENSIONS, "edit")
#: A workbook that unpacks to more is not one of ours.
UNPACKED = 200_000_000
BROKEN = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    RuntimeError,
)
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
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
                raise ValueError(f"it unpacks to more than {UNPACKED:,} bytes")
        book = load_workbook(path, read_only=True)
        if SHEET not in book.sheetnames:
            found = ", ".join(book.sheetnames)
            return [], [Finding(path.name, 0, "", "sheet", shown(found), f"a sheet named {SHEET}")]
        rows = [[(cell.value, cell.data_type == "f") for cell in row] for row in book[SHEET].iter_rows()]
        book.close()
    except BROKEN as error:
        return [], [Finding(path.name, 0, "", "unreadable", shown(error), "the .xlsx file as a spreadsheet saves it")]
    values = [[value for value, _ in row] for row in rows]
    formulas = [[is_formula for _, is_formula in row] for row in rows]
    return _lines(path.name, values, formulas)


def _read_csv(path: Path) -> tuple[list[Line], list[Finding]]:
    try:
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
        rows = [row for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(row)]
    except csv.Error as error:
        return [], [*findings, Finding(path.name, 0, "", "unreadable", shown(error), "CSV with quotes doubled")]
    lines, more = _lines(path.name, [[unguarded(cell) for cell in row] for row in rows], [])
    return lines, findings + more


def _lines(
    file: str, rows: Sequence[Sequence[Any]], formulas: Sequence[Sequence[bool]]
) -> tuple[list[Line], list[Finding]]:
    header = [unicodedata.normalize("NFKC", str(cell or "")).strip().lower() for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    findings = list(_columns(file, header))
    if any(finding.outcome == "refused" for finding in findings):
        return [], findings
    lines = []
    for number, row in enumerate(rows[1:], 1):
        if all(cell in (None, "") for cell in row):
            continue
        if any(cell not in (None, "") for cell in row[len(header) :]):
            findings.append(Finding(file, number + 1, "", "cells", f"{len(row)} cells", f"{len(header)}, as in row 1"))
            continue
        padded = [*row, *[None] * (len(header) - len(row))]
        marked = formulas[number] if formulas else []
        cells = {name: cell for name, cell in zip(header, padded, strict=False) if name in COLUMNS}
        holds = frozenset(name for name, is_formula in zip(header, marked, strict=False) if is_formula)
        lines.append(Line(file, number + 1, dict.fromkeys(COLUMNS) | cells, holds))
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
