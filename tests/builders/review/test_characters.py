"""Invisible characters and what programs put in place of what was typed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.review.characters import HIDDEN, UNREADABLE, compared, without_invisible
from builders.review.returns import import_returns, sent_items
from builders.review.round import Round
from builders.review.serve.saves import Saves, read_work, saved_lines
from builders.review.sheets import write_sheets
from tests.builders.review.workbooks.filled import Row, fill, fill_csv

TEXT = "anatumia metformin 500 mg mara mbili kwa siku"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("mara\u200b mbili", "mara mbili"),
        ("ma\u00adra", "mara"),
        ("\ufeffmara\u2060 mbili\u200b", "mara mbili"),
        ("m\u200car\u200da", "mara"),
        ("ọ̀\u200cgá", "ọ̀gá"),
        ("\u200emara\u200f mbili", "mara mbili"),
        ("mara\x07 mbili\x00", "mara mbili"),
        ("mara\U000e0041 mbili", "mara mbili"),
        ("siku\x0bmbili\u2028tatu\u2029nne\x85tano\r\nsita\rsaba", "siku\nmbili\ntatu\nnne\ntano\nsita\nsaba"),
        # Persian, Urdu, Hindi, Bengali, Sinhala: joiners are spelling.
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c خواهم\u200c", "می خواهم"),
        ("ه\u200d.ش", "ه\u200d.ش"),
        ("क्\u200cष क्\u200d", "क्\u200cष क्\u200d"),
        ("র\u200d্যা", "র\u200d্যা"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("👩\u200d⚕", "👩\u200d⚕"),
        ("👩🏽\u200d⚕", "👩🏽\u200d⚕"),
        # Thai, Khmer: where a line may break.
        ("วันละ\u200bสองครั้ง", "วันละ\u200bสองครั้ง"),
        ("ពីរ\u200bដង", "ពីរ\u200bដង"),
        # In Arabic and Hebrew, marks decide the order in which a range is read.
        ("الجرعة \u200e5-10\u200e ملغ", "الجرعة \u200e5-10\u200e ملغ"),
        # At digits, a person decides.
        ("5\u00ad10 mg", "5\u00ad10 mg"),
        ("5\u200b10 mg", "5\u200b10 mg"),
        ("\u00ad5 °C", "\u00ad5 °C"),
        ("5\u200bmg", "5mg"),
        ("mili\u00adgramu 5", "miligramu 5"),
        ("mili\u00ad\ngramu 5", "miligramu 5"),
        ("siku\u00ad\n5", "siku\u00ad\n5"),
    ],
)
def test_what_nobody_sees_is_removed_unless_a_language_needs_it(text: str, seen: str) -> None:
    assert without_invisible(text) == seen
    assert without_invisible(seen) == seen


@given(st.text())
def test_cleaning_twice_is_cleaning_once_and_keeps_what_is_seen(text: str) -> None:
    seen = without_invisible(text)
    assert without_invisible(seen) == seen
    letters = [mark for mark in text if mark.isalnum()]
    assert [mark for mark in seen if mark.isalnum()] == letters


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("siku\u00a0mbili", "siku mbili"),
        ("siku\u202fmbili", "siku  mbili\n"),
        ("u\u0301", "ú"),
        ("“siku”", '"siku"'),
        ("ng’ombe", "ng'ombe"),
        ("siku… mbili", "siku... mbili"),
        ("mg\u2011kg", "mg-kg"),
        ("❤\ufe0f", "❤"),
        ("วันละ\u200bสอง", "วันละสอง"),
    ],
)
def test_what_reads_the_same_is_compared_as_the_same(one: str, other: str) -> None:
    assert compared(one) == compared(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("می\u200cخواهم", "می خواهم"),
        ("می\u200cخواهم", "میخواهم"),
        ("5-10", "5–10"),
        ("5\u00ad10", "510"),
        ("5′ 4″", "5' 4\""),
        ("ƙoʼa", "ƙo'a"),
        ("5 mg", "5mg"),
        ("½", "1/2"),
        ("m²", "m2"),
        ("µg", "mg"),
        ("الجرعة \u200e5-10", "الجرعة 5-10"),
    ],
)
def test_what_may_be_read_otherwise_is_a_difference(one: str, other: str) -> None:
    assert compared(one) != compared(other)


def test_patterns_for_a_person_fire_and_do_not_fire() -> None:
    assert HIDDEN.search("1\u200e0")
    assert not HIDDEN.search("10 mg\u200b kwa siku 2")
    assert UNREADABLE.search("\uf06dg")
    assert UNREADABLE.search("m\ufffdg")
    assert not UNREADABLE.search("µg ½ 5 mg ọ̀ 漢字 👩")


EDITS: dict[str, tuple[Callable[[str], str], list[tuple[str, str, str]], str | None]] = {
    "zero width": (lambda text: text.replace("mara", "ma\u200bra"), [("repaired", "invisible", "edit")], None),
    "mark": (lambda text: text.replace("\n[", "\n\ufeff["), [("repaired", "invisible", "edit")], None),
    "joiner": (lambda text: text.replace("mara", "mara\u200c"), [("repaired", "invisible", "edit")], None),
    "soft hyphen": (lambda text: text.replace("mara", "ma\u00adra"), [("repaired", "invisible", "edit")], None),
    "direction": (lambda text: text.replace("mara", "\u200emara"), [("repaired", "invisible", "edit")], None),
    "line": (lambda text: text.replace("mg mara", "mg\x0bmara"), [("repaired", "control", "edit")], None),
    "space": (lambda text: text.replace("mara mbili", "mara\u00a0mbili"), [], None),
    "with an edit": (
        lambda text: text.replace("mara mbili", "mara\u200b mbili tu"),
        [("repaired", "invisible", "edit")],
        "metformin 500 mg mara mbili tu kwa siku",
    ),
    "separator of lines": (
        lambda text: text.replace("mg mara mbili", "mg\u2028asubuhi"),
        [("repaired", "invisible", "edit")],
        "metformin 500 mg\nasubuhi kwa siku",
    ),
    "in a number": (
        lambda text: text.replace("500", "5\u200b00"),
        [("refused", "edit_hidden", "edit")],
        None,
    ),
    "range": (
        lambda text: text.replace("500", "500\u00ad1000"),
        [("refused", "edit_hidden", "edit")],
        None,
    ),
    "symbol font": (
        lambda text: text.replace("500 mg", "500 \uf06dg"),
        [("refused", "edit_unreadable", "edit")],
        None,
    ),
    "lost": (lambda text: text.replace("mara", "m\ufffdra"), [("refused", "edit_unreadable", "edit")], None),
    "strokes": (lambda text: text.replace("mara", "m̶a̶r̶a̶"), [("refused", "edit_struck", "edit")], None),
    "tildes": (lambda text: text.replace("mara", "~~mara~~"), [("refused", "edit_struck", "edit")], None),
    "tags": (lambda text: text.replace("mara", "<del>mara</del>"), [("refused", "edit_struck", "edit")], None),
    "turned": (lambda text: text.replace("mara", "\u202emara\u202c"), [("refused", "edit_direction", "edit")], None),
    "nothing": (lambda text: "\u200b", [("refused", "edit_empty", "edit")], None),
}


@pytest.mark.parametrize(("change", "findings", "text"), EDITS.values(), ids=EDITS)
def test_an_edit_is_what_is_seen(
    planned: Round, change: Callable[[str], str], findings: list[tuple[str, str, str]], text: str | None
) -> None:
    def fill_in(row: Row) -> None:
        row["edit"] = change(row["edit"]) if TEXT in row["edit"] else row["edit"]

    write_sheets(planned)
    checked = import_returns(planned, [fill_csv(planned.sheets / "swahili-amina.csv", fill_in)])
    assert [(each.outcome, each.reason, each.field) for each in checked.findings] == findings
    edits = [edit["text"] for edits in checked.ratings["edits"] for edit in edits]
    assert len(edits) == (text is not None)
    assert all(text in edit for edit in edits)


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({"source": "{}\u200b"}, [("repaired", "white_space", "source")]),
        ({"translation": "\ufeff{}"}, [("repaired", "white_space", "translation")]),
        ({"item": "{}\u200b"}, [("repaired", "item_written", "item")]),
        ({"accuracy": "\u200b4\ufeff"}, [("repaired", "rating_written", "accuracy")]),
        ({"accuracy": "'4"}, [("repaired", "rating_written", "accuracy")]),
        ({"accuracy": "٤"}, [("repaired", "rating_written", "accuracy")]),
        ({"accuracy": "४"}, [("repaired", "rating_written", "accuracy")]),
        ({"accuracy": "\u200b"}, [("refused", "rating_missing", "accuracy")]),
        ({"accuracy": "²"}, [("repaired", "rating_written", "accuracy")]),
        ({"accuracy": "1/2"}, [("refused", "rating_unreadable", "accuracy")]),
        ({"accuracy": "½"}, [("refused", "rating_unreadable", "accuracy")]),
        ({"comment": "\u200b"}, []),
    ],
)
def test_other_cells_are_what_is_seen(
    planned: Round, change: dict[str, str], findings: list[tuple[str, str, str]]
) -> None:
    def fill_in(row: Row) -> None:
        if TEXT in row["edit"]:
            row.update({name: text.format(row[name]) for name, text in change.items()})

    write_sheets(planned)
    checked = import_returns(planned, [fill_csv(planned.sheets / "swahili-amina.csv", fill_in)])
    assert [(each.outcome, each.reason, each.field) for each in checked.findings] == findings
    assert checked.ratings["comment"].drop_nulls().is_empty()


def test_the_hyphen_of_an_item_and_the_names_of_columns_may_be_written_otherwise(planned: Round) -> None:
    write_sheets(planned)
    path = fill_csv(
        planned.sheets / "swahili-amina.csv", lambda row: row.update(item=row["item"].replace("-", "\u2011"))
    )
    text = path.read_text("utf-8-sig").replace('"item"', '"\ufeffitem"', 1).replace('"edit"', '"edit\u200b"', 1)
    path.write_text(text, "utf-8-sig")
    checked = import_returns(planned, [path])
    assert {(each.outcome, each.reason) for each in checked.findings} == {("repaired", "item_written")}
    assert checked.ratings.height == 12


def test_excels_line_on_the_delimiter_is_no_row(planned: Round) -> None:
    write_sheets(planned)
    path = fill_csv(planned.sheets / "swahili-amina.csv")
    path.write_text("sep=,\r\n" + path.read_text("utf-8-sig"), "utf-8-sig")
    assert import_returns(planned, [path]).findings == []


def test_an_edit_on_the_page_is_what_is_seen(planned: Round) -> None:
    sent = sent_items(planned)
    item = next(item for item in sent.values() if any(TEXT in text["translation"] for text in item["texts"]))
    texts = {text["name"]: text["translation"].replace("mara", "ma\u200bra") for text in item["texts"]}
    row: Row = {"source": ""}
    fill(row)
    ratings = {name: int(value) for name, value in row.items() if name != "source"}
    Saves(planned.saves).write(item["code"], read_work({"at": 1, **ratings, "edits": texts}, item))
    checked = import_returns(planned, [], saved_lines(planned), partial=True)
    assert [finding.reason for finding in checked.findings] == ["invisible"]
    assert checked.ratings["edits"].to_list() == [[]]
