"""Formatting, notes and comments of returned workbooks, as Excel, LibreOffice and Google Sheets write them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.builders.review.workbooks.workbooks import EDIT, Returned, edited, packed, with_related, with_shared_string

TEXT = "anatumia metformin 500 mg mara mbili kwa siku"
COMMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
THREADS = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: A text and how it is written: "" plain, "-" struck through, "^" raised, "_" lowered.
Runs = Sequence[tuple[str, str]]


def excel(look: str) -> str:
    height = {"^": '<vertAlign val="superscript"/>', "_": '<vertAlign val="subscript"/>'}.get(look, "")
    strike = "<strike/>" if look == "-" else ""
    return f'<rPr>{strike}{height}<sz val="11"/><color theme="1"/><rFont val="Calibri"/><family val="2"/></rPr>'


def libreoffice(look: str) -> str:
    height = {"^": "superscript", "_": "subscript"}.get(look, "baseline")
    strike = str(look == "-").lower()
    return f'<rPr><strike val="{strike}"/><vertAlign val="{height}"/><sz val="10"/><rFont val="Arial"/></rPr>'


def sheets(look: str) -> str:
    return excel(look).replace('<sz val="11"/>', "") if look else ""


def shared(style: Callable[[str], str]) -> Callable[[Returned, str, Runs], bytes]:
    def write(returned: Returned, cell: str, runs: Runs) -> bytes:
        parts = (f'<r>{style(look)}<t xml:space="preserve">{escape(text)}</t></r>' for text, look in runs)
        return packed(with_shared_string(returned.parts, cell, "".join(parts)))

    return write


def inline(returned: Returned, cell: str, runs: Runs) -> bytes:
    def change(book: Workbook) -> None:
        heights = {"^": "superscript", "_": "subscript"}
        fonts = {look: InlineFont(b=look == "b", strike=look == "-", vertAlign=heights.get(look)) for look in "-^_b"}
        blocks = [TextBlock(fonts[look], text) if look else text for text, look in runs]
        book["review"][cell] = CellRichText(*blocks)

    return edited(returned.bytes, change)


WRITERS = {"excel": shared(excel), "libreoffice": shared(libreoffice), "sheets": shared(sheets), "inline": inline}
writers = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def around(returned: Returned, row: int, text: str, *runs: tuple[str, str], column: int = EDIT) -> Runs:
    """Return the cell's text with runs in the place of a part of it."""
    before, found, after = returned.value(row, column).partition(text)
    assert found
    return [run for run in ((before, ""), *runs, (after, "")) if run[0]]


@writers
@pytest.mark.parametrize(
    ("place", "runs", "mended"),
    [
        ("mara mbili kwa siku", [("mara mbili ", ""), ("kila ", "-"), ("kwa siku", "")], None),
        ("mara mbili", [("kila ", "-"), ("mara mbili", "")], None),
        ("kwa siku", [("kila", "-"), (" kwa siku", "")], None),
        ("kwa siku pamoja", [("kwa siku", ""), (" kila siku ", "-"), ("pamoja", "")], None),
        ("na milo,", [("na milo ", ""), ("kila siku", "-"), (",", "")], None),
        ("mara mbili", [("mara", ""), (" mbili", "-")], "anatumia metformin 500 mg mara kwa siku"),
        ("mara mbili", [("mara mbili", "-"), ("asubuhi", "")], "anatumia metformin 500 mg asubuhi kwa siku"),
        ("anatumia", [("ana", "-"), ("hu", ""), ("tumia", "")], "hutumia metformin 500 mg mara mbili kwa siku"),
        ("500 mg", [("250", "-"), ("500 mg", "")], None),
        ("500 mg", [("5", ""), ("0", "-"), ("00 mg", "")], None),
    ],
)
def test_struck_words_are_deleted(
    returned: Returned,
    write: Callable[[Returned, str, Runs], bytes],
    place: str,
    runs: Runs,
    mended: str | None,
) -> None:
    row = returned.row(TEXT)
    found = returned.found(write(returned, f"H{row}", around(returned, row, place, *runs)))
    assert found == [("repaired", "struck_through", "edit")]
    edits = returned.edits(row)
    if mended is None:
        assert edits == {}, "what is left is what was sent"
    else:
        assert list(edits) == ["premise"]
        assert mended in edits["premise"]


