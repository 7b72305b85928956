"""The sheets that raters fill in: XLSX with drop-down lists and locked columns, and CSV with the same columns.

No text in them is read as a formula (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from builders.review.round import DIMENSIONS, Round
from builders.rows.texts import block
from globmed.languages import language
from globmed.storage.files import replaced
from globmed.storage.lock import locked

COLUMNS = ("item", "source", "translation", "flagged", *DIMENSIONS, "edit", "comment")
#: Columns that the rater fills in; the rest is locked.
OPEN = (*DIMENSIONS, "edit", "comment")
RATINGS = (1, 2, 3, 4, 5)
WIDTHS = {"item": 14, "source": 60, "translation": 60, "flagged": 24, "edit": 60, "comment": 30}
#: First characters of a formula in a spreadsheet, or of the guard before one; some read full-width signs too.
RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
HELP = (
    "5: as an expert would write it",
    "4: right, with small flaws",
    "3: understandable, with flaws that matter",
    "2: partly wrong, or hard to understand",
    "1: wrong or dangerous",
)
GUIDE = (
    ("accuracy", "Does the translation say what the source says? Check numbers, units, drugs and negations first."),
    ("fluency", "Would a health worker who speaks the language write it this way?"),
    ("completeness", "Is everything there, and nothing added?"),
    ("edit", "Contains the translation. Correct it where needed; keep the labels in brackets, such as [question]."),
    ("comment", "Anything that we should know. Optional."),
)


def write_sheets(round_: Round) -> list[Path]:
    """Write ``sheets/<config>-<rater>.xlsx`` and ``.csv`` for every rater of the round.

    Raises:
        UserError: no round there, or another process is at work in it.
    """
    assignments, items = round_.read_assignments(), round_.read_items()
    joined = assignments.join(items.drop("config"), on="item", maintain_order="left")
    written = []
    with locked(round_.root):
        round_.sheets.mkdir(exist_ok=True)
        for (config, rater), part in joined.group_by("config", "rater", maintain_order=True):
            rows = sheet_rows(part)
            for suffix, write in ((".xlsx", _write_xlsx), (".csv", _write_csv)):
                path = round_.sheets / f"{config}-{rater}{suffix}"
                with replaced(path) as temporary:
                    write(rows, str(config), temporary)
                written.append(path)
    return written


def sheet_rows(items: pl.DataFrame) -> list[dict[str, Any]]:
    """Return `COLUMNS` of each item without ratings; ``code`` is its id for this rater."""
    return [
        {
            "item": item["code"],
            "source": block(item["texts"], "source"),
            "translation": block(item["texts"], "translation"),
            "flagged": flagged(item["missing"], item["added"]),
            **dict.fromkeys(DIMENSIONS),
            "edit": block(item["texts"], "translation"),
            "comment": None,
        }
        for item in items.iter_rows(named=True)
    ]


def flagged(missing: Sequence[str], added: Sequence[str]) -> str:
    """Return the flagged numbers in words."""
    said = (("only in the source", missing), ("only in the translation", added))
    return "; ".join(f"{where}: {', '.join(numbers)}" for where, numbers in said if numbers)


def guarded(text: str) -> str:
    """Return text that no spreadsheet reads as a formula; `unguarded` undoes it."""
    return f"'{text}" if RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given."""
    return text[1:] if text.startswith("'") and RISKY.match(text) else text


def _write_csv(rows: Sequence[dict[str, Any]], config: str, path: Path) -> None:
    # With a byte order mark: without it, Excel assumes another encoding than UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow("" if row[name] is None else guarded(str(row[name])) for name in COLUMNS)


def _write_xlsx(rows: Sequence[dict[str, Any]], config: str, path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "review"
    sheet.append(COLUMNS)
    for number, row in enumerate(rows, 2):
        for column, name in enumerate(COLUMNS, 1):
            cell = sheet.cell(number, column)
            if isinstance(row[name], str):
                # Set apart from the value: openpyxl reads a text that starts with "=" as a formula.
                cell.value, cell.data_type = row[name], "s"
                cell.number_format, cell.quotePrefix = "@", bool(RISKY.match(row[name]))
            elif name == "comment":
                # Keeps what is typed as text: no date from "1/2", no formula from "=".
                cell.number_format = "@"
    _style(sheet, len(rows))
    _validate(sheet, len(rows))
    _write_guide(book.create_sheet("how to rate"), config)
    book.save(path)


def _style(sheet: Worksheet, rows: int) -> None:
    for column, name in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, 13)
        sheet.cell(1, column).font = Font(bold=True)
        for row in range(2, rows + 2):
            cell = sheet.cell(row, column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.protection = Protection(locked=name not in OPEN)
            if name in OPEN:
                cell.fill = PatternFill("solid", fgColor="FFFBE6")
    sheet.freeze_panes = "B2"
    # Protects against slips, so it has no password; columns can be widened.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _validate(sheet: Worksheet, rows: int) -> None:
    first, last = (get_column_letter(COLUMNS.index(name) + 1) for name in (DIMENSIONS[0], DIMENSIONS[-1]))
    choices = ",".join(map(str, RATINGS))
    rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "1 to 5", "A rating is a whole number from 1 (wrong) to 5 (as an expert writes)."
    rule.add(f"{first}2:{last}{rows + 1}")
    sheet.add_data_validation(rule)


def _write_guide(sheet: Worksheet, config: str) -> None:
    sheet.append(("language", f"{config} ({language(config).native_name})"))
    for line in GUIDE:
        sheet.append(line)
    for meaning in HELP:
        sheet.append(("rating", meaning))
    sheet.column_dimensions["B"].width = 100
    sheet.protection.sheet = True
