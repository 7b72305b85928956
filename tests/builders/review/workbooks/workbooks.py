"""Filled workbooks to damage, and what an import makes of them."""

import io
import re
import zipfile
from collections.abc import Callable, Collection, Mapping

import polars as pl
from openpyxl import Workbook, load_workbook

from builders.review.returns import import_returns
from builders.review.round import Round
from builders.review.sheets import COLUMNS, write_sheets
from tests.builders.review.workbooks.filled import fill_xlsx

EDIT = COLUMNS.index("edit")
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
Parts = dict[str, bytes]


class Returned:
    """A filled workbook of Amina's, and the ratings in it."""

    def __init__(self, round_: Round) -> None:
        write_sheets(round_)
        self.round = round_
        self.path = fill_xlsx(round_.sheets / "swahili-amina.xlsx")
        self.bytes = self.path.read_bytes()
        with zipfile.ZipFile(self.path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        assert self.found(self.bytes) == []
        self.ratings = self.taken

    def found(self, data: bytes, suffix: str = ".xlsx", accept: Collection[str] = ()) -> list[tuple[str, str, str]]:
        """Outcome, reason and field of each finding; what was taken is in ``taken``."""
        self.round.ratings.unlink(missing_ok=True)
        path = self.path.with_name(f"returned{suffix}")
        path.write_bytes(data)
        checked = import_returns(self.round, [path], accept=accept)
        assert all(each.reason and each.expected for each in checked.refused)
        assert self.round.ratings.is_file() != bool(checked.refused)
        self.taken = self.round.read_ratings().drop("file")
        return [(each.outcome, each.reason, each.field) for each in checked.findings]

    def row(self, text: str) -> int:
        """Return the number of the row whose edit has a text."""
        rows = load_workbook(io.BytesIO(self.bytes))["review"].iter_rows(min_row=2, values_only=True)
        return next(number for number, row in enumerate(rows, 2) if text in str(row[EDIT]))

    def value(self, row: int, column: int) -> str:
        """What was sent in a cell; columns count from 0."""
        return str(load_workbook(io.BytesIO(self.bytes))["review"].cell(row, column + 1).value)

    def edits(self, row: int) -> dict[str, str]:
        """Return the edits that were taken from a row."""
        edits = self.taken.row(by_predicate=pl.col("code") == self.value(row, 0), named=True)["edits"]
        return {edit["name"]: edit["text"] for edit in edits}

    def comment(self, row: int) -> str | None:
        """Return the comment that was taken from a row."""
        comment: str | None = self.taken.row(by_predicate=pl.col("code") == self.value(row, 0), named=True)["comment"]
        return comment


def packed(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def edited(data: bytes, change: Callable[[Workbook], object]) -> bytes:
    book, made = load_workbook(io.BytesIO(data)), io.BytesIO()
    change(book)
    book.save(made)
    return made.getvalue()


def with_shared_string(parts: Mapping[str, bytes], cell: str, string: str) -> Parts:
    """Put a string (the inside of ``si``) into a cell by the table of strings, as most programs do."""
    table = f'<sst xmlns="{MAIN}"><si>{string}</si></sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    sheet, count = re.subn(
        rf'<c r="{cell}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)',
        rf'<c r="{cell}"\1 t="s"><v>0</v></c>',
        parts[SHEET].decode(),
        flags=re.DOTALL,
    )
    assert count == 1
    return {
        **parts,
        SHEET: sheet.encode(),
        "xl/sharedStrings.xml": table.encode(),
        "[Content_Types].xml": parts["[Content_Types].xml"].replace(b"</Types>", types.encode()),
    }


def with_related(parts: Mapping[str, bytes], name: str, kind: str, content: str) -> Parts:
    """Add a part that belongs to the sheet, such as its comments."""
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    before = parts.get(rels, f'<Relationships xmlns="{RELATIONS}"></Relationships>'.encode()).decode()
    link = f'<Relationship Id="{name}" Type="{kind}" Target="../{name}.xml"/></Relationships>'
    return {
        **parts,
        rels: before.replace("</Relationships>", link).encode(),
        f"xl/{name}.xml": content.encode(),
    }
