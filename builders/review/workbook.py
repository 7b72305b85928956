"""Read returned XLSX workbooks: cells with their formatting applied, and the notes and comments on them."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet._reader import WorkSheetParser

from builders.review.formatting import Height, Meant, Run, meant

#: A file that unpacks to more, or has more elements, is not one of ours: small files can unpack to gigabytes.
UNPACKED = 100_000_000
ELEMENTS = 1_000_000
#: Limits of a spreadsheet.
LAST_ROW = 1_048_576
EMPTY = (None, "")
#: Escape of a character that XML cannot contain (ECMA-376 part 1, 22.4.2.4), for control characters.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|007F)_")
#: Properties of fonts that say nothing here; openpyxl refuses a file for values that other programs write into them.
_UNUSED = re.compile(rb"<(?:\w+:)?(?:charset|family|scheme|sz)\b[^<>]*/>")
_HEIGHTS: Mapping[str | None, Height] = {"superscript": "raised", "subscript": "lowered"}
#: Excel's text before that of a thread in the note that represents the thread in older programs.
_THREAD = re.compile(r".*linkid=870924\s*", re.DOTALL)
_LABEL = re.compile(r"^\S[^\n]*:\n {4}", re.MULTILINE)
#: Signature of Google Sheets in the comments that it exports as notes.
_SIGNATURE = re.compile(r"\n?\t-[^\n]*(?:\n-{4}|$)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and its formatting.

    Attributes:
        value: text, number, date or boolean, without formatting; the text of a formula.
        meant: the text with its formatting applied.
    """

    value: Any
    meant: Meant | None = None
    is_formula: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number in the file, and its cells and notes by column (from 0)."""

    number: int
    cells: Mapping[int, Cell]
    notes: Mapping[int, list[str]] = field(default_factory=dict)


def read_sheets(path: Path, name: str) -> dict[str, list[Row]]:
    """Read the rows of the sheet ``name``, and those of the other sheets that have notes, by the sheet's name.

    Raises:
        ValueError: the file could fill the memory; parsers of archives, XML and dates raise whatever they meet.
    """
    with closing(load_workbook(_readable(path), read_only=True, keep_links=False, rich_text=True)) as book:
        return {
            sheet.title: list(_rows(book, sheet) if sheet.title == name else _noted(_notes(book, sheet)))
            for sheet in book.worksheets
        }


def _readable(path: Path) -> BytesIO:
    """Copy a workbook without what would stop its parser, and refuse one that could fill the memory."""
    made, elements = BytesIO(), 0
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(made, "w") as copy:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
            raise ValueError(f"it unpacks to more than {UNPACKED:,} bytes")
        for entry in archive.infolist():
            data = archive.read(entry)
            elements += data.count(b"<")
            if elements > ELEMENTS:
                raise ValueError(f"more than {ELEMENTS:,} elements")
            copy.writestr(entry.filename, _UNUSED.sub(b"", data) if entry.filename.endswith(".xml") else data)
    return made


def _rows(book: Any, sheet: Any) -> Iterator[Row]:
    notes = _notes(book, sheet)
    with book._archive.open(sheet._worksheet_path) as source:
        # Cells of a read-only sheet lack the formatting of inline strings.
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
            rich_text=True,
        )
        for number, found in parser.parse():
            if number > LAST_ROW:
                raise ValueError(f"a row after {LAST_ROW:,}")
            cells = {each["column"] - 1: _cell(each, book) for each in found if each["value"] not in EMPTY}
            if cells or number in notes:
                yield Row(number, cells, notes.pop(number, {}))
    yield from _noted(notes)


def _noted(notes: Mapping[int, Mapping[int, list[str]]]) -> Iterator[Row]:
    return (Row(number, {}, found) for number, found in sorted(notes.items()))


def _cell(found: Mapping[str, Any], book: Any) -> Cell:
    value, font = found["value"], book._fonts[book._cell_styles[found["style_id"]].fontId]
    if found["data_type"] == "f":
        return Cell(value, is_formula=True)
    if isinstance(value, CellRichText):
        runs = [_run(part, struck=bool(font.strike)) for part in value]
        return Cell("".join(run.text for run in runs), meant(runs))
    value = _unescaped(value) if isinstance(value, str) else value
    return Cell(value, Meant("", struck=str(value)) if font.strike else None)


def _run(part: str | TextBlock, *, struck: bool) -> Run:
    """Read a part of a rich text; one without a format of its own has that of its cell."""
    if isinstance(part, str):
        return Run(_unescaped(part), struck)
    return Run(_unescaped(part.text), bool(part.font.strike), _HEIGHTS.get(part.font.vertAlign, "normal"))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _notes(book: Any, sheet: Any) -> dict[int, dict[int, list[str]]]:
    """Read the notes and threaded comments of a sheet, by row (from 1) and column (from 0).

    A thread stands in the file twice: as such, and as a note for programs that know no threads.
    """
    archive, rels = book._archive, get_rels_path(sheet._worksheet_path)
    parts = get_dependents(archive, rels) if rels in archive.namelist() else ()
    plain = _by_cell(archive, [part.target for part in parts if part.Type.endswith("/comments")])
    threads = _by_cell(archive, [part.target for part in parts if part.Type.endswith("/threadedComment")])
    notes: defaultdict[int, dict[int, list[str]]] = defaultdict(dict)
    for cell, texts in (plain | threads).items():
        row, column = coordinate_to_tuple(cell)
        notes[row][column - 1] = texts
    return dict(notes)


def _by_cell(archive: zipfile.ZipFile, parts: list[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for part in parts:
        root = fromstring(archive.read(part))
        authors = [author.text or "" for author in root.iterfind("{*}authors/{*}author")]
        for element in (*root.iterfind("{*}commentList/{*}comment"), *root.iterfind("{*}threadedComment")):
            found[element.attrib["ref"]].append(_note(element, authors))
    return {cell: texts for cell, texts in found.items() if any(texts)}


def _note(element: Element, authors: list[str]) -> str:
    """Return the text of a note, without what programs add to it: the author's name, and the frame around a thread."""
    pieces = [*element.iterfind("{*}text/{*}t"), *element.iterfind("{*}text/{*}r/{*}t")]
    threaded = element.findtext("{*}text") if not pieces else None
    text = _unescaped(threaded or "".join(piece.text or "" for piece in pieces)).replace("\r\n", "\n")
    author = int(element.get("authorId", "-1"))
    if 0 <= author < len(authors) and authors[author]:
        text = text.removeprefix(f"{authors[author]}:\n")
    if "linkid=870924" in text:
        text = _LABEL.sub("", _THREAD.sub("", text))
    return _SIGNATURE.sub("", text).strip()
