import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from builders.review.returns import Checked, import_returns
from builders.review.round import Round
from builders.review.sheets import COLUMNS, write_sheets
from tests.builders.review.workbooks.filled import Row, fill_csv, fill_xlsx, read_rows, returned, write_rows

HAN = "请问这个病人现在应该怎样处理"


@pytest.fixture
def sheet(planned: Round) -> Path:
    """A filled sheet of Amina's, who has flagged rows."""
    write_sheets(planned)
    return fill_csv(planned.sheets / "swahili-amina.csv")


def found(round_: Round, *files: Path, **options: Any) -> list[tuple[str, str, str]]:
    """Outcome, reason and field of each finding; what is refused is never taken."""
    before = round_.read_ratings()
    checked = import_returns(round_, files, **options)
    if checked.refused:
        assert round_.read_ratings().equals(before)
    return [(finding.outcome, finding.reason, finding.field) for finding in checked.findings]


def changed(sheet: Path, change: Callable[[Row], None], row: int = 0) -> Path:
    rows = read_rows(sheet)
    change(rows[row])
    return write_rows(sheet, rows)


def test_whole_returns_are_taken_in_both_forms(planned: Round) -> None:
    assert found(planned, *returned(planned)) == []
    ratings = planned.read_ratings()
    assert ratings.height == planned.read_assignments().height
    assert ratings["edits"].list.len().sum() == 0
    assert ratings["accuracy"].is_between(1, 5).all()
    assert sorted(ratings["file"].unique()) == [
        "swahili-amina.csv", "swahili-juma.xlsx", "yoruba-ade.csv", "yoruba-bisi.xlsx"
    ]  # fmt: skip


def refuse(field: str, value: str) -> Callable[[Row], None]:
    return lambda row: row.update({field: value})


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (refuse("item", "sw-AAAAAAAA"), ("refused", "item_unknown", "item")),
        (refuse("item", ""), ("refused", "item_unknown", "item")),
        (refuse("source", "[question] Something else?"), ("refused", "source_changed", "source")),
        (refuse("translation", "[question] Kitu kingine?"), ("refused", "translation_changed", "translation")),
        (refuse("accuracy", ""), ("refused", "rating_missing", "accuracy")),
        (refuse("fluency", "6"), ("refused", "rating_range", "fluency")),
        (refuse("fluency", "-3"), ("refused", "rating_range", "fluency")),
        (refuse("completeness", "good"), ("refused", "rating_unreadable", "completeness")),
        (refuse("completeness", "4.5"), ("refused", "rating_unreadable", "completeness")),
        (refuse("edit", ""), ("refused", "edit_empty", "edit")),
        (refuse("edit", "without any mark"), ("refused", "edit_marks", "edit")),
        (lambda row: row.update(accuracy=" ４ "), ("repaired", "rating_written", "accuracy")),
        (lambda row: row.update(accuracy="4.0"), ("repaired", "rating_written", "accuracy")),
        (lambda row: row.update(item=f" {row['item'].lower()}"), ("repaired", "item_written", "item")),
        (lambda row: row.update(source=row["source"].replace("\n", " ")), ("repaired", "white_space", "source")),
        (lambda row: row.update(edit=row["edit"] + "\x07"), ("repaired", "control", "edit")),
    ],
)
def test_a_damaged_row_is_refused_or_repaired(
    planned: Round, sheet: Path, change: Callable[[Row], None], finding: tuple[str, str, str]
) -> None:
    assert finding in found(planned, changed(sheet, change))
    whole = planned.read_ratings().height
    assert whole == (12 if finding[0] == "repaired" else 0)


def test_a_finding_names_file_row_field_found_and_expected(planned: Round, sheet: Path) -> None:
    (finding,) = import_returns(planned, [changed(sheet, refuse("accuracy", "9"), row=3)]).findings
    assert (finding.file, finding.row, finding.field) == ("swahili-amina.csv", 5, "accuracy")
    assert (finding.found, finding.expected) == ("9", "a whole number from 1 to 5")
    assert read_rows(planned.findings)[0]["reason"] == "rating_range"


def test_a_row_that_is_gone_or_doubled_is_found(planned: Round, sheet: Path) -> None:
    rows = read_rows(sheet)
    assert found(planned, write_rows(sheet, rows[1:])) == [("refused", "item_missing", "item")]
    assert found(planned, write_rows(sheet, rows[1:]), partial=True) == []
    assert found(planned, write_rows(sheet, [rows[0], *rows])) == [("repaired", "row_repeated", "item")]
    other = rows[0] | {"accuracy": "1" if rows[0]["accuracy"] != "1" else "2"}
    assert found(planned, write_rows(sheet, [other, *rows])) == [("refused", "row_repeated", "item")]