@writers
@pytest.mark.parametrize(
    ("runs", "finding"),
    [
        ([("5", "-"), ("50 mg", "")], ("edit_breaks_number", "edit [premise]")),
        ([("5", ""), ("00", "-"), (" mg", "")], ("edit_breaks_number", "edit [premise]")),
        ([("500", ""), ("-", "-"), ("1000 mg", "")], ("formatting_unclear", "edit")),
        ([("2", ""), (".", "-"), ("5 mg", "")], ("formatting_unclear", "edit")),
        ([("10", ""), ("2,5", "^"), (" mg", "")], ("formatting_unclear", "edit")),
    ],
)
def test_a_number_that_formatting_changes_is_refused(
    returned: Returned, write: Callable[[Returned, str, Runs], bytes], runs: Runs, finding: tuple[str, str]
) -> None:
    row = returned.row(TEXT)
    found = returned.found(write(returned, f"H{row}", around(returned, row, "500 mg", *runs)))
    assert ("refused", *finding) in found


@writers
@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ([("5 x 10", ""), ("2", "^"), (" mg", "")], "5 x 10² mg"),
        ([("5 x 10", ""), ("-3", "^"), (" mg", "")], "5 x 10⁻³ mg"),
        ([("H", ""), ("2", "_"), ("O, 500 mg", "")], "H₂O, 500 mg"),
        ([("500 mg, 1", ""), ("er", "^")], "500 mg, 1er"),
    ],
)
def test_raised_digits_stay_apart_from_the_number_before_them(
    returned: Returned, write: Callable[[Returned, str, Runs], bytes], runs: Runs, text: str
) -> None:
    row = returned.row(TEXT)
    data = write(returned, f"H{row}", around(returned, row, "500 mg", *runs))
    code = returned.value(row, 0)
    found = returned.found(data, accept=[code])
    assert found == ([] if text.endswith("er") else [("repaired", "raised", "edit")])
    assert text in returned.edits(row)["premise"]


