import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.review.round import Round
from builders.review.sheets import COLUMNS, guarded, unguarded, write_sheets
from builders.rows.texts import block
from tests.builders.review.workbooks.filled import read_rows

RISKY = ('=HYPERLINK("https://example.org","x")', "+1", "-5 mg", "@SUM(A1)", "\t=1", "'=1", "＝1+1", "\n=1", "plain")


def test_a_rater_gets_the_same_in_both_forms(planned: Round) -> None:
    written = write_sheets(planned)
    assert {path.name for path in written} == {
        f"{who}{suffix}"
        for who in ("swahili-amina", "swahili-juma", "yoruba-ade", "yoruba-bisi")
        for suffix in (".csv", ".xlsx")
    }
    lines = read_rows(planned.sheets / "swahili-amina.csv")
    sheet = openpyxl.load_workbook(planned.sheets / "swahili-amina.xlsx")["review"]
    cells = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
    assert cells[0] == list(COLUMNS)
    assert cells[1:] == [list(line.values()) for line in lines]
    codes = planned.read_assignments().filter(config="swahili", rater="amina")["code"].to_list()
    assert [line["item"] for line in lines] == codes
    assert all(line["edit"] == line["translation"] and line["accuracy"] == "" for line in lines)
    assert any("only in the source" in line["flagged"] for line in lines)


def test_only_what_is_rated_is_open_and_ratings_come_from_a_list(planned: Round) -> None:
    write_sheets(planned)
    sheet = openpyxl.load_workbook(planned.sheets / "yoruba-ade.xlsx")["review"]
    open_ = [name for name, cell in zip(COLUMNS, sheet[2], strict=True) if not cell.protection.locked]
    assert sheet.protection.sheet
    assert open_ == ["accuracy", "fluency", "completeness", "edit", "comment"]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref)) == ("list", '"1,2,3,4,5"', "E2:G13")


def test_no_text_is_a_formula(planned: Round) -> None:
    items = planned.read_items()
    texts = pl.Series([[{"name": "", "source": text, "translation": text}] for text in RISKY])
    changed = items.head(len(RISKY)).with_columns(texts=texts, missing=pl.lit(["-5"]))
    pl.concat([changed, items.slice(len(RISKY))]).write_parquet(planned.items)
    write_sheets(planned)
    for path in planned.sheets.glob("*.xlsx"):
        cells = [cell for row in openpyxl.load_workbook(path)["review"].iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}, "never f, a formula"
    for path in planned.sheets.glob("*.csv"):
        values = [value for line in read_rows(path) for value in line.values()]
        assert not [value for value in values if value.startswith(tuple("=+-@\t\r"))]


@pytest.mark.parametrize("text", RISKY)
def test_a_guarded_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text).startswith("'") == (text != "plain")


@given(st.text(alphabet="'=+-@\t\r\n＝＋－＠a "))
def test_any_guarded_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_an_edit_starts_with_the_translation(planned: Round) -> None:
    write_sheets(planned)
    texts = planned.read_items().filter(config="yoruba").sort("item")["texts"].to_list()
    edits = {line["edit"] for line in read_rows(planned.sheets / "yoruba-bisi.csv")}
    assert edits == {block(each, "translation") for each in texts}