def test_unrated_items_are_taken_only_on_request(planned: Round, sheet: Path) -> None:
    blank = changed(sheet, lambda row: row.update(accuracy="", fluency="", completeness=""))
    assert {outcome for outcome, _, _ in found(planned, blank)} == {"refused"}
    assert found(planned, blank, partial=True) == [("noted", "not_rated", "")]
    assert planned.read_ratings().height == 11
    told = changed(sheet, lambda row: row.update(accuracy="", fluency="", completeness="", comment="Later."))
    (finding,) = import_returns(planned, [told], partial=True).findings
    assert (finding.outcome, finding.found) == ("noted", "no rating, but: Later.")


def test_rows_of_another_rater_are_refused(planned: Round, sheet: Path) -> None:
    stranger = fill_csv(planned.sheets / "swahili-juma.csv")
    rows = [*read_rows(sheet), read_rows(stranger)[0]]
    assert ("refused", "item_of_another", "item") in found(planned, write_rows(sheet, rows))


def test_one_damaged_file_keeps_every_other_one_out(planned: Round, sheet: Path) -> None:
    other = fill_csv(planned.sheets / "swahili-juma.csv")
    assert found(planned, other, changed(sheet, refuse("accuracy", "0"))) == [("refused", "rating_range", "accuracy")]
    assert planned.read_ratings().is_empty()


def mended(row: Row) -> None:
    """Put the dose right that the planned build has tenfold."""
    for number in row["flagged"].partition("only in the translation: ")[2].split(", "):
        row["edit"] = row["edit"].replace(number, number[:-1])


def test_an_edit_is_taken_if_its_numbers_are_right_and_refused_if_it_breaks_one(planned: Round, sheet: Path) -> None:
    rows = read_rows(sheet)
    flagged = next(number for number, row in enumerate(rows) if row["flagged"])
    assert found(planned, changed(sheet, mended, flagged)) == []
    edits = planned.read_ratings().filter(pl.col("edits").list.len() > 0)
    assert edits["code"].to_list() == [rows[flagged]["item"]]

    broken = changed(sheet, lambda row: row.update(edit=row["edit"].replace("0", "00").replace("5", "55")), flagged)
    refused = import_returns(planned, [broken]).refused
    assert {(finding.reason, finding.row) for finding in refused} == {("edit_breaks_number", flagged + 2)}
    assert found(planned, broken, accept=[rows[flagged]["item"]]) == []


def test_an_edit_that_leaves_a_number_wrong_is_noted(planned: Round, sheet: Path) -> None:
    flagged = next(number for number, row in enumerate(read_rows(sheet)) if row["flagged"])
    left = changed(sheet, lambda row: row.update(edit=row["edit"].replace("[question] ", "[question] Je, ")), flagged)
    assert found(planned, left) == [("noted", "edit_breaks_number", "edit [question]")]


def test_an_edit_that_changes_another_fact_is_refused_unless_it_is_accepted(planned: Round, sheet: Path) -> None:
    rows = read_rows(sheet)
    place = next(n for n, row in enumerate(rows) if not row["flagged"] and not re.search(r"\d", row["source"]))
    first = rows[place]["edit"].partition("\n")[0]
    mark = first.partition("] ")[0]
    broken = changed(sheet, lambda row: row.update(edit=row["edit"].replace(first, f"{mark}] {HAN}")), place)
    (finding,) = import_returns(planned, [broken]).refused
    assert (finding.reason, finding.field, finding.row) == ("edit_breaks_fact", f"edit {mark}]", place + 2)
    assert finding.found == "the text is in another script"
    assert found(planned, broken, accept=[rows[place]["item"]]) == []


def test_a_spreadsheet_that_writes_csv_otherwise_is_read(planned: Round, sheet: Path) -> None:
    text = sheet.read_text("utf-8-sig")
    sheet.write_text(text, "utf-16")
    assert found(planned, sheet) == [("repaired", "encoding", "")]
    lines = read_rows(sheet.with_name("swahili-juma.csv"))
    semicolons = sheet.with_name("semicolons.csv")
    quoted = [";".join('"' + str(row[name]).replace('"', '""') + '"' for name in COLUMNS) for row in lines]
    semicolons.write_text("\n".join([";".join(COLUMNS), *quoted]), "utf-8")
    assert ("repaired", "delimiter", "") in found(planned, semicolons), "its ratings are missing, and it was read"
    sheet.write_bytes("".encode("utf-16"))
    assert ("refused", "column_missing", "item") in found(planned, sheet)
    sheet.write_bytes(text.replace("Mtoto", "Mtotó").encode("latin-1", "replace") + b"\xe9")
    assert found(planned, sheet) == [("refused", "encoding", "")]


def test_columns_are_found_by_their_names(planned: Round, sheet: Path) -> None:
    rows = read_rows(sheet)
    assert found(planned, write_rows(sheet, rows, COLUMNS[::-1])) == [("repaired", "columns_moved", "")]
    assert found(planned, write_rows(sheet, rows, COLUMNS[:-1])) == [("repaired", "column_missing", "comment")]
    assert found(planned, write_rows(sheet, rows, COLUMNS[1:])) == [("refused", "column_missing", "item")]
    more = [row | {"mine": "x"} for row in rows]
    assert found(planned, write_rows(sheet, more, (*COLUMNS, "mine"))) == [("repaired", "column_unknown", "mine")]


