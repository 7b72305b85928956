"""Workbooks as they can come back: what is taken is what the rater gave, or the file is refused and says why."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from builders.review import workbook
from builders.review.round import DIMENSIONS
from tests.builders.review.workbooks.workbooks import SHEET, Parts, Returned, edited, packed


def put(cell: str, value: object) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book["review"][cell] = value

    return change


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (put("E2", "=1+3"), ("formula", "accuracy")),
        (put("H3", "=A1"), ("formula", "edit")),
        (put("I3", "=WEBSERVICE(A1)"), ("formula", "comment")),
        (put("A2", "=A3"), ("item_unknown", "item")),
        (put("E2", datetime(2026, 5, 4)), ("rating_unreadable", "accuracy")),
        (put("E2", datetime(1900, 1, 4)), ("rating_unreadable", "accuracy")),
        (put("A2", datetime(2026, 5, 4)), ("item_unknown", "item")),
        (put("B2", datetime(2026, 5, 4)), ("source_changed", "source")),
        (put("E2", True), ("rating_unreadable", "accuracy")),
        (put("F2", 4.5), ("rating_unreadable", "fluency")),
        (put("F2", 10**30), ("rating_unreadable", "fluency")),
        (put("G2", "#REF!"), ("rating_unreadable", "completeness")),
        (put("G2", "IV"), ("rating_unreadable", "completeness")),
        (put("H2", 5), ("edit_marks", "edit")),
        (put("E1", "accuracy "), None),
        (put("E1", "rating"), ("column_missing", "accuracy")),
        (put("E1", "fluency"), ("column_repeated", "fluency")),
        (put("A1", None), ("column_missing", "item")),
        (put("L2", "mine"), ("cells", "")),
        (lambda book: book["review"].merge_cells("E2:E3"), ("rating_missing", "accuracy")),
        (lambda book: book["review"].merge_cells("E2:G2"), ("rating_missing", "fluency")),
        (lambda book: book["review"].merge_cells("A2:A3"), ("item_unknown", "item")),
        (lambda book: book["review"].delete_rows(4), ("item_missing", "item")),
        (lambda book: book["review"].delete_cols(2), ("column_missing", "source")),
        (lambda book: book["review"].insert_rows(1, 2), None),
        (lambda book: book["review"].insert_rows(5), None),
        (lambda book: book.remove(book["review"]), ("sheet", "")),
        (lambda book: setattr(book["review"], "title", "Sheet1"), ("sheet", "")),
        (lambda book: book.create_sheet("mine", 0).append(["notes"]), None),
        (lambda book: setattr(book["review"].column_dimensions["C"], "hidden", True), None),
        (lambda book: setattr(book["review"].row_dimensions[3], "hidden", True), None),
        (lambda book: setattr(book["review"].auto_filter, "ref", "A1:I4"), None),
    ],
)
def test_a_changed_workbook_is_taken_whole_or_refused_with_a_reason(
    returned: Returned, change: Callable[[Workbook], object], finding: tuple[str, str] | None
) -> None:
    found = returned.found(edited(returned.bytes, change))
    if finding is None:
        assert found == []
        assert returned.taken.equals(returned.ratings)
    else:
        assert ("refused", *finding) in found


def replaced(part: str, old: bytes, new: bytes) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        assert old in parts[part]
        return parts | {part: parts[part].replace(old, new, 1)}

    return change


ENTITIES = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
FILE = b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]><worksheet'


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts | {"xl/media/image1.png": bytes(workbook.UNPACKED)},
        replaced(SHEET, b"</row>", b"<c/>" * workbook.ELEMENTS + b"</row>"),
        replaced(SHEET, b'<row r="13"', b'<row r="9999999999999"'),
        replaced(SHEET, b'r="A3"', b'r="ZZZZZZ3"'),
        replaced(SHEET, b"<worksheet", ENTITIES),
        replaced(SHEET, b"<worksheet", FILE),
        replaced(SHEET, b"</sheetData>", b""),
        lambda parts: {name: data for name, data in parts.items() if name != "xl/workbook.xml"},
        lambda parts: {"word/document.xml": b"<a/>"},
    ],
)
def test_a_package_that_is_broken_or_a_trap_is_refused_at_once(
    returned: Returned, change: Callable[[Parts], Parts]
) -> None:
    assert returned.found(packed(change(returned.parts))) == [("refused", "unreadable", "")]


@pytest.mark.parametrize(
    "data", [b"", b"item,source\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"PK\x05\x06"]
)
def test_what_is_no_package_is_refused(returned: Returned, data: bytes) -> None:
    assert returned.found(data) == [("refused", "unreadable", "")]


def test_a_package_whose_sheet_is_gone_is_refused(returned: Returned) -> None:
    parts = {name: data for name, data in returned.parts.items() if name != SHEET}
    assert returned.found(packed(parts)) == [("refused", "sheet", "")]


def with_macro(parts: Parts) -> Parts:
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = parts["[Content_Types].xml"].replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    return parts | {"[Content_Types].xml": types, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub Auto_Open()"}


def with_link(parts: Parts) -> Parts:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="file:///nowhere/other.xlsx" TargetMode="External"/>'
    name = "xl/_rels/workbook.xml.rels"
    return parts | {name: parts[name].replace(b"</Relationships>", link.encode() + b"</Relationships>")}


@pytest.mark.parametrize(
    ("change", "suffix"),
    [
        (with_macro, ".xlsm"),
        (with_link, ".xlsx"),
        (
            lambda parts: (
                parts | {SHEET: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', parts[SHEET])}
            ),
            ".xlsx",
        ),
        (
            lambda parts: parts | {SHEET: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:C3"', parts[SHEET])},
            ".xlsx",
        ),
        (replaced(SHEET, b"</sheetData>", b'<row r="1048576" ht="20"/></sheetData>'), ".xlsx"),
        (replaced(SHEET, b"</row>", b'<c r="XFD1" s="1"/></row>'), ".XLSX"),
    ],
)
def test_macros_links_and_wrong_sizes_do_nothing(
    returned: Returned, change: Callable[[Parts], Parts], suffix: str
) -> None:
    assert returned.found(packed(change(returned.parts)), suffix) == []
    assert returned.taken.equals(returned.ratings)


NUMBER = re.compile(rb'(<c r="([EFG]\d+)"[^>]*?)(?: t="n")?><v>\d</v></c>')
VALUES: dict[str, Callable[[str], str]] = {
    "text": lambda text: f' t="inlineStr"><is><t>{text}</t></is></c>',
    "number": lambda text: f' t="n"><v>{text}</v></c>',
    "date": lambda text: f' t="d"><v>{text}</v></c>',
    "error": lambda text: f' t="e"><v>{text}</v></c>',
    "formula": lambda text: f"><f>{text}</f><v>4</v></c>",
    "shared": lambda text: f' t="s"><v>{text}</v></c>',
    "nothing": lambda text: "/>",
}
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="<&", exclude_categories=["Cc", "Cs"]), max_size=8) | (
    st.integers(-3, 9).map(str) | st.floats().map(str)
)
DAMAGE = st.one_of(
    st.tuples(st.just("rating"), st.integers(0, 35), st.sampled_from(sorted(VALUES)), TEXT),
    st.tuples(st.just("byte"), st.integers(0, 30_000), st.integers(0, 255)),
    st.tuples(st.just("lost"), st.integers(0, 8)),
    st.tuples(st.just("moved"), st.integers(1, 20), st.integers(0, 20)),
)


def damaged(parts: Parts, damage: tuple[Any, ...]) -> Parts:
    sheet = parts[SHEET]
    match damage:
        case ("rating", place, kind, text):
            cells = list(NUMBER.finditer(sheet))
            found = cells[place % len(cells)] if cells else None
            made = found[1] + VALUES[kind](text).encode() if found else b""
            return parts | {SHEET: sheet[: found.start()] + made + sheet[found.end() :]} if found else parts
        case ("byte", place, value):
            at = place % len(sheet)
            return parts | {SHEET: sheet[:at] + bytes([value]) + sheet[at + 1 :]}
        case ("lost", place):
            gone = sorted(parts)[place % len(parts)]
            return {name: data for name, data in parts.items() if name != gone}
        case ("moved", row, to):
            return parts | {SHEET: re.sub(rb'<row r="%d"' % row, b'<row r="%d"' % to, sheet)}
    raise ValueError(damage)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(DAMAGE, min_size=1, max_size=3), st.none() | st.integers(1, 5_000))
def test_every_damaged_workbook_is_refused_or_repaired_with_a_reason(
    returned: Returned, damages: list[tuple[Any, ...]], cut: int | None
) -> None:
    parts = returned.parts
    for damage in damages:
        parts = damaged(parts, damage) if SHEET in parts else parts
    data = packed(parts)
    found = returned.found(data[:-cut] if cut else data)
    if any(outcome == "refused" for outcome, _, _ in found):
        assert returned.taken.is_empty()
        return
    same = ["code", "item", "config", "rater"]
    assert returned.taken.select(same).equals(returned.ratings.select(same))
    assert returned.taken.select(pl.col(*DIMENSIONS).is_between(1, 5).all()).row(0) == (True,) * 3
