"""What the measures and the text key must not take for a fault, from the tables alone."""

from pathlib import Path

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.schema import ASKED, COMPARED, arrow_schema
from globmed.storage.parquet import write_parquet
from globmed.storage.queries import connect, query
from tests.validation.conftest import read_rows
from validation.facts.files import find_files
from validation.facts.tables import make_tables


def judged(folder: Path, rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return one table of the suites over these rows."""
    for (config, split), part in rows.group_by("config", "split"):
        write_parquet(part, folder / "data" / str(config) / f"{split}-00000-of-00001.parquet", arrow_schema())
    with connect() as database:
        make_tables(database, find_files(folder), None)
        frame: pl.DataFrame = database.table(table).pl()
        return frame


def answered(rows: pl.DataFrame, config: str, answers: list[str]) -> pl.DataFrame:
    """Return one yes/no item of the sample, as often as there are answers."""
    (item,) = rows.filter(config=config, id="sample/train/antibiotics-common-cold").drop("answer", "id").to_dicts()
    ids = [f"sample/train/{number}" for number in range(len(answers))]
    items = [{**item, "id": name, "answer": answer} for name, answer in zip(ids, answers, strict=True)]
    return pl.DataFrame(items, schema=rows.schema)


@pytest.mark.parametrize(
    ("english", "zulu", "observed"),
    [
        (["yes"] * 14 + ["no"] * 14, ["yes"] * 28, 0.0),  # too few to tell
        (["yes"] * 100 + ["no"] * 100, ["yes"] * 60 + ["no"] * 50, 0.0),  # chance
        (["yes"] * 5000 + ["no"] * 5000, ["yes"] * 5300 + ["no"] * 4700, 0.06),  # significant, and too small
        (["yes"] * 100 + ["no"] * 100, ["yes"] * 100, 1.0),
        (["yes"] * 200, ["yes"] * 100 + ["no"] * 100, 1.0),  # an answer that the upstream has not
    ],
)
def test_balance_is_an_effect_where_it_is_significant(
    demo_build: BuildFolder, tmp_path: Path, english: list[str], zulu: list[str], observed: float
) -> None:
    rows = read_rows(demo_build.root)
    both = pl.concat([answered(rows, "english", english), answered(rows, "zulu", zulu)])
    (found,) = judged(tmp_path, both, "balance").filter(config="zulu").to_dicts()
    assert found["observed"] == pytest.approx(observed)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Give 5 mg twice daily.", "give 5 mg  twice daily", True),
        ("Give 5 mg twice daily.", "Give 50 mg twice daily.", False),
        ("Give 1.5 mg.", "Give 15 mg.", False),
        ("Is a value < 5 normal?", "Is a value > 5 normal?", False),
        ("Ṣé ibà ni?", "S\u0323e\u0301 iba\u0300 ni?", True),
        ("Ṣé ibà ni?", "Se iba ni?", False),
    ],
)
def test_texts_are_the_same_but_for_case_marks_and_space(
    demo_build: BuildFolder, one: str, other: str, same: bool
) -> None:
    rows = answered(read_rows(demo_build.root), "english", ["yes", "yes"])
    with connect() as database:
        rows = rows.with_columns(question=pl.Series([one, other]))
        named = {"asked": list(ASKED), "compared": list(COMPARED)}
        keys = query(database, "validate/facts/facts", {"rows": rows}, **named)["text_key"]
    assert (keys[0] == keys[1]) is same