def test_a_workbook_that_is_none_or_has_a_formula_is_refused(planned: Round) -> None:
    write_sheets(planned)
    path = fill_xlsx(planned.sheets / "swahili-amina.xlsx")
    assert found(planned, path) == []
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert found(planned, path) == [("refused", "unreadable", "")]
    path.write_bytes(whole)
    book = load_workbook(path)
    book["review"]["E2"] = "=1+3"
    book.save(path)
    assert ("refused", "formula", "accuracy") in found(planned, path)
    book["review"].title = "other"
    book.save(path)
    assert found(planned, path) == [("refused", "sheet", "")]
    assert found(planned, path.with_suffix(".ods")) == [("refused", "format", "")]


DAMAGES: dict[str, Callable[[list[Row], int, str], list[Row]]] = {
    "another value": lambda rows, n, text: [*rows[:n], rows[n] | {"source": text}, *rows[n + 1 :]],
    "item": lambda rows, n, text: [*rows[:n], rows[n] | {"item": text}, *rows[n + 1 :]],
    "rating": lambda rows, n, text: [*rows[:n], rows[n] | {"fluency": text}, *rows[n + 1 :]],
    "translation": lambda rows, n, text: [*rows[:n], rows[n] | {"translation": text}, *rows[n + 1 :]],
    "edit": lambda rows, n, text: [*rows[:n], rows[n] | {"edit": text}, *rows[n + 1 :]],
    "marks": lambda rows, n, text: [*rows[:n], rows[n] | {"edit": rows[n]["edit"].replace("[", text)}, *rows[n + 1 :]],
    "digits": lambda rows, n, text: [*rows[:n], rows[n] | {"edit": rows[n]["edit"] + " 98765 mg"}, *rows[n + 1 :]],
    "lost": lambda rows, n, text: [*rows[:n], *rows[n + 1 :]],
    "doubled": lambda rows, n, text: [*rows[: n + 1], rows[n] | {"accuracy": text}, *rows[n + 1 :]],
    "mixed up": lambda rows, n, text: [
        row | {"item": other["item"]} for row, other in zip(rows, [*rows[n:], *rows[:n]], strict=True)
    ],
    "shifted": lambda rows, n, text: [
        *rows[:n],
        dict(zip(COLUMNS, [text, *list(rows[n].values())[:-1]], strict=True)),
        *rows[n + 1 :],
    ],
}


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    damages=st.lists(st.tuples(st.sampled_from(sorted(DAMAGES)), st.integers(0, 11), st.text(max_size=12)), max_size=3),
    cut=st.none() | st.integers(1, 10_000),
    flipped=st.none() | st.tuples(st.integers(0, 10_000), st.integers(0, 255)),
)
def test_every_damaged_return_is_refused_or_repaired_with_a_reason(
    planned: Round,
    damages: list[tuple[str, int, str]],
    cut: int | None,
    flipped: tuple[int, int] | None,
) -> None:
    """Whatever is done to a file, what is taken is what the rater gave, or it is refused and says why."""
    whole = _whole(planned)
    rows = read_rows(planned.sheets / "swahili-amina.csv")
    for damage, place, text in damages:
        rows = DAMAGES[damage](rows, min(place, len(rows) - 1), text)
    path = write_rows(planned.root / "damaged.csv", rows)
    data = bytearray(path.read_bytes())
    if flipped is not None:
        data[flipped[0] % len(data)] = flipped[1]
    path.write_bytes(bytes(data[:-cut] if cut is not None and cut < len(data) else data))
    checked = import_returns(planned, [path])
    if checked.refused:
        assert all(each.reason and each.expected for each in checked.refused)
        assert not planned.ratings.is_file()
        return
    planned.ratings.unlink()
    _assert_faithful(checked, whole)


def _whole(round_: Round) -> pl.DataFrame:
    """Return the ratings of the undamaged sheet."""
    kept = round_.root / "whole.parquet"
    if not kept.is_file():
        write_sheets(round_)
        import_returns(round_, [fill_csv(round_.sheets / "swahili-amina.csv")])
        shutil.move(round_.ratings, kept)
    return pl.read_parquet(kept)


def _assert_faithful(checked: Checked, whole: pl.DataFrame) -> None:
    """Every item is there once, under the name and rater that it was sent to, with ratings that can be."""
    ratings = checked.ratings.sort("code")
    assert ratings["code"].to_list() == whole.sort("code")["code"].to_list()
    assert ratings.select("item", "config", "rater").equals(whole.sort("code").select("item", "config", "rater"))
    assert ratings.select(pl.col("accuracy", "fluency", "completeness").is_between(1, 5).all()).row(0) == (True,) * 3