def strike(*cells: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        for cell in cells:
            book["review"][cell].font = Font(strike=True)

    return change


@pytest.mark.parametrize(
    ("column", "finding"),
    [
        ("A", ("struck_through", "item")),
        ("B", ("struck_through", "source")),
        ("C", ("struck_through", "translation")),
        ("E", ("rating_missing", "accuracy")),
        ("H", ("edit_empty", "edit")),
    ],
)
def test_a_cell_that_is_struck_through_as_a_whole_is_refused(
    returned: Returned, column: str, finding: tuple[str, str]
) -> None:
    row = returned.row(TEXT)
    found = returned.found(edited(returned.bytes, strike(f"{column}{row}")))
    assert ("refused", *finding) in found


def test_a_struck_comment_is_none_and_a_part_with_a_format_of_its_own_stays(returned: Returned) -> None:
    row = returned.row(TEXT)

    def change(book: Workbook) -> None:
        book["review"][f"I{row}"] = "Not this"
        strike(f"I{row}")(book)

    assert returned.found(edited(returned.bytes, change)) == [("repaired", "struck_through", "comment")]
    assert returned.comment(row) is None

    def mixed(book: Workbook) -> None:
        strike(f"I{row}")(book)
        book["review"][f"I{row}"] = CellRichText("Not this ", TextBlock(InlineFont(b=True), "but this"))

    assert returned.found(edited(returned.bytes, mixed)) == [("repaired", "struck_through", "comment")]
    assert returned.comment(row) == "but this"


@writers
@pytest.mark.parametrize("column", [0, 1, 2])
def test_striking_in_a_locked_column_is_refused(
    returned: Returned, write: Callable[[Returned, str, Runs], bytes], column: int
) -> None:
    row = returned.row(TEXT)
    text = returned.value(row, column)
    found = returned.found(write(returned, f"{'ABC'[column]}{row}", [(text[:-4], ""), (text[-4:], "-")]))
    assert found == [("refused", "struck_through", ("item", "source", "translation")[column])]


@writers
def test_formatting_without_a_meaning_changes_nothing(
    returned: Returned, write: Callable[[Returned, str, Runs], bytes]
) -> None:
    row = returned.row(TEXT)
    text = returned.value(row, EDIT)
    assert returned.found(write(returned, f"H{row}", [(text[:40], ""), (text[40:], "b")])) == []
    assert returned.taken.equals(returned.ratings)


@pytest.mark.parametrize(
    "string",
    [
        "<t>{text}</t><rPh sb='0' eb='2'><t>kana</t></rPh><phoneticPr fontId='1'/>",
        "<r><t xml:space='preserve'>{text}</t></r><rPh sb='0' eb='2'><t>kana</t></rPh>",
    ],
)
def test_phonetic_guides_are_no_text(returned: Returned, string: str) -> None:
    row = returned.row(TEXT)
    text = escape(returned.value(row, EDIT))
    parts = with_shared_string(returned.parts, f"H{row}", string.replace("{text}", text))
    assert returned.found(packed(parts)) == []
    assert returned.taken.equals(returned.ratings)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    is_inline = sheet.replace('t="s"><v>0</v>', f't="inlineStr"><is>{string.replace("{text}", text)}</is>')
    assert returned.found(packed(parts | {"xl/worksheets/sheet1.xml": is_inline.encode()})) == []
    assert returned.taken.equals(returned.ratings)


@pytest.mark.parametrize(
    "properties",
    [
        "<family val='34'/>",
        "<sz val=''/>",
        "<charset val='x'/>",
        "<scheme val='none'/>",
        "<u val='none'/><sz val='9'/>",
    ],
)
def test_properties_of_fonts_that_say_nothing_refuse_no_file(returned: Returned, properties: str) -> None:
    row = returned.row(TEXT)
    before, word, after = returned.value(row, EDIT).partition("mara mbili")
    plain = "<r><rPr>{}</rPr><t xml:space='preserve'>{}</t></r>"
    runs = plain.format(properties, before + word) + plain.format(f"<strike/>{properties}", " kila")
    parts = with_shared_string(returned.parts, f"H{row}", runs + plain.format(properties, after))
    styles = parts["xl/styles.xml"].replace(b'<family val="2"', b'<family val="34"')
    assert returned.found(packed(parts | {"xl/styles.xml": styles})) == [("repaired", "struck_through", "edit")]
    assert returned.edits(row) == {}


@pytest.mark.parametrize("escaped", ["_x000D_\n", "\r\n", "_x000a_", "\n"])
def test_line_ends_are_read_however_they_are_written(returned: Returned, escaped: str) -> None:
    row = returned.row(TEXT)
    text = escape(returned.value(row, EDIT)).replace("\n", escaped)
    assert returned.found(packed(with_shared_string(returned.parts, f"H{row}", f"<t>{text}</t>"))) == []
    assert returned.taken.equals(returned.ratings)


def legacy(*notes: tuple[str, str], author: str = "Amina") -> str:
    listed = "".join(
        f'<comment ref="{cell}" authorId="0"><text><r><rPr><b/></rPr><t>{author}:</t></r>'
        f'<r><t xml:space="preserve">\n{escape(text)}</t></r></text></comment>'
        for cell, text in notes
    )
    authors = f"<authors><author>{author}</author></authors>"
    return f'<comments xmlns="{MAIN}">{authors}<commentList>{listed}</commentList></comments>'


def threaded(*comments: tuple[str, str]) -> str:
    listed = "".join(
        f'<threadedComment ref="{cell}" dT="2026-11-02T10:00:00" personId="{{0}}" id="{{{number}}}">'
        f"<text>{escape(text)}</text></threadedComment>"
        for number, (cell, text) in enumerate(comments, 1)
    )
    return f'<ThreadedComments xmlns="{THREADED}">{listed}</ThreadedComments>'


FRAME = (
    "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; however, any edits to it "
    "will get removed if the file is opened in a newer version of Excel. Learn more: "
    "https://go.microsoft.com/fwlink/?linkid=870924\n\n"
)


def test_notes_are_kept_as_comments_of_their_row(returned: Returned) -> None:
    row = returned.row(TEXT)

    def change(book: Workbook) -> None:
        sheet = book["review"]
        sheet[f"I{row}"] = "See the notes."
        sheet[f"H{row}"].comment = Comment("Is it 500?\nI think so.", "Amina")
        sheet[f"C{row}"].comment = Comment("Amina:\nToo formal.", "Amina")
        sheet[f"E{row + 1}"].comment = Comment("Not sure.", "")

    assert returned.found(edited(returned.bytes, change)) == []
    assert returned.comment(row) == "See the notes.\n[translation] Too formal.\n[edit] Is it 500?\nI think so."
    assert returned.comment(row + 1) == "[accuracy] Not sure."
    others = returned.taken.drop("comment")
    assert others.equals(returned.ratings.drop("comment"))


@pytest.mark.parametrize(
    "note",
    [
        f"{FRAME}Comment:\n    Is it 500?\nReply:\n    Yes.",
        f"{FRAME.replace('Threaded comment', 'Commentaire')}Commentaire :\n    Is it 500?\nRépondre :\n    Yes.",
        "Is it 500?\n\t-Amina O.\n----\nYes.\n\t-Juma",
        "Is it 500?\r\nYes.",
    ],
)
def test_a_thread_that_came_as_a_note_is_read(returned: Returned, note: str) -> None:
    row = returned.row(TEXT)
    parts = with_related(returned.parts, "comments1", COMMENTS, legacy((f"H{row}", note)))
    assert returned.found(packed(parts)) == []
    assert returned.comment(row) == "[edit] Is it 500?\nYes."


def test_a_thread_is_read_once_though_it_stands_twice(returned: Returned) -> None:
    row = returned.row(TEXT)
    notes = legacy((f"H{row}", f"{FRAME}Comment:\n    Is it 500?"), (f"G{row}", "A note."))
    parts = with_related(returned.parts, "comments1", COMMENTS, notes)
    thread = threaded((f"H{row}", "Is it 500?"), (f"H{row}", "Yes."))
    assert returned.found(packed(with_related(parts, "threadedComment1", THREADS, thread))) == []
    assert returned.comment(row) == "[completeness] A note.\n[edit] Is it 500?\n[edit] Yes."


def test_notes_at_no_item_are_told(returned: Returned) -> None:
    def change(book: Workbook) -> None:
        book["review"]["H1"].comment = Comment("Which marks?", "Amina")
        book["review"]["H40"].comment = Comment("All done.", "Amina")
        book["how to rate"]["A1"].comment = Comment("Clear.", "Amina")

    assert returned.found(edited(returned.bytes, change)) == [("noted", "note_astray", "")] * 3
    assert returned.taken.equals(returned.ratings)


def test_a_broken_part_with_notes_refuses_the_file(returned: Returned) -> None:
    parts = with_related(returned.parts, "comments1", COMMENTS, "<comments>")
    assert returned.found(packed(parts)) == [("refused", "unreadable", "")]


def test_a_comment_that_became_a_date_is_told(returned: Returned) -> None:
    row = returned.row(TEXT)

    def change(book: Workbook) -> None:
        book["review"][f"I{row}"] = datetime(2026, 2, 1)
        book["review"][f"I{row}"].number_format = "d-mmm"

    assert returned.found(edited(returned.bytes, change)) == [("noted", "became_date", "comment")]
    assert returned.comment(row) == "2026-02-01"


def test_cells_to_fill_with_text_are_formatted_as_text(returned: Returned) -> None:
    """So that a spreadsheet makes no date of ``1/2``, and no formula of ``=``."""
    seen: list[str] = []
    edited(returned.bytes, lambda book: seen.extend(book["review"][f"{c}2"].number_format for c in "CHI"))
    assert seen == ["@", "@", "@"]
