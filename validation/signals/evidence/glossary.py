"""Glossaries: agreed translations of terms, from a CSV file or TBX (ISO 30042)."""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import polars as pl

from globmed.errors import UserError
from globmed.languages import Language
from validation.signals.evidence.glossary_status import is_agreed
from validation.signals.evidence.glossary_tbx import XML_LANG, Agreement, read_tbx

__all__ = ["BETWEEN", "HEADERS", "XML_LANG", "has_terms", "read_glossary"]

HEADERS = (["source", "target"], ["source", "target", "note"])
#: The columns that a header may name, in any order; the first two it must.
COLUMNS = ("source", "target", "note", "status")
#: Separator of several agreed translations in a field of CSV.
BETWEEN = "|"
#: Separators of fields: a comma, that of spreadsheets where the comma is the decimal mark, or a tab.
DELIMITERS = (",", ";", "\t")
TBX = frozenset({".tbx", ".xml"})
#: The line that tells Excel the separator of fields.
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


class Row(NamedTuple):
    """A row of CSV: its line in the file, and its fields by column."""

    line: int
    fields: dict[str, str]


def read_glossary(path: Path, source: Language, target: Language) -> pl.DataFrame:
    """Read ``source, target`` of a glossary: a row for each agreed translation of a term, in the order of the file.

    A translation that is anywhere forbidden, deprecated, superseded or not agreed yet is left out.

    Raises:
        UserError: unreadable, in neither format, an empty or unusable term, an unknown status, no term of these
            languages, or none that is agreed.
    """
    found = list(read_tbx(path, source, target) if path.suffix.lower() in TBX else _read_csv(path))
    if not found:
        raise UserError(f"{path}: no terms, expected at least one from {source.name} to {target.name}")
    refused = {(each.source, each.target) for each in found if not each.agreed}
    pairs = dict.fromkeys((each.source, each.target) for each in found)
    agreed = [pair for pair in pairs if pair not in refused]
    if not agreed:
        raise UserError(f"{path}: {len(pairs):,} translations and none agreed, expected at least one that is")
    return pl.DataFrame(agreed, schema={"source": pl.String, "target": pl.String}, orient="row")


def has_terms(path: Path) -> bool:
    """Return whether a glossary has terms; a CSV file with only a header is a template to fill in."""
    return path.suffix.lower() in TBX or next(_rows(path), None) is not None


def _read_csv(path: Path) -> Iterator[Agreement]:
    for line, fields in _rows(path):
        where = f"{path}, line {line}"
        status = fields.get("status", "").strip()
        agreed = not status or is_agreed(where, status)
        targets = fields["target"].split(BETWEEN) if agreed or fields["target"].strip() else []
        for name, term in [("source", fields["source"]), *(("target", each) for each in targets)]:
            if not any(map(str.isalnum, term)):
                raise UserError(f"{where}, {name}: {term!r}, expected a term with a letter or a digit")
        for each in targets:
            yield Agreement(_on_one_line(fields["source"]), _on_one_line(each), agreed)


def _rows(path: Path) -> Iterator[Row]:
    """Yield the rows below the header that are not empty."""
    text = _text(path)
    separator = _SEPARATOR.match(text)
    start = separator.end() if separator else 0
    first = 1 if separator else 0
    delimiter = separator[1] if separator else _delimiter(text)
    lines = csv.reader(StringIO(text[start:], newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    try:
        for cells in lines:
            where = f"{path}, line {lines.line_num + first}"
            if not any(map(str.strip, cells)):
                continue
            if not header:
                header = _header(where, cells)
            else:
                yield Row(lines.line_num + first, _by_column(where, cells, header, delimiter))
    except csv.Error as error:
        where = f"{path}, line {lines.line_num + first}"
        raise UserError(f"{where}: {error}; expected CSV with quotes doubled") from error
    if not header:
        raise UserError(f"{path}, line 1: nothing, expected the header source,target")


def _text(path: Path) -> str:
    """Read the text of a file in UTF-8, or in UTF-16 as Excel saves it.

    Raises:
        UserError: unreadable, or in another encoding; CSV does not declare its encoding.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}, expected a glossary") from error
    wide = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    save = "expected UTF-8: save it as `CSV UTF-8`"
    if b"\0" in data.removeprefix(BOM_UTF8)[:4] and not wide:
        raise UserError(f"{path}: cannot be read as UTF-8 (UTF-16 without a byte order mark); {save}")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise UserError(
            f"{path}, line {line}: cannot be read as {'UTF-16' if wide else 'UTF-8'} ({found}); {save}"
        ) from error


def _delimiter(text: str) -> str:
    """Return the delimiter of the header."""
    header = text.lstrip("\r\n,;\t ").partition("\n")[0]
    return max(DELIMITERS, key=header.count)


def _on_one_line(text: str) -> str:
    """Strip a term and replace line breaks within it by spaces."""
    return re.sub(r"\s*[\r\n]+\s*", " ", text.strip())


def _header(where: str, cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    while not header[-1]:
        header.pop()
    known = set(HEADERS[0]) <= set(header) <= set(COLUMNS) and len(set(header)) == len(header)
    if not known:
        raise UserError(
            f"{where}: {','.join(cells)[:60]!r}, expected the header source,target or source,target,note, and status "
            "where terms have one"
        )
    return header


def _by_column(where: str, cells: list[str], header: list[str], delimiter: str) -> dict[str, str]:
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(header):
        mark = {",": "comma", ";": "semicolon", "\t": "tab"}.get(delimiter, repr(delimiter))
        raise UserError(f"{where}: {len(cells)} fields, expected {','.join(header)}; quote a field that has a {mark}")
    return dict(zip(header, cells, strict=True))
